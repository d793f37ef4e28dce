"""Looks at everything TOP_N stands on, and says how to mend what is wrong. Changes nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.errors import TopnError

OLDEST_PYTHON = (3, 11)
MIN_DISK_MB = 1000
BROWSER_MB = 120
"""What one browser takes, see facts on browsers."""
FONT_SECONDS = 20
FONT_REMEDY = "Install a Chinese font, as with `apt-get install fonts-noto-cjk`; without one, pictures show boxes."


class Verdict(StrEnum):
    """How one part is."""

    OK = "ok"
    WARNING = "warning"
    """It works, but somebody should know."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part that was looked at."""

    part: str
    verdict: Verdict
    fact: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Probes:
    """How to ask the parts. Each returns what it found or raises TopnError; they are asked one after another."""

    data_dir: Path
    drivers: int
    min_free_memory_mb: int
    database: Callable[[], str]
    redis: Callable[[], str]
    keys: Callable[[], str]
    browser: Callable[[], str]
    driver: Callable[[], str]
    page: Callable[[], str]
    """Opens a page in a real browser."""
    free_memory_mb: Callable[[], int]
    workers: Callable[[], int]
    waiting: Callable[[], int]


class Doctor:
    """Every part gets one line, whatever is wrong with the others."""

    def __init__(self, probes: Probes) -> None:
        self._probes = probes

    def findings(self) -> Iterator[Finding]:
        """One after another, so that a slow one is seen to be asked."""
        probes = self._probes
        yield look_at_python()
        yield look_at_disk(probes.data_dir)
        yield _ask("Secret keys", probes.keys)
        yield _ask("Database", probes.database)
        yield _ask("Redis", probes.redis)
        yield _ask("Browser", probes.browser)
        yield _ask("Driver", probes.driver)
        yield _ask("Page in a browser", probes.page)
        yield look_at_fonts()
        yield self._memory()
        yield self._workers()

    def _memory(self) -> Finding:
        free = self._probes.free_memory_mb()
        wanted = self._probes.min_free_memory_mb + BROWSER_MB * self._probes.drivers
        fact = f"{free} MB are free"
        if free < self._probes.min_free_memory_mb + BROWSER_MB:
            return Finding("Memory", Verdict.WRONG, f"{fact}: not enough for one browser.", "End other programs.")
        if free < wanted:
            remedy = f"Lower TOPN_DRIVERS ({self._probes.drivers}), or give the machine more memory."
            return Finding("Memory", Verdict.WARNING, f"{fact}; all browsers together want {wanted} MB.", remedy)
        return Finding("Memory", Verdict.OK, f"{fact}.")

    def _workers(self) -> Finding:
        try:
            workers, waiting = self._probes.workers(), self._probes.waiting()
        except TopnError as error:
            return Finding("Workers", Verdict.WRONG, "nobody can tell.", str(error))
        if workers:
            return Finding("Workers", Verdict.OK, f"{workers} running.")
        verdict = Verdict.WRONG if waiting else Verdict.WARNING
        waits = "1 article waits" if waiting == 1 else f"{waiting} articles wait"
        fact = f"none is running, and {waits}." if waiting else "none is running."
        return Finding("Workers", verdict, fact, "Start them with `python run_workers.py`.")


def _ask(part: str, probe: Callable[[], str]) -> Finding:
    try:
        return Finding(part, Verdict.OK, probe())
    except TopnError as error:
        reason = getattr(error, "reason", str(error))
        return Finding(part, Verdict.WRONG, reason, getattr(error, "remedy", ""))


def look_at_python() -> Finding:
    """The version of Python."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Finding("Python", Verdict.WRONG, f"version {version} is too old.", "Use Python 3.11 or newer.")
    return Finding("Python", Verdict.OK, f"version {version}.")


def look_at_disk(folder: Path) -> Finding:
    """Room for the database, pictures and browsers' profiles, and leave to write there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / ".doctor"
        probe.write_bytes(b"x")
        probe.unlink()
        free_mb = shutil.disk_usage(folder).free >> 20
    except OSError as error:
        fact = f"{folder} cannot be written to: {error.strerror}."
        return Finding("Disk", Verdict.WRONG, fact, "Mend its owner and rights, or set TOPN_DATA_DIR.")
    if free_mb < MIN_DISK_MB:
        fact = f"{free_mb} MB are free in {folder}."
        return Finding("Disk", Verdict.WRONG, fact, f"Free some: at least {MIN_DISK_MB} MB are needed.")
    return Finding("Disk", Verdict.OK, f"{free_mb} MB are free in {folder}.")


def look_at_fonts() -> Finding:
    """A font with Chinese characters, for pictures of pages."""
    program = shutil.which("fc-list")
    if program is None:
        return Finding("Fonts", Verdict.WARNING, "fc-list is missing, so fonts cannot be listed.", FONT_REMEDY)
    try:
        listed = subprocess.run(  # noqa: S603 - a program of the system, with fixed arguments
            [program, ":lang=zh", "family"], capture_output=True, text=True, timeout=FONT_SECONDS, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("Fonts", Verdict.WARNING, f"fc-list does not answer: {error}.", FONT_REMEDY)
    families = sorted({line.partition(",")[0].strip() for line in listed.splitlines() if line.strip()})
    if not families:
        return Finding("Fonts", Verdict.WARNING, "no font with Chinese characters was found.", FONT_REMEDY)
    return Finding("Fonts", Verdict.OK, f"{families[0]}.")
