"""The folder of one worker's browsers: `<run_dir>/<worker>/owner.json` and one folder per driver.

It says whose the browsers are, so that after a crash the cleaner can tell orphans from the living.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from core.errors import ServiceUnavailable
from core.telemetry import get_logger

logger = get_logger(__name__)

OWNER_FILE = "owner.json"
NEW_PREFIX = ".new-"
_REMOVE_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that a worker folder belongs to. `started` tells it from a later one with the same pid; it
    is counted from boot, so that a clock that jumps changes nothing."""

    worker_id: str
    host: str
    pid: int
    started: str

    @classmethod
    def this_process(cls, worker_id: str) -> Owner:
        return cls(worker_id, socket.gethostname(), os.getpid(), process_start(os.getpid()) or "")

    @classmethod
    def read(cls, folder: Path) -> Owner | None:
        """What the folder says; None when it says nothing that can be read."""
        try:
            facts = json.loads((folder / OWNER_FILE).read_text())
            return cls(str(facts["worker_id"]), str(facts["host"]), int(facts["pid"]), str(facts["started"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @property
    def is_on_this_host(self) -> bool:
        return self.host == socket.gethostname()

    @property
    def is_alive(self) -> bool:
        """Whether that very process still runs; only to be asked on its own host."""
        return process_start(self.pid) == self.started


def process_start(pid: int) -> str | None:
    """When a process started, in a form only good for comparing; None when there is no such process."""
    try:
        if psutil.LINUX:
            # Field 22 of proc(5); the name in field 2 may hold spaces, so count from its last bracket.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            return None if fields[0] in "ZX" else fields[19]
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.2f}"
    except (OSError, psutil.Error):
        return None


class WorkerFolder:
    """Makes and removes the folders of this process's drivers. All of them are private (0700)."""

    def __init__(self, run_dir: Path, worker_id: str) -> None:
        self.worker_id = worker_id
        self.path = run_dir.resolve() / worker_id.replace(":", "_").replace("/", "_")
        self._run_dir = run_dir.resolve()

    def new_driver_folder(self) -> Path:
        """An empty folder for one driver. Raises ServiceUnavailable when the disk refuses."""
        try:
            self._ensure()
            return Path(tempfile.mkdtemp(prefix="d", dir=self.path))
        except OSError as error:
            raise ServiceUnavailable(
                "The folder for browsers",
                f"{self.path} cannot be written: {error.strerror or error}.",
                "Make room on the disk, or correct TOPN_DATA_DIR.",
            ) from error

    def remove_if_unused(self) -> None:
        """Remove the worker's folder when no driver's folder is left in it."""
        try:
            if all(entry.name == OWNER_FILE for entry in self.path.iterdir()):
                remove_folder(self.path)
        except FileNotFoundError:
            return

    def _ensure(self) -> None:
        """The folder appears together with its owner's facts, or a cleaner could take it for an orphan."""
        if (self.path / OWNER_FILE).exists():
            return
        self._run_dir.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=NEW_PREFIX, dir=self._run_dir))
        (fresh / OWNER_FILE).write_text(json.dumps(asdict(Owner.this_process(self.worker_id))))
        try:
            fresh.rename(self.path)
        except OSError:
            # The folder is there already: another thread was quicker, or somebody emptied the run folder under
            # living browsers, which then made parts of theirs anew. Either way it is ours.
            (fresh / OWNER_FILE).replace(self.path / OWNER_FILE)
            fresh.rmdir()


def remove_folder(folder: Path) -> bool:
    """Remove a folder whole. A process that is just dying may still write into it: hence several attempts.
    What cannot be removed is logged and left to the cleaner."""
    for _ in range(_REMOVE_ATTEMPTS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return True
    logger.warning("browser folder could not be removed", folder=str(folder))
    return False
