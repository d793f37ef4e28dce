"""Which refusals are on record already: a tab that is left open on a foreign link asks every two seconds, and the audit
log is never shortened."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

AGAIN_SECONDS = 3600.0
"""After so long the same refusal is a new one."""
MOST = 10_000

Denial = tuple[object, ...]
"""Who was refused what."""


class DenialMemory:
    """In the memory of one process, thread-safe; bounded, so that a flood of targets costs no memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._recorded: OrderedDict[Denial, float] = OrderedDict()

    def knows(self, denial: Denial) -> bool:
        """Whether it was written down within the last hour."""
        with self._lock:
            at = self._recorded.get(denial)
            return at is not None and self._clock() - at < AGAIN_SECONDS

    def remember(self, denial: Denial) -> None:
        """It is written down."""
        with self._lock:
            self._recorded.pop(denial, None)
            self._recorded[denial] = self._clock()
            while len(self._recorded) > MOST:
                self._recorded.popitem(last=False)
