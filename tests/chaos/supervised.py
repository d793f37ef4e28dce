"""`run_workers.py` as a service manager runs it: started again whenever it ends unasked."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress

import psutil

RESTART_SECONDS = 1.0
"""As long as a service manager waits before it starts a service again."""

Start = Callable[..., subprocess.Popen[bytes]]
"""Starts `run_workers.py` with these further arguments."""


class Supervised:
    """Safe between threads: starts, kills and deploys come one after the other."""

    def __init__(self, start: Start, *, stop_seconds: float) -> None:
        """`stop_seconds`: longest time a graceful stop may take."""
        self._start = start
        self._stop_seconds = stop_seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="supervised", daemon=True)
        self.starts = 0
        self.stop_codes: list[int] = []
        """What it ended with when it was asked to stop."""
        self.unasked_codes: list[int] = []
        """What it ended with when nobody had asked."""

    def begin(self) -> None:
        """Start it, and keep it running from now on."""
        self.start()
        self._watcher.start()

    def end(self) -> None:
        """Keep it no longer, and stop it gracefully."""
        self._stopping.set()
        if self._watcher.is_alive():
            self._watcher.join()
        self.stop()

    def start(self) -> None:
        """Start it, unless it runs."""
        with self._lock:
            if self._process is None:
                self._run()

    def kill(self) -> int | None:
        """kill -9, and it stays away until `start`. The process id it had; None: it did not run."""
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return None
            process.kill()
            process.wait(30)
            return process.pid

    def stop(self) -> int | None:
        """SIGTERM, and it stays away until `start`. Its exit code."""
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return None
            process.terminate()
            return self._wait(process)

    def replace(self) -> int | None:
        """Start another with `--replace`, which stops this one first. The exit code of this one."""
        with self._lock:
            before = self._process
            if before is None:
                return None
            self._run("--replace")
            return self._wait(before)

    def workers(self) -> list[psutil.Process]:
        """Its worker processes, by process id."""
        with self._lock:
            pid = None if self._process is None else self._process.pid
        if pid is None:
            return []
        with suppress(psutil.Error):
            children = psutil.Process(pid).children()
            return sorted((child for child in children if _is_worker(child)), key=lambda child: child.pid)
        return []

    def _wait(self, process: subprocess.Popen[bytes]) -> int:
        """Until it has ended; one that does not go in time is killed, and its code says so."""
        try:
            code = process.wait(self._stop_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait(30)
        self.stop_codes.append(code)
        return code

    def _run(self, *arguments: str) -> None:
        self._process = self._start(*arguments)
        self.starts += 1

    def _watch(self) -> None:
        while not self._stopping.wait(RESTART_SECONDS):
            with self._lock:
                code = None if self._process is None else self._process.poll()
                if code is not None:
                    self.unasked_codes.append(code)
                    self._run()


def _is_worker(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return "tasks.consumer" in process.cmdline()
    return False
