"""A clock on the wall that a test can set, for one real process: libfaketime, told by a file. Monotonic time, by which
programs measure how long something takes, goes on as always."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib*/faketime/libfaketimeMT.so.1")

CACHE_SECONDS = 1
"""How long libfaketime keeps what it has read, counted in whole seconds. Without a cache every look at a clock opens
the file again: a worker under it took four times as long, and slowed down what ran beside it."""

PYTHON_MODULE = """
import os, runpy, select, sys, time
# Its children, the browsers, keep the true time.
del os.environ["LD_PRELOAD"]
# libfaketime 0.9.10 spoils sleeps until a moment of the monotonic clock, and Python's are such.
time.sleep = lambda seconds: select.select([], [], [], seconds) and None
runpy.run_module({module!r}, run_name="__main__", alter_sys=True)
"""


def find_libfaketime() -> str | None:
    """Its path, None when it is not installed."""
    found = [path for pattern in LIBRARIES for path in Path("/").glob(pattern.removeprefix("/"))]
    return str(found[0]) if found else None


class FakeClock:
    """Right until it is told to `jump`."""

    def __init__(self, file: Path, library: str) -> None:
        self._file = file
        self._write(0)
        self.environment = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_CACHE_DURATION": str(CACHE_SECONDS),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def jump(self, seconds: int) -> None:
        """Returns when it shows so many seconds more than the true time."""
        self._write(seconds)
        time.sleep(CACHE_SECONDS + 1)

    def _write(self, seconds: int) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}\n", encoding="ascii")
        fresh.replace(self._file)  # never half a line

    def wrap(self, command: Sequence[str]) -> list[str]:
        """The command, under this clock."""
        return ["env", *(f"{name}={value}" for name, value in self.environment.items()), *command]


def python_module(module: str) -> list[str]:
    """Arguments for Python that run a module under a `FakeClock`."""
    return ["-c", PYTHON_MODULE.format(module=module)]
