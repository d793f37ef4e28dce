"""A disk that a test can fill: a small file system of its own, mounted on a folder."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BLOCK = bytes(4096)


class MayNotMount(Exception):
    """Only who administers the machine may."""


class SmallDisk:
    """What is mounted at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._filler = path / "filler"

    @classmethod
    @contextmanager
    def mounted(cls, path: Path, *, megabytes: int) -> Iterator[SmallDisk]:
        """Raises MayNotMount."""
        path.mkdir()
        options = f"size={megabytes}m,mode=0700"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise MayNotMount(done.stderr.strip())
        try:
            yield cls(path)
        finally:
            subprocess.run(["umount", str(path)], check=True)
            path.rmdir()

    def fill(self) -> None:
        """Until nothing more goes in."""
        with self._filler.open("ab", buffering=0) as file:
            try:
                while file.write(BLOCK) == len(BLOCK):
                    pass
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def make_room(self) -> None:
        """Somebody has cleaned up."""
        self._filler.unlink()
