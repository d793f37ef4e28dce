"""The memory of all browsers of one run, read from the process table."""

from __future__ import annotations

import threading
from pathlib import Path

import psutil

from core.browser.marked_processes import DRIVER_MARK, marked_processes


class BrowserMemory:
    """Samples the proportional set size (shared pages counted once) of every browser process that works under
    `run_folder`, twice a second, until stopped. `peak_bytes` is the greatest sum seen."""

    def __init__(self, run_folder: Path) -> None:
        self.peak_bytes = 0
        self.peak_processes = 0
        self._run_folder = str(run_folder)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="browser-memory", daemon=True)

    def start(self) -> None:
        """Begin sampling."""
        self._thread.start()

    def stop(self) -> None:
        """End sampling."""
        self._stopped.set()
        self._thread.join()

    def _loop(self) -> None:
        while not self._stopped.wait(0.5):
            processes = marked_processes(lambda marks: marks[DRIVER_MARK].startswith(self._run_folder))
            sizes = [_size(process) for process in processes]
            self.peak_bytes = max(self.peak_bytes, sum(sizes))
            self.peak_processes = max(self.peak_processes, len(sizes))


def _size(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0  # It ended meanwhile.
