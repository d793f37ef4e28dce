"""Ends the browsers and removes the folders that dead workers left behind; run by the supervisor at its start and
end and after a worker died, and by every worker now and then."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from core.browser.marked_processes import DRIVER_MARK, WORKER_MARK, Marks, end_marked_processes
from core.browser.remote_session import RemoteSession
from core.browser.worker_folder import NEW_PREFIX, Owner, remove_folder
from core.telemetry import get_logger

logger = get_logger(__name__)

_UNFINISHED_SECONDS = 60
"""A folder without readable owner facts this old was left by a crash, not just begun."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What was ended and removed."""

    processes: int = 0
    sessions: int = 0
    """On a remote WebDriver."""
    folders: tuple[Path, ...] = field(default=())


def clean_orphans(run_dir: Path) -> Cleaned:
    """End the browsers of workers of this host that are gone, here and on a remote WebDriver, and remove their folders.

    A worker is gone when no process with its id and its start time runs. Its browsers are known by their
    environment. Folders of other hosts on a shared disk are left alone. Safe beside running workers and beside
    another cleaner.
    """
    run_dir = run_dir.resolve()
    if not run_dir.is_dir():
        return Cleaned()
    gone = [entry for entry in run_dir.iterdir() if entry.is_dir() and _is_orphaned(entry)]
    homes = {str(folder) for folder in gone}
    processes = end_marked_processes(lambda marks: _is_orphan(marks, run_dir, homes))
    sessions = sum(_end_sessions(folder) for folder in gone)
    removed = tuple(folder for folder in gone if remove_folder(folder))
    if processes or removed:
        logger.info("orphaned browsers cleaned up", processes=processes, sessions=sessions, folders=len(removed))
    return Cleaned(processes, sessions, removed)


def end_worker_browsers(worker_id: str, run_dir: Path | None = None) -> Cleaned:
    """End all browsers of this worker, alive or not, and with `run_dir` remove its folder."""
    processes = end_marked_processes(lambda marks: marks.get(WORKER_MARK) == worker_id)
    if run_dir is None:
        return Cleaned(processes)
    folder = run_dir.resolve() / worker_id.replace(":", "_").replace("/", "_")
    sessions = _end_sessions(folder)
    return Cleaned(processes, sessions, (folder,) if folder.exists() and remove_folder(folder) else ())


def _end_sessions(folder: Path) -> int:
    """How many were ended; none after one that could not be: nobody waits for each of them in vain."""
    return len(list(takewhile(RemoteSession.quit, RemoteSession.noted_in(folder))))


def _is_orphaned(folder: Path) -> bool:
    owner = None if folder.name.startswith(NEW_PREFIX) else Owner.read(folder)
    if owner is not None:
        return owner.is_on_this_host and not owner.is_alive
    try:
        return time.time() - folder.stat().st_mtime > _UNFINISHED_SECONDS
    except OSError:
        return False


def _is_orphan(marks: Marks, run_dir: Path, gone: set[str]) -> bool:
    """There are two cases: 1. the worker's folder is one of those just found orphaned; 2. the folder is gone
    already, but the process is not: the folder is removed last, so nobody lives in it any more."""
    driver_folder = Path(marks[DRIVER_MARK])
    worker_folder = driver_folder.parent
    if worker_folder.parent != run_dir:
        return False
    return str(worker_folder) in gone or not worker_folder.exists()
