"""Finds the browser and its driver on this machine and checks that they fit; for the pool and the doctor."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.selenium_manager import SeleniumManager

from core.errors import ServiceUnavailable
from core.telemetry import get_logger

logger = get_logger(__name__)

OLDEST_MAJOR = 120
INSTALL_REMEDY = (
    "On Debian: `sudo apt-get install chromium-headless-shell chromium-driver`; on Ubuntu: "
    "`sudo apt-get install chromium-browser chromium-chromedriver`; elsewhere install Chrome or Chromium "
    "with its chromedriver, or name the browser with TOPN_BROWSER."
)
# Debian's /usr/bin/chromium-headless-shell is a shell script that does not exec: chromedriver would kill the
# script and leave the browser. The real binaries come first.
_BINARIES = ("/usr/lib/chromium/chromium-headless-shell", "/usr/lib/chromium/chromium")
_BROWSER_NAMES = (
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
)
_DRIVER_NAMES = ("chromedriver", "chromium.chromedriver")
_VERSION = re.compile(r"\b(\d+)(?:\.\d+)+\b")
_VERSION_TIMEOUT_SECONDS = 30


class BrowserKind(StrEnum):
    """Which build of Chromium it is."""

    HEADLESS_SHELL = "headless-shell"
    """The small build without any window: half the memory."""
    CHROMIUM = "chromium"
    """Full Chromium or Chrome, run headless."""


class BrowserChoice(Protocol):
    """Whatever names a browser: `core.settings.Settings` and `BrowserOptions` do."""

    @property
    def browser(self) -> str:
        """Path of the browser to use; empty: the system's."""
        ...


@dataclass(frozen=True, slots=True)
class BrowserBinary:
    """A browser that can be started."""

    path: Path
    version: str
    kind: BrowserKind

    @property
    def major(self) -> int:
        return _major(self.version)


@dataclass(frozen=True, slots=True)
class DriverBinary:
    """A chromedriver that can be started."""

    path: Path
    version: str

    @property
    def major(self) -> int:
        return _major(self.version)


def find_browser(choice: BrowserChoice | None = None) -> BrowserBinary:
    """The browser to use: the chosen one, else the system's, else one that Selenium Manager fetches.

    Raises ServiceUnavailable, with the remedy, when there is none or it is older than version 120.
    """
    chosen = choice.browser if choice else ""
    path = _chosen_path(chosen) if chosen else _system_path() or _fetched("browser_path")
    if path is None:
        raise ServiceUnavailable("The browser", "no Chromium or Chrome was found.", INSTALL_REMEDY)
    version = _version(path, path.stat().st_mtime_ns, "The browser")
    if _major(version) < OLDEST_MAJOR:
        raise ServiceUnavailable(
            "The browser",
            f"{path} is version {version}; {OLDEST_MAJOR} or newer is needed.",
            INSTALL_REMEDY,
        )
    kind = BrowserKind.HEADLESS_SHELL if "headless-shell" in path.name else BrowserKind.CHROMIUM
    return BrowserBinary(path, version, kind)


def find_driver(browser: BrowserBinary) -> DriverBinary:
    """The chromedriver for this browser.

    Raises ServiceUnavailable, with the remedy, when there is none or its major version differs.
    """
    found = next(filter(None, map(shutil.which, _DRIVER_NAMES)), None)
    path = Path(found) if found else _fetched("driver_path", browser.path)
    if path is None:
        raise ServiceUnavailable("The browser's driver", "no chromedriver was found.", INSTALL_REMEDY)
    driver = DriverBinary(path, _version(path, path.stat().st_mtime_ns, "The browser's driver"))
    if driver.major != browser.major:
        raise ServiceUnavailable(
            "The browser's driver",
            f"{driver.path} is version {driver.version} but the browser {browser.path} is {browser.version}.",
            "Install both with the same major version. " + INSTALL_REMEDY,
        )
    return driver


def _major(version: str) -> int:
    return int(version.split(".", 1)[0])


def _chosen_path(chosen: str) -> Path:
    found = shutil.which(chosen)
    if found is None:
        raise ServiceUnavailable(
            "The browser",
            f"TOPN_BROWSER names {chosen}, which is not a program that can be run.",
            "Correct it, or unset it to use the system's browser.",
        )
    return Path(found)


def _system_path() -> Path | None:
    for binary in _BINARIES:
        if os.access(binary, os.X_OK):
            return Path(binary)
    found = next(filter(None, map(shutil.which, _BROWSER_NAMES)), None)
    return Path(found) if found else None


def _fetched(which: str, browser: Path | None = None) -> Path | None:
    """What Selenium Manager has in its cache or downloads; None when it cannot help."""
    arguments = ["--browser", "chrome"]
    if browser is not None:
        arguments += ["--browser-path", str(browser)]
    try:
        found = Path(SeleniumManager().binary_paths(arguments)[which])
    except (WebDriverException, OSError, KeyError) as error:
        logger.warning("selenium manager found nothing", wanted=which, error=str(error))
        return None
    return found if found.is_file() else None


@lru_cache(maxsize=16)
def _version(path: Path, _changed_ns: int, service: str) -> str:
    """What `--version` prints. Asked again when the file has changed, as after an upgrade."""
    try:
        shown = subprocess.run(  # noqa: S603 the program is the one the operator chose or installed
            [str(path), "--version"],
            capture_output=True,
            text=True,
            timeout=_VERSION_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServiceUnavailable(service, f"{path} --version cannot be run: {error}.", INSTALL_REMEDY) from error
    match = _VERSION.search(shown.stdout)
    if match is None:
        told = (shown.stdout + shown.stderr).strip()[:300]
        raise ServiceUnavailable(service, f"{path} --version printed no version but: {told!r}.", INSTALL_REMEDY)
    return match.group(0)
