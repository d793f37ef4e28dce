"""The processes of each browser that a worker has started, by their parts, so that a test can kill or stop one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum

import psutil

from core.browser.marked_processes import DRIVER_MARK, marked_processes
from tests.servers.worker_lab import WorkerLab


class BrowserPart(StrEnum):
    """What a browser consists of."""

    DRIVER = "chromedriver"
    BROWSER = "browser"
    RENDERER = "renderer"
    """All of them: a page may be in any, and one is always kept ready for the next page."""


@dataclass(frozen=True)
class BrowserFamily:
    """One chromedriver and all that stands in its session."""

    session: int
    processes: tuple[psutil.Process, ...]

    def part(self, part: BrowserPart) -> list[psutil.Process]:
        """The processes of this part that live now."""
        return [process for process in self.processes if _is_part(process, part)]


def browser_families(lab: WorkerLab) -> list[BrowserFamily]:
    """The browsers of all workers of this lab, the oldest first."""
    home = str(lab.data_dir.resolve())
    sessions: dict[int, list[psutil.Process]] = {}
    for process in marked_processes(lambda marks: marks[DRIVER_MARK].startswith(home)):
        try:
            sessions.setdefault(os.getsid(process.pid), []).append(process)
        except ProcessLookupError:
            continue
    return [BrowserFamily(session, tuple(found)) for session, found in sorted(sessions.items(), key=_age)]


def _age(entry: tuple[int, list[psutil.Process]]) -> float:
    return min(process.create_time() for process in entry[1])


def _is_part(process: psutil.Process, part: BrowserPart) -> bool:
    try:
        command = process.cmdline()
    except psutil.Error:
        return False
    match part:
        case BrowserPart.DRIVER:
            return process.name() == "chromedriver"
        case BrowserPart.RENDERER:
            return "--type=renderer" in command
        case BrowserPart.BROWSER:
            return any(word.startswith("--user-data-dir=") for word in command) and not any(
                word.startswith("--type=") for word in command
            )
