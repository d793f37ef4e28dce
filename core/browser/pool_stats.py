"""What the pool tells about itself: for heartbeats, `python -m core stats` and the dashboard."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

_REMEMBERED_WAITS = 1000


@dataclass(frozen=True, slots=True)
class PoolStats:
    """One look at the pool. Times in seconds; memory is proportional (PSS), of drivers and browsers."""

    max: int
    idle: int
    busy: int
    """Leased, being started, or being ended: everything that takes a place and is not idle."""
    waiting: int
    created: int
    retired: dict[str, int] = field(default_factory=dict)
    """How many browsers ended, by reason: leases, age, idle, crashed, killed, capacity, closed."""
    lease_wait_p50_seconds: float = 0.0
    lease_wait_p95_seconds: float = 0.0
    memory_bytes: int = 0
    """Measured at most every ten seconds: it costs about 20 ms of CPU a browser."""

    def with_memory(self, memory_bytes: int) -> PoolStats:
        return replace(self, memory_bytes=memory_bytes)


class LeaseWaits:
    """The last thousand waits for a browser."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=_REMEMBERED_WAITS)

    def add(self, seconds: float) -> None:
        self._seconds.append(seconds)

    def percentile(self, share: float) -> float:
        """The smallest wait that at least `share` of the waits do not exceed; 0 without any."""
        return _percentile(sorted(self._seconds), share)


def _percentile(ordered: Sequence[float], share: float) -> float:
    if not ordered:
        return 0.0
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


class MeasuredDriver(Protocol):
    """A browser that can tell its memory: `RunningDriver`."""

    def memory_bytes(self) -> int:
        """Of driver and browser."""
        ...


class MemoryMeter:
    """Remembers what was measured: reading each process's memory map is not free."""

    def __init__(self, fresh_seconds: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._fresh_seconds = fresh_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._measured_at = -math.inf
        self._bytes = 0

    def read(self, drivers: Iterable[MeasuredDriver]) -> int:
        """Memory of these browsers in bytes, at most `fresh_seconds` old."""
        with self._lock:
            if self._clock() - self._measured_at >= self._fresh_seconds:
                self._bytes = sum(driver.memory_bytes() for driver in drivers)
                self._measured_at = self._clock()
            return self._bytes
