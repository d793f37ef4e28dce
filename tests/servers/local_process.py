"""A server process of a test: started, waited for, ended by its own process id."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

SHORTEST_PAUSE, LONGEST_PAUSE = 0.02, 0.2


def free_port() -> int:
    """A TCP port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(predicate: Callable[[], bool], timeout: float, description: str) -> None:
    """Ask again until `predicate` is true, after 20 ms first and less often the longer it takes. Raises AssertionError
    naming what did not happen.

    Many a look costs more than what it waits for can spare: a page lays itself out for it, a log is read from its
    beginning, all processes of the machine are gone through.
    """
    deadline = time.monotonic() + timeout
    pause = SHORTEST_PAUSE
    while not predicate():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {description}")
        time.sleep(pause)
        pause = min(pause * 1.2, LONGEST_PAUSE)


class LocalProcess:
    """One server process with its log file."""

    def __init__(self, command: list[str], log: Path) -> None:
        self.command = command
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    def start(self, is_ready: Callable[[], bool], timeout: float = 60) -> None:
        """Start it and wait until it answers. Raises AssertionError with the end of its log."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self.command, stdout=log, stderr=log, start_new_session=True)

        def ready_or_dead() -> bool:
            assert self._process is not None
            if self._process.poll() is not None:
                raise AssertionError(f"{self.command[0]} ended: {self.log.read_text(errors='replace')[-2000:]}")
            return is_ready()

        try:
            wait_until(ready_or_dead, timeout, f"{self.command[0]} answers")
        except BaseException:
            # Whoever asked for it never gets to the line that stops it.
            self.kill()
            raise

    def stop(self, timeout: float = 30) -> None:
        """End it and wait; kill it when it does not go."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout)
        self._process = None

    def suspend(self) -> None:
        """SIGSTOP: its connections stay open and nobody is answered."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT: it goes on with what it was at."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL, as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
            self._process = None
