"""One chromedriver process with everything it starts: its own session, folder and marks."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import psutil

from core.browser.browser_binary import BrowserKind
from core.browser.marked_processes import end_marked_processes, is_driver_of, marks_for
from core.browser.worker_folder import remove_folder
from core.errors import ServiceUnavailable

LOG_FILE = "chromedriver.log"
_PORT = re.compile(rb"started successfully on port (\d+)")
_PORT_TAKEN = b"port not available"
"""It takes a free port of IPv6, and ends when another program has the same number of IPv4."""
_PORT_TRIES = 5
_PORT_POLL_SECONDS = 0.01
_REAP_SECONDS = 5.0
_LONGEST_SOCKET_PATH = 107
_CHROMIUM_SOCKET = "/org.chromium.Chromium.XXXXXX/SingletonSocket"


class DriverProcess:
    """A running chromedriver. `end` leaves neither process nor folder, whatever state they are in."""

    def __init__(self, program: Path, folder: Path, worker_id: str, kind: BrowserKind) -> None:
        self.folder = folder
        self._program = program
        self._environment = {**os.environ, **marks_for(worker_id, folder), **_own_folders(folder, kind)}
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with (self.folder / LOG_FILE).open("wb") as log:
            return subprocess.Popen(  # noqa: S603 the driver found by `find_driver`
                [str(self._program), "--port=0"],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Process id of chromedriver, which is also its session's and its group's."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def wait_for_url(self, timeout_seconds: float) -> str:
        """The address it listens on (loopback). Raises ServiceUnavailable when it ends or stays silent."""
        deadline = time.monotonic() + timeout_seconds
        tries = 1
        while True:
            is_alive = self.is_alive
            told = (self.folder / LOG_FILE).read_bytes()
            if port := _PORT.search(told):
                return f"http://127.0.0.1:{int(port[1])}"
            if not is_alive and _PORT_TAKEN in told and tries < _PORT_TRIES:
                tries += 1
                self._process = self._start()
                continue
            if not is_alive or time.monotonic() > deadline:
                raise ServiceUnavailable(
                    "The browser's driver",
                    f"chromedriver did not start: {told.decode(errors='replace').strip()[-300:]!r}.",
                    "`python -m core doctor` shows what is wrong.",
                )
            time.sleep(_PORT_POLL_SECONDS)

    def end(self) -> None:
        """Kill the whole group, then whoever left it, and remove the folder. Safe more than once."""
        if self._process.returncode is None:
            # Until it is waited for, the process keeps its number even when dead: the group is surely ours.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            # One in an uninterruptible wait of the kernel stays; the cleaner finds it by its marks later.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_REAP_SECONDS)
        end_marked_processes(is_driver_of(self.folder))
        remove_folder(self.folder)

    def memory_bytes(self) -> int:
        """Proportional memory of the driver and its browser; resident memory where that is not told."""
        return sum(_memory_of(process) for process in self._family())

    def _family(self) -> list[psutil.Process]:
        try:
            driver = psutil.Process(self.pid)
            return [driver, *driver.children(recursive=True)]
        except psutil.Error:
            return []


def _memory_of(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", 0) or full.rss)
    except psutil.AccessDenied:
        return _resident_memory_of(process)
    except (psutil.Error, OSError):
        return 0


def _resident_memory_of(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except (psutil.Error, OSError):
        return 0


def _own_folders(folder: Path, kind: BrowserKind) -> dict[str, str]:
    """Where the browser may write: into its folder only.

    Full Chromium puts a socket below TMPDIR and does not start when the socket's path is too long. The driver
    runs inside the folder, so there `.` names the same place shortly.
    """
    longest = len(os.fsencode(folder)) + len(_CHROMIUM_SOCKET)
    temporary = str(folder) if longest <= _LONGEST_SOCKET_PATH else "."
    folders = {"TMPDIR": temporary}
    if kind is BrowserKind.CHROMIUM:
        folders["XDG_CONFIG_HOME"] = str(folder / "config")
    return folders
