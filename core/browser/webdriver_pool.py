"""The pool of browsers of one worker process. `tasks.publish_worker` leases from it.

The books are kept under the lock; starting, checking and ending a browser happens outside it, in the thread
that needs it done. Nothing waits for a browser while holding the lock.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.browser.browser_lease import BrowserLease
from core.browser.browser_options import BrowserOptions
from core.browser.free_memory import MemoryFloor
from core.browser.owner_contexts import OwnerContexts
from core.browser.owner_tab import OwnerTab, close_owner_tab, open_owner_tab
from core.browser.pool_books import PoolBooks, Retired, Slot, SlotState, Waiter
from core.browser.pool_keeper import PoolKeeper
from core.browser.pool_stats import MemoryMeter, PoolStats
from core.browser.running_driver import RunningDriver
from core.browser.webdriver import DOCTOR_REMEDY, start_driver
from core.browser.worker_folder import WorkerFolder
from core.errors import BrowserLost, PoolTimeout, ServiceUnavailable, TopnError
from core.telemetry import get_logger

logger = get_logger(__name__)

_AGE_JITTER = 0.1


class WebDriverPool:
    """At most `max_drivers` browsers, each leased to one thread at a time, each lease in a user context that
    belongs to its owner alone."""

    def __init__(  # noqa: PLR0913 one keyword for each promise
        self,
        max_drivers: int,
        *,
        worker_id: str,
        run_dir: Path,
        options: BrowserOptions | None = None,
        idle_seconds: float = 300,
        max_leases: int = 100,
        max_age_seconds: float = 3600,
        min_free_memory_mb: int = 300,
        warm_contexts: int = 8,
        leak_seconds: float = 900,
        keeper_seconds: float = 1.0,
        floor: MemoryFloor | None = None,
    ) -> None:
        """A browser is ended after `idle_seconds` without a lease, after `max_leases`, and at about
        `max_age_seconds` (spread by a tenth, so that not all go at once). None is started when it would leave
        less than `min_free_memory_mb`. It keeps at most `warm_contexts` contexts warm. A lease held longer than
        `leak_seconds` is logged once."""
        self._options = options or BrowserOptions()
        self._folder = WorkerFolder(run_dir, worker_id)
        self._max_leases = max_leases
        self._max_age_seconds = max_age_seconds
        self._floor = floor or MemoryFloor(min_free_memory_mb)
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._books = PoolBooks(
            max_drivers,
            may_start=self._may_start,
            new_contexts=lambda: OwnerContexts(most=warm_contexts, idle_seconds=idle_seconds),
        )
        self._memory = MemoryMeter()
        self._is_closed = False
        self._keeper = PoolKeeper(
            self._books,
            self._lock,
            end=self._end,
            idle_seconds=idle_seconds,
            leak_seconds=leak_seconds,
            every_seconds=keeper_seconds,
        )
        self._keeper.start()

    @contextmanager
    def lease(self, owner: int, *, timeout: float, cookies_version: int = 0) -> Iterator[BrowserLease]:
        """A browser for this owner (an account's id) until the block ends.

        `timeout` seconds are for waiting until one is free; starting one comes on top. A context that this
        owner used with the same `cookies_version` is gone on with (`is_warm`). Raises PoolTimeout when none
        became free in time, ServiceUnavailable when none can be started or the pool is closed.
        """
        lease = self._acquire(owner, timeout, cookies_version)
        try:
            yield lease
        except BrowserLost:
            lease.is_lost = True
            raise
        except TopnError:
            raise
        except BaseException:
            # Nobody knows what state the page was left in.
            lease.forget_context()
            raise
        finally:
            lease.release()

    def get_stats(self) -> PoolStats:
        """Cheap: may be called every other second."""
        with self._lock:
            drivers = [slot.running for slot in self._books.slots if slot.running is not None]
            facts = self._books.stats()
        return facts.with_memory(self._memory.read(drivers))

    def set_capacity(self, max_drivers: int) -> None:
        """Change the maximum. Idle browsers beyond it end now, leased ones when they are given back."""
        with self._lock:
            self._books.maximum = max_drivers
            surplus = self._books.take_surplus()
            self._books.serve(time.monotonic())
        for slot in surplus:
            self._end(slot, Retired.CAPACITY)

    def close(self, timeout: float) -> None:
        """Serve nobody any more, wait up to `timeout` seconds for leases to be given back, end all browsers.

        A lease held past that is killed: its holder gets BrowserLost. Closing twice is harmless.
        """
        self._keeper.stop()
        deadline = time.monotonic() + timeout
        with self._lock:
            self._is_closed = True
            self._books.dismiss_waiters()
            idle = self._books.take_idle()
        for slot in idle:
            self._end(slot, Retired.CLOSED)
        with self._lock:
            self._changed.wait_for(lambda: not self._books.slots, timeout=max(0.0, deadline - time.monotonic()))
            held = [slot.lease for slot in self._books.slots if slot.lease is not None]
        for lease in held:
            lease.kill("the browser pool is closing")
        with self._lock:
            # Threads that were starting or ending a browser just now finish that; it is bounded.
            self._changed.wait_for(lambda: not self._books.slots, timeout=self._options.start_seconds)
        self._folder.remove_if_unused()

    def _acquire(self, owner: int, timeout: float, cookies_version: int) -> BrowserLease:
        began = time.monotonic()
        waiter = Waiter(owner, cookies_version)
        with self._lock:
            self._refuse_if_closed()
            self._books.waiters.append(waiter)
            self._books.serve(began)
        while True:
            slot = self._wait_for_slot(waiter, began, timeout)
            is_new = slot.running is None
            try:
                lease = self._open(slot, owner, cookies_version)
            except BrowserLost as error:
                # There are two cases: 1. an idle browser had died or hung: this thread stays the first in line
                # and gets the place; 2. a new browser that does not even open a tab says that the next one will
                # not either.
                if not is_new:
                    self._end(slot, Retired.CRASHED, next_waiter=waiter)
                    continue
                self._end(slot, Retired.CRASHED)
                raise ServiceUnavailable("The browser", f"{error.reason}.", DOCTOR_REMEDY) from error
            except BaseException:
                came_up = slot.running is not None
                self._end(slot, (Retired.CLOSED if self._is_closed else Retired.CRASHED) if came_up else None)
                raise
            with self._lock:
                self._books.waits.add(time.monotonic() - began)
            return lease

    def _wait_for_slot(self, waiter: Waiter, began: float, timeout: float) -> Slot:
        try:
            waiter.is_served.wait(max(0.0, began + timeout - time.monotonic()))
        finally:
            with self._lock:
                slot = waiter.slot
                if slot is None and waiter in self._books.waiters:
                    self._books.waiters.remove(waiter)
                    # Whoever stands behind may be served by what this one could not use.
                    self._books.serve(time.monotonic())
        if slot is not None:
            return slot
        with self._lock:
            self._refuse_if_closed()
            raise self._refusal(time.monotonic() - began)

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise ServiceUnavailable("The browser pool", "it is closed: this worker is stopping.", "")

    def _refusal(self, waited_seconds: float) -> TopnError:
        busy = len(self._books.slots)
        if busy >= self._books.maximum or self._may_start(self._books.starting_count()):
            return PoolTimeout(waited_seconds, busy, self._books.maximum)
        return self._floor.refusal()

    def _may_start(self, starting: int) -> bool:
        return bool(self._options.selenium_url) or self._floor.has_room(starting)

    def _open(self, slot: Slot, owner: int, cookies_version: int) -> BrowserLease:
        running = slot.running or self._start(slot)
        tab = open_owner_tab(running, slot.contexts, owner, cookies_version)
        return self._hand_out(slot, running, tab)

    def _start(self, slot: Slot) -> RunningDriver:
        running = start_driver(self._options, self._folder)
        spread = 1 + random.uniform(-_AGE_JITTER, _AGE_JITTER)  # noqa: S311 not a secret
        with self._lock:
            slot.expires_at = time.monotonic() + self._max_age_seconds * spread
            slot.running = running
            self._books.created += 1
        return running

    def _hand_out(self, slot: Slot, running: RunningDriver, tab: OwnerTab) -> BrowserLease:
        lease = BrowserLease(
            running,
            tab=tab,
            on_release=lambda lease: self._release(slot, lease),
            on_kill=lambda lease, reason: self._kill(slot, lease, reason),
        )
        with self._lock:
            self._refuse_if_closed()
            slot.lease = lease
            slot.leased_at = time.monotonic()
        return lease

    def _release(self, slot: Slot, lease: BrowserLease) -> None:
        with self._lock:
            if lease.ended_reason is not None:
                return
            lease.ended_reason = "its time with this browser is over"
            slot.lease_count += 1
        reason = self._tidy(slot, lease)
        with self._lock:
            reason = reason or self._reason_to_retire(slot)
            if reason is None:
                self._books.put_back(slot, time.monotonic())
                return
            slot.state = SlotState.ENDING
        self._end(slot, reason)

    def _tidy(self, slot: Slot, lease: BrowserLease) -> Retired | None:
        """Close what the lease opened. A browser that cannot even do that is to be replaced."""
        running = slot.running
        if running is None or lease.is_lost:
            return Retired.CRASHED
        try:
            close_owner_tab(running, slot.contexts, lease.tab, must_forget=lease.must_forget)
        except BrowserLost as error:
            logger.warning("browser lost at the end of a lease", owner=slot.owner, reason=error.reason)
            return Retired.CRASHED
        return None

    def _reason_to_retire(self, slot: Slot) -> Retired | None:
        if self._is_closed:
            return Retired.CLOSED
        if len(self._books.slots) > self._books.maximum:
            return Retired.CAPACITY
        if slot.lease_count >= self._max_leases:
            return Retired.LEASES
        return Retired.AGE if time.monotonic() >= slot.expires_at else None

    def _kill(self, slot: Slot, lease: BrowserLease, reason: str) -> None:
        with self._lock:
            if lease.ended_reason is not None:
                return
            lease.ended_reason = reason
            slot.state = SlotState.ENDING
        logger.warning("browser killed", owner=slot.owner, reason=reason)
        self._end(slot, Retired.KILLED)

    def _end(self, slot: Slot, reason: Retired | None, *, next_waiter: Waiter | None = None) -> None:
        """End the slot's browser, then give its place to the next waiter. In this order, or there would be
        more browsers than the maximum for a moment."""
        with self._lock:
            slot.state = SlotState.ENDING
        if slot.running is not None:
            slot.running.end()
        with self._lock:
            if next_waiter is not None:
                next_waiter.slot = None
                next_waiter.is_served.clear()
                self._books.waiters.appendleft(next_waiter)
            self._books.strike_out(slot, reason)
            if self._is_closed:
                self._books.dismiss_waiters()
            else:
                self._books.serve(time.monotonic())
            self._changed.notify_all()
        if reason is Retired.CRASHED:
            logger.warning("browser lost", owner=slot.owner, leases=slot.lease_count)
