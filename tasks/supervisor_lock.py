"""One supervisor per DATA_DIR: a lock file that also says who holds it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from core.browser.worker_folder import process_start
from core.errors import ServiceUnavailable, TopnError

FILE = "supervisor.lock"
LOOK_SECONDS = 0.1


class AlreadyRunning(TopnError):
    """Another supervisor works on this DATA_DIR."""

    def __init__(self, pid: int | None, data_dir: Path) -> None:
        self.pid = pid
        who = f"Process {pid}" if pid else "Another process"
        super().__init__(f"{who} already runs the workers of {data_dir}. Stop it first, or start with --replace.")


class SupervisorLock:
    """Held while the supervisor lives; the system drops it with the process, however that ends."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._path = data_dir / FILE
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Raises AlreadyRunning naming the holder; ServiceUnavailable when the disk refuses."""
        with self._on_disk():
            self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise AlreadyRunning(self.holder_pid(), self._data_dir) from None
        with self._on_disk(), contextlib.ExitStack() as undo:
            undo.callback(file.close)
            file.truncate(0)
            json.dump({"pid": os.getpid(), "started": process_start(os.getpid())}, file)
            file.flush()
            undo.pop_all()
        self._file = file

    @contextlib.contextmanager
    def _on_disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ServiceUnavailable(
                "TOPN_DATA_DIR",
                f"{self._data_dir} cannot be written: {error.strerror or error}.",
                "Make room on the disk, or correct the setting.",
            ) from error

    def release(self) -> None:
        """Let the next one start."""
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None

    def holder_pid(self) -> int | None:
        """The living process that holds the lock; None when it cannot be told."""
        try:
            facts = json.loads(self._path.read_text(encoding="utf-8"))
            pid, started = int(facts["pid"]), facts["started"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return pid if process_start(pid) == started else None

    def replace(self, timeout: float) -> None:
        """Stop the holder gracefully, kill it after `timeout` seconds, and take the lock.

        Raises AlreadyRunning when the holder cannot be told or does not go.
        """
        deadline = time.monotonic() + timeout
        pid = self.holder_pid()
        if pid is not None:
            _signal(pid, signal.SIGTERM)
        while True:
            try:
                self.acquire()
            except AlreadyRunning:
                if time.monotonic() > deadline:
                    if pid is None or self.holder_pid() != pid:
                        raise
                    # Its workers notice that it is gone and stop by themselves.
                    _signal(pid, signal.SIGKILL)
                    deadline = time.monotonic() + timeout
                    pid = None
                time.sleep(LOOK_SECONDS)
            else:
                return


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
