"""Who holds which browser and who waits: the pool's books. No I/O and no lock in here; the pool has both."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from core.browser.browser_lease import BrowserLease
from core.browser.owner_contexts import OwnerContexts
from core.browser.pool_stats import LeaseWaits, PoolStats
from core.browser.running_driver import RunningDriver


class SlotState(StrEnum):
    """What a place in the pool is used for. Every slot, whatever its state, counts against the maximum."""

    BUSY = "busy"
    """Given to a waiter: being started, being checked, or leased. The waiter's thread moves it on; a kill does
    when that thread hangs."""
    IDLE = "idle"
    """Ready for the next waiter. The next assignment or the keeper moves it on."""
    ENDING = "ending"
    """Its browser is being ended by the thread that put it here, which then strikes out the slot."""


class Retired(StrEnum):
    """Why a browser was ended."""

    LEASES = "leases"
    AGE = "age"
    IDLE = "idle"
    CRASHED = "crashed"
    KILLED = "killed"
    CAPACITY = "capacity"
    CLOSED = "closed"


@dataclass(slots=True, eq=False)
class Slot:
    """One place in the pool. Times are monotonic."""

    contexts: OwnerContexts
    state: SlotState = SlotState.BUSY
    running: RunningDriver | None = None
    lease: BrowserLease | None = None
    lease_count: int = 0
    expires_at: float = 0.0
    idle_since: float = 0.0
    leased_at: float = 0.0
    owner: int = 0
    is_reported: bool = False


@dataclass(slots=True, eq=False)
class Waiter:
    """A thread that wants a browser. `slot` is set before `is_served`."""

    owner: int
    cookies_version: int
    slot: Slot | None = None
    is_served: threading.Event = field(default_factory=threading.Event)


class PoolBooks:
    """First come, first served. Callers hold the pool's lock."""

    def __init__(
        self, maximum: int, *, may_start: Callable[[int], bool], new_contexts: Callable[[], OwnerContexts]
    ) -> None:
        self.maximum = maximum
        self.slots: list[Slot] = []
        self.waiters: deque[Waiter] = deque()
        self.waits = LeaseWaits()
        self.created = 0
        self.retired: Counter[str] = Counter()
        self._may_start = may_start
        self._new_contexts = new_contexts

    def serve(self, now: float) -> None:
        """Give browsers to the waiters, the first one first, as long as there are any to give.

        There are three cases for the first waiter: 1. an idle browser, best one that is warm for its owner;
        2. a new one, below the maximum and with memory for it; 3. it waits on, and so does everyone behind it.
        """
        while self.waiters:
            waiter = self.waiters[0]
            slot = self._idle_slot_for(waiter, now) or self._new_slot()
            if slot is None:
                return
            self.waiters.popleft()
            slot.state = SlotState.BUSY
            slot.owner = waiter.owner
            slot.leased_at = now
            slot.is_reported = False
            waiter.slot = slot
            waiter.is_served.set()

    def _idle_slot_for(self, waiter: Waiter, now: float) -> Slot | None:
        idle = [slot for slot in self.slots if slot.state is SlotState.IDLE]
        warm = (s for s in idle if s.contexts.is_warm(waiter.owner, waiter.cookies_version, now))
        # Otherwise the one used last: so the others get idle for long enough to be ended.
        return next(warm, None) or max(idle, key=lambda slot: slot.idle_since, default=None)

    def _new_slot(self) -> Slot | None:
        if len(self.slots) >= self.maximum or not self._may_start(self.starting_count()):
            return None
        slot = Slot(self._new_contexts())
        self.slots.append(slot)
        return slot

    def starting_count(self) -> int:
        """Browsers that are being started, whose memory cannot be seen yet."""
        return sum(slot.state is SlotState.BUSY and slot.running is None for slot in self.slots)

    def strike_out(self, slot: Slot, reason: Retired | None) -> None:
        """The slot's browser is gone: its place is free. `reason` None: it never came up."""
        self.slots.remove(slot)
        if reason is not None:
            self.retired[reason.value] += 1

    def dismiss_waiters(self) -> None:
        """Wake them without a browser."""
        for waiter in self.waiters:
            waiter.is_served.set()
        self.waiters.clear()

    def put_back(self, slot: Slot, now: float) -> None:
        """The slot's browser is ready for the next."""
        slot.state = SlotState.IDLE
        slot.lease = None
        slot.idle_since = now
        self.serve(now)

    def stats(self) -> PoolStats:
        """The books as they stand, without memory."""
        idle = sum(slot.state is SlotState.IDLE for slot in self.slots)
        return PoolStats(
            max=self.maximum,
            idle=idle,
            busy=len(self.slots) - idle,
            waiting=len(self.waiters),
            created=self.created,
            retired=dict(self.retired),
            lease_wait_p50_seconds=self.waits.percentile(0.5),
            lease_wait_p95_seconds=self.waits.percentile(0.95),
        )

    def take_idle(self) -> list[Slot]:
        """Mark all idle slots for ending and return them."""
        taken = [slot for slot in self.slots if slot.state is SlotState.IDLE]
        for slot in taken:
            slot.state = SlotState.ENDING
        return taken

    def take_surplus(self) -> list[Slot]:
        """Mark idle slots beyond the maximum for ending, the longest idle first, and return them."""
        staying = [slot for slot in self.slots if slot.state is not SlotState.ENDING]
        idle = sorted((s for s in staying if s.state is SlotState.IDLE), key=lambda slot: slot.idle_since)
        taken = idle[: max(0, len(staying) - self.maximum)]
        for slot in taken:
            slot.state = SlotState.ENDING
        return taken
