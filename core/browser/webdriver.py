"""Starts one browser with its driver, here or on a remote WebDriver; called by the pool."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import urllib3
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.remote.webdriver import WebDriver

from core.browser.bidi_channel import BidiChannel
from core.browser.browser_binary import (
    INSTALL_REMEDY,
    BrowserBinary,
    BrowserKind,
    find_browser,
    find_driver,
)
from core.browser.browser_options import BrowserOptions
from core.browser.driver_connection import DriverConnection
from core.browser.driver_process import DriverProcess
from core.browser.remote_session import RemoteSession
from core.browser.running_driver import RunningDriver
from core.browser.worker_folder import WorkerFolder, remove_folder
from core.errors import BrowserLost, ServiceUnavailable
from core.telemetry import get_logger

logger = get_logger(__name__)

__all__ = ["find_browser", "find_driver", "start_driver"]

DOCTOR_REMEDY = "`python -m core doctor` shows what is wrong."
_ARGUMENTS = (
    "--disable-gpu",
    "--disable-software-rasterizer",  # only WebGL needs it; 10 MB less a browser
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-breakpad",
    "--mute-audio",
)
_SMALL_SHARED_MEMORY_BYTES = 1 << 30
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 measured, not written
_OBJECT = re.compile(r"^\w+\([^)]*\): ")


def start_driver(options: BrowserOptions, worker_folder: WorkerFolder) -> RunningDriver:
    """Start a browser and connect to it; nothing is left behind when that fails.

    Raises ServiceUnavailable, with the remedy, when it cannot be started.
    """
    if options.selenium_url:
        return _start_remote(options, worker_folder.new_driver_folder())
    browser = find_browser(options)
    driver = find_driver(browser)
    folder = worker_folder.new_driver_folder()
    try:
        process = DriverProcess(driver.path, folder, worker_folder.worker_id, browser.kind)
    except OSError as error:
        remove_folder(folder)
        raise ServiceUnavailable(
            "The browser's driver", f"{driver.path} cannot be run: {error.strerror}.", ""
        ) from error
    try:
        url = process.wait_for_url(options.start_seconds)
        return _start_session(options, url, _local_options(options, browser, folder), process)
    except BaseException:
        process.end()
        raise


def _start_remote(options: BrowserOptions, folder: Path) -> RunningDriver:
    try:
        return _start_session(options, options.selenium_url, _chrome_options(options), folder)
    except BaseException:
        remove_folder(folder)
        raise


def _start_session(options: BrowserOptions, url: str, chrome: Options, home: DriverProcess | Path) -> RunningDriver:
    """`home`: the process of a local driver, or the folder for the note of a remote session."""
    is_local = isinstance(home, DriverProcess)
    connection = DriverConnection(url, timeout_seconds=options.start_seconds, is_local=is_local)
    with ExitStack() as undo:
        undo.callback(connection.close)
        try:
            session = WebDriver(command_executor=connection, options=chrome)
            body = home if isinstance(home, DriverProcess) else RemoteSession(url, str(session.session_id), home)
            if isinstance(body, RemoteSession):
                undo.callback(body.end)
                body.note()
            bidi_url = session.caps.get("webSocketUrl")
            if not session.session_id or not isinstance(bidi_url, str):
                raise ServiceUnavailable("The browser", f"{url} offers no WebDriver BiDi.", INSTALL_REMEDY)
            channel = BidiChannel(bidi_url, timeout_seconds=options.check_seconds)
            undo.callback(channel.close)
            running = RunningDriver(connection, channel, session.session_id, session.caps, options, body)
        except (WebDriverException, urllib3.exceptions.HTTPError, OSError, BrowserLost) as error:
            raise _not_started(error, url, is_local=is_local) from error
        undo.pop_all()
        connection.wait_at_most(options.http_timeout_seconds)
        return running


def _not_started(error: Exception, url: str, *, is_local: bool) -> ServiceUnavailable:
    told = _told(error)
    if not is_local:
        parts = urlsplit(url)
        # Name and password in the address are for the other side alone, not for logs and timelines.
        place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        told = told.replace(parts.netloc, parts.netloc.rpartition("@")[2])
        return ServiceUnavailable(f"The remote WebDriver at {place}", told, "Check TOPN_SELENIUM_URL.")
    return ServiceUnavailable(
        "The browser",
        f"it did not start: {told}",
        "In a container its sandbox may need user namespaces. " + DOCTOR_REMEDY,
    )


def _told(error: Exception) -> str:
    """Its first line as a sentence, without the object of Python that it names before."""
    line = str(error).removeprefix("Message: ").split("\n", 1)[0][:300]
    return _OBJECT.sub("", line).rstrip(". ") + "."


def _chrome_options(options: BrowserOptions) -> Options:
    chrome = Options()
    for argument in (
        *_ARGUMENTS,
        "--headless=new",
        f"--window-size={options.window_width},{options.window_height}",
        *options.extra_arguments,
    ):
        chrome.add_argument(argument)
    # A page is open once its document has been read: a picture that never arrives must not hold an article.
    chrome.page_load_strategy = "eager"
    chrome.set_capability("webSocketUrl", True)
    chrome.set_capability("timeouts", options.timeouts_ms)
    chrome.set_capability("unhandledPromptBehavior", "dismiss and notify")
    return chrome


def _local_options(options: BrowserOptions, browser: BrowserBinary, folder: Path) -> Options:
    chrome = _chrome_options(options)
    chrome.binary_location = str(browser.path)
    chrome.add_argument(f"--user-data-dir={folder / 'profile'}")
    if browser.kind is BrowserKind.HEADLESS_SHELL:
        chrome.arguments.remove("--headless=new")
    if os.geteuid() == 0:
        _warn_of_no_sandbox()
        chrome.add_argument("--no-sandbox")
    if _shared_memory_is_small():
        chrome.add_argument("--disable-dev-shm-usage")
    return chrome


@cache
def _warn_of_no_sandbox() -> None:
    """Once a process."""
    logger.warning("browser sandbox is off because this process runs as root; run as another user")


def _shared_memory_is_small() -> bool:
    """Containers often have 64 MB, which one page can fill; Chromium then uses its folder instead."""
    try:
        return shutil.disk_usage(_SHARED_MEMORY).total < _SMALL_SHARED_MEMORY_BYTES
    except OSError:
        return True
