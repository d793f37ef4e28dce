"""Looks after all running attempts of one process, once a second, in one thread: renews their leases, ends
those past a deadline, those whose owner cancelled them and those that another worker holds by now."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from core.store.records import Grip
from core.store.task_store import TaskStore
from core.task_state import Checkpoint
from core.telemetry import get_logger
from tasks.background_loop import BackgroundLoop
from tasks.running_attempt import KillReason, RunningAttempt
from tasks.service_watch import DATABASE, ServiceWatch

TICK_SECONDS = 1.0
RENEWALS_PER_LEASE = 3
"""A lease is renewed this often before it would end, so that two renewals may fail."""
STUCK_SECONDS = 15.0
"""A thread that has not come back so long after its browser was killed hangs outside the browser."""

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ThreadActivity:
    """What one publishing thread does, for the heartbeat."""

    thread: str
    task_id: int
    public_id: str
    step: str
    step_seconds: float


class LeaseKeeper(BackgroundLoop):
    """`watch` an attempt when its row is taken, `forget` it when it is settled."""

    def __init__(
        self,
        store: TaskStore,
        *,
        worker_id: str,
        lease_seconds: float,
        watch: ServiceWatch | None = None,
        on_stuck: Callable[[RunningAttempt], None] | None = None,
        stuck_seconds: float = STUCK_SECONDS,
    ) -> None:
        super().__init__("lease-keeper", min(TICK_SECONDS, lease_seconds / (2 * RENEWALS_PER_LEASE)), watch)
        self._store = store
        self._worker_id = worker_id
        self._renew_every_seconds = lease_seconds / RENEWALS_PER_LEASE
        self._renewed = time.monotonic()
        self._on_stuck = on_stuck
        self._stuck_seconds = stuck_seconds
        self._lock = threading.Lock()
        self._attempts: dict[Grip, RunningAttempt] = {}

    def watch(self, attempt: RunningAttempt) -> None:
        """Look after this attempt from now on."""
        with self._lock:
            self._attempts[attempt.held.grip] = attempt

    def forget(self, attempt: RunningAttempt) -> None:
        """The attempt is over."""
        with self._lock:
            self._attempts.pop(attempt.held.grip, None)

    def attempts(self) -> list[RunningAttempt]:
        """All attempts of this process that run now."""
        with self._lock:
            return list(self._attempts.values())

    def activity(self) -> list[ThreadActivity]:
        """What each busy thread does."""
        return [
            ThreadActivity(a.thread_name, a.held.id, a.held.public_id, a.step_name, round(a.step_age_seconds, 1))
            for a in self.attempts()
        ]

    def end_all(self, *, is_final: bool) -> None:
        """This process goes down: end what is not yet submitted, or everything when `is_final`."""
        for attempt in self.attempts():
            if attempt.kill(KillReason.STOPPING, is_final=is_final):
                logger.info("handing back", step=attempt.step_name, **attempt.log_facts)

    def tick(self) -> Collection[str]:
        """Deadlines first: they need no database, which may be what hangs."""
        self._end_late()
        if not self.attempts():
            return ()
        self._end_cancelled()
        if time.monotonic() - self._renewed >= self._renew_every_seconds:
            self._renew()
        return (DATABASE,)

    def _end_late(self) -> None:
        for attempt in self.attempts():
            if attempt.is_past_deadline and attempt.kill(KillReason.DEADLINE):
                logger.warning("deadline passed", step=attempt.step_name, **attempt.log_facts)
            if self._is_stuck(attempt) and self._on_stuck is not None:
                self._on_stuck(attempt)

    def stuck_count(self) -> int:
        """How many threads hang where no kill reaches them."""
        return sum(self._is_stuck(attempt) for attempt in self.attempts())

    def _is_stuck(self, attempt: RunningAttempt) -> bool:
        """Being written down may wait for the database, for as long as it is away."""
        return attempt.killed_seconds_ago > self._stuck_seconds and not attempt.is_over

    def _end_cancelled(self) -> None:
        running = {attempt.held.grip: attempt for attempt in self.attempts()}
        for wish in self._store.cancel_requested(self._worker_id):
            attempt = running.get((wish.task_id, wish.fence))
            if attempt is None or wish.checkpoint is Checkpoint.SUBMITTING:
                continue
            if attempt.kill(KillReason.CANCELLED):
                logger.info("cancelled by its owner", step=attempt.step_name, **attempt.log_facts)

    def _renew(self) -> None:
        """One statement for all. An attempt past its deadline is left out: should its thread never come back,
        the rescuer gets it. One whose row did not answer under its fence is no longer ours."""
        current = [attempt for attempt in self.attempts() if not attempt.is_past_deadline]
        if current:
            renewed = self._store.renew_leases(self._worker_id, [attempt.held.grip for attempt in current])
            for attempt in current:
                # A row that has just been finished does not answer either.
                is_lost = attempt.held.grip not in renewed and not attempt.is_over
                if is_lost and attempt.kill(KillReason.LEASE_LOST):
                    logger.warning("lease lost", fence=attempt.held.fence, **attempt.log_facts)
        self._renewed = time.monotonic()
