"""Keeps line and rows true to each other: pushes what is due, rescues what dead workers held, finds what is
missing from the line, reconciles running entries. One thread per process, one leader among them at a time; only
the browsers of dead workers are looked for by every process, for a leader elsewhere cannot end them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from core.browser.cleaner import clean_orphans
from core.errors import ServiceUnavailable
from core.lane import LaneEntry, RowSnapshot
from core.queue.fair_queue import FairQueue
from core.store.leadership import MaintenanceLock
from core.store.task_queries import TaskQueries
from core.store.task_recovery import Rescued
from core.store.task_store import TaskStore
from core.telemetry import get_logger
from tasks.background_loop import BackgroundLoop
from tasks.hand_on import put_back_in_line
from tasks.service_watch import DATABASE, REDIS, ServiceWatch

TICK_SECONDS = 0.5
LEADERSHIP_SHARE = 0.6
"""A leader believes in its leadership for this share of the time that its lock lasts, and asks again three times
as often."""
DUE_EVERY_SECONDS = 1.0
RESCUE_EVERY_SECONDS = 2.0
RECONCILE_EVERY_SECONDS = 5.0
MISSING_EVERY_SECONDS = 10.0
CLEAN_EVERY_SECONDS = 15.0
PAGE = 500
PAGES_PER_ROUND = 20
"""One round of the search for missing rows looks at 10,000 rows at most and goes on there the next time."""

logger = get_logger(__name__)


@dataclass(slots=True)
class Duty:
    """One thing the leader does every `interval_seconds`."""

    name: str
    interval_seconds: float
    do: Callable[[], None]
    services: tuple[str, ...] = ()
    """What has answered whenever it is done. (Nothing is pushed when nothing is due.)"""
    next_at: float = field(default=0.0)


@dataclass(frozen=True, slots=True)
class MaintenanceParts:
    """The collaborators of `Maintenance`."""

    store: TaskStore
    queries: TaskQueries
    rows: RowSnapshot
    queue: FairQueue
    lock: MaintenanceLock
    run_dir: Path
    watch: ServiceWatch
    is_held: Callable[[], bool] = lambda: False
    """Whether rows are left alone: they may be those of a backup that was put back."""


class Maintenance(BackgroundLoop):
    """Every duty is safe to run twice and by two leaders at once: rows are fenced, pushes are idempotent."""

    def __init__(self, parts: MaintenanceParts, *, holder: str) -> None:
        super().__init__("maintenance", TICK_SECONDS, parts.watch)
        self._parts = parts
        self._holder = holder
        self._leadership_seconds = parts.lock.ttl_seconds * LEADERSHIP_SHARE
        self._leader_until = 0.0
        self._has_won = False
        """Whether the last answer was that this process leads. Its belief may have run out since: a duty that waits
        for a hanging Redis takes longer than that, and to lead on then is no news."""
        self._ask_again_at = 0.0
        self._missing_after_id = 0
        self._cleaning = Duty("clean", CLEAN_EVERY_SECONDS, self.clean)
        self._duties = (
            Duty("push due", DUE_EVERY_SECONDS, self.push_due, (DATABASE,)),
            Duty("rescue", RESCUE_EVERY_SECONDS, self.rescue, (DATABASE,)),
            Duty("reconcile", RECONCILE_EVERY_SECONDS, self.reconcile, (DATABASE, REDIS)),
            Duty("push missing", MISSING_EVERY_SECONDS, self.push_missing, (DATABASE,)),
        )

    def stop(self, timeout: float = 10.0) -> None:
        """End, and let another process lead at once."""
        super().stop(timeout)
        if self._has_won:
            try:
                self._parts.lock.release(self._holder)
            except ServiceUnavailable:
                logger.info("leadership ends by itself", seconds=self._parts.lock.ttl_seconds)

    def tick(self) -> Collection[str]:
        """Ask for the leadership, then do what is due. One failing duty does not hold up the others."""
        self._do_if_due(self._cleaning)
        self._ask_for_leadership()
        for duty in self._duties:
            if not self._is_leader or self.stopping.is_set() or self._parts.is_held():
                break
            self._do_if_due(duty)
        return ()

    @property
    def _is_leader(self) -> bool:
        """By this process' own clock, which the lock outlives: it is asked for before the time is taken."""
        return time.monotonic() < self._leader_until

    def _ask_for_leadership(self) -> None:
        asked = time.monotonic()
        if asked < self._ask_again_at:
            return
        self._ask_again_at = asked + self._leadership_seconds / 3
        has_won = self._parts.lock.try_acquire(self._holder)
        self._leader_until = asked + self._leadership_seconds if has_won else 0.0
        if has_won and not self._has_won:
            logger.info("leads the maintenance")
        self._has_won = has_won

    def _do_if_due(self, duty: Duty) -> None:
        if time.monotonic() < duty.next_at:
            return
        duty.next_at = time.monotonic() + duty.interval_seconds
        try:
            duty.do()
        except ServiceUnavailable as error:
            self._parts.watch.went_away(error)
        except Exception:
            # The edge of a duty: the others must still be done.
            logger.exception("a duty failed", duty=duty.name)
        else:
            self._parts.watch.answered(*duty.services)

    def clean(self) -> None:
        """End what dead workers of this machine left behind, also those that held no task."""
        clean_orphans(self._parts.run_dir)

    def push_due(self) -> None:
        """Retries and scheduled articles whose time has come."""
        after_id = 0
        for _ in range(PAGES_PER_ROUND):
            entries = self._parts.queries.due_entries(PAGE, after_id=after_id)
            self._push(entries, "due")
            if len(entries) < PAGE:
                return
            after_id = entries[-1].task_id

    def rescue(self) -> None:
        """Hand on the tasks of workers that went silent. What is left of a dead worker's browsers on this
        machine ends first: a browser must not go on typing while the next worker starts."""
        expired = self._parts.store.expired()
        if not expired:
            return
        self.clean()
        rescued = []
        for lease in expired:
            action = self._parts.store.rescue(lease)
            if action is not None:
                facts = {"task_id": lease.task_id, "public_id": lease.public_id, "lost_worker": lease.worker_id}
                logger.warning("rescued", action=action.value, **facts)
                rescued.append(Rescued(action, lease.entry, lease.public_id))
        put_back_in_line(self._parts.queue, rescued)

    def reconcile(self) -> None:
        """Running entries against running rows."""
        report = self._parts.queue.reconcile()
        logger.debug("reconciled", report=str(report))

    def push_missing(self) -> None:
        """Walk through all rows that may go, a bounded part of them each round, and push those not in line."""
        for _ in range(PAGES_PER_ROUND):
            entries = self._parts.rows.waiting_entries(self._missing_after_id, PAGE)
            self._push(self._parts.queue.missing(entries), "missing")
            self._missing_after_id = entries[-1].task_id if len(entries) == PAGE else 0
            if not self._missing_after_id or self.stopping.is_set():
                return

    def _push(self, entries: list[LaneEntry], why: str) -> None:
        if entries:
            new = self._parts.queue.push(entries)
            if new:
                logger.info("pushed", why=why, entries=new)
