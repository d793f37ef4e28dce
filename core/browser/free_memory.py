"""How much memory is left for another browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil

from core.errors import ServiceUnavailable

_BROWSER_MB = 120
_GROUP = Path("/sys/fs/cgroup")


class MemoryFloor:
    """No new browser below so many megabytes of free memory."""

    def __init__(self, min_free_mb: int, free_mb: Callable[[], int] | None = None) -> None:
        self._min_free_mb = min_free_mb
        self._free_mb = free_mb or free_memory_mb

    def has_room(self, starting: int) -> bool:
        """Whether one more may start. Browsers that are starting at this moment have not taken their memory
        yet, so it is set aside for them."""
        return self._free_mb() - starting * _BROWSER_MB >= self._min_free_mb

    def refusal(self) -> ServiceUnavailable:
        """The error that says so."""
        return ServiceUnavailable(
            "A new browser",
            f"{self._free_mb()} MB of memory are free and {self._min_free_mb} MB must stay free.",
            "Lower TOPN_DRIVERS, give the machine more memory, or lower TOPN_MIN_FREE_MEMORY_MB.",
        )


def free_memory_mb() -> int:
    """Megabytes that can be had without swapping: the machine's, or the container's if that is less."""
    free: int = psutil.virtual_memory().available
    room = _room_in_container()
    return (free if room is None else min(free, room)) >> 20


def _room_in_container() -> int | None:
    """Bytes left below the limit of this control group (version 2); None without a limit."""
    try:
        limit = (_GROUP / "memory.max").read_text().strip()
        if limit == "max":
            return None
        used = int((_GROUP / "memory.current").read_text())
        statistics = dict(
            line.split() for line in (_GROUP / "memory.stat").read_text().splitlines() if line.count(" ") == 1
        )
        # The page cache counts as used, but the kernel gives up its inactive part at once.
        return max(0, int(limit) - used + int(statistics.get("inactive_file", 0)))
    except (OSError, ValueError):
        return None
