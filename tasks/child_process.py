"""One process as its supervisor sees it: started, watched, restarted with growing waits."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

from core.settings import ROOT

FIRST_BACK_OFF_SECONDS = 0.5
LONGEST_BACK_OFF_SECONDS = 30.0
HEALTHY_SECONDS = 60.0
"""A process that lived so long was well: its next end starts the waits anew."""


class ChildProcess:
    """A place that is filled by one process after the other. The members say what is started."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._back_off_seconds = 0.0
        self._start_at = 0.0

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    @property
    def is_due(self) -> bool:
        """Whether there is no process and its time to start has come."""
        return self._process is None and time.monotonic() >= self._start_at

    def _run(self, *arguments: str) -> int:
        """Python with these arguments; the process id. In a session of its own: Ctrl-C in the terminal reaches the
        supervisor alone."""
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            [sys.executable, *arguments], cwd=ROOT, start_new_session=True
        )
        self._started = time.monotonic()
        return self._process.pid

    def poll(self) -> int | None:
        """The exit code when the process has just ended; then the next start waits a little longer each time."""
        code = None if self._process is None else self._process.poll()
        if code is not None:
            self._process = None
            is_healthy = time.monotonic() - self._started > HEALTHY_SECONDS
            grown = min(self._back_off_seconds * 2, LONGEST_BACK_OFF_SECONDS)
            self._back_off_seconds = FIRST_BACK_OFF_SECONDS if is_healthy or not grown else grown
            self._start_at = time.monotonic() + self._back_off_seconds
        return code

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, if there is a process. `Popen` sends none to a process that was waited for."""
        if self._process is not None:
            self._process.send_signal(number)
