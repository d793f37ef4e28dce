"""The pool's housekeeping thread: ends idle, old and dead browsers and notices leases held for too long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from core.browser.pool_books import PoolBooks, Retired, Slot, SlotState
from core.telemetry import get_logger

logger = get_logger(__name__)


class PoolKeeper:
    """Looks every `every_seconds`. It never talks to a browser: it asks the system whether its driver lives."""

    def __init__(
        self,
        books: PoolBooks,
        lock: threading.Lock,
        *,
        end: Callable[[Slot, Retired], None],
        idle_seconds: float,
        leak_seconds: float,
        every_seconds: float,
    ) -> None:
        self._books = books
        self._lock = lock
        self._end = end
        self._idle_seconds = idle_seconds
        self._leak_seconds = leak_seconds
        self._every_seconds = every_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="pool-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end and wait for it. Safe more than once."""
        self._stopping.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _loop(self) -> None:
        while not self._stopping.wait(self._every_seconds):
            try:
                self._look()
            except Exception:
                # Without its keeper a pool would keep idle and leaked browsers for ever.
                logger.exception("pool keeper failed; it goes on")

    def _look(self) -> None:
        now = time.monotonic()
        with self._lock:
            finished = [(slot, reason) for slot in self._books.slots if (reason := self._reason_to_end(slot, now))]
            for slot, _ in finished:
                slot.state = SlotState.ENDING
            leaks = [slot for slot in self._books.slots if self._is_leak(slot, now)]
            for slot in leaks:
                slot.is_reported = True
            # Memory may have become free since somebody was told to wait for it.
            self._books.serve(now)
        for slot, reason in finished:
            self._end(slot, reason)
        for slot in leaks:
            logger.warning("browser lease held for long", owner=slot.owner, held_seconds=round(now - slot.leased_at))

    def _reason_to_end(self, slot: Slot, now: float) -> Retired | None:
        if slot.state is not SlotState.IDLE or slot.running is None:
            return None
        if not slot.running.is_alive:
            return Retired.CRASHED
        if now - slot.idle_since >= self._idle_seconds:
            return Retired.IDLE
        return Retired.AGE if now >= slot.expires_at else None

    def _is_leak(self, slot: Slot, now: float) -> bool:
        return (
            slot.lease is not None
            and slot.state is SlotState.BUSY
            and not slot.is_reported
            and now - slot.leased_at >= self._leak_seconds
        )
