"""How the whole queue stands, and why one article waits. Redis may be away: then the database's part is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from core.errors import ServiceUnavailable
from core.lane import PauseScope
from core.queue.queue_stats import Parked, QueueStats
from core.services.line import QueueSource
from core.store.pauses import PauseStore, PauseView
from core.store.queue_figures import QueueFigures
from core.store.records import TaskView
from core.store.task_queries import TaskQueries
from core.task_state import TaskStatus

WAITING = (TaskStatus.WAITING, TaskStatus.RETRYING)
LAST_MOMENT = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class QueueOverview:
    """`counts`, `pauses` and `held` come from the database, `line` from Redis; None while Redis is away."""

    counts: dict[TaskStatus, int]
    pauses: tuple[PauseView, ...]
    line: QueueStats | None
    held: dict[int, int]
    """User → how many of its articles stand in no line because their batch is paused."""


@dataclass(frozen=True, slots=True)
class WaitFacts:
    """Why a task waits; all of it unknown while Redis is away, but for the pause."""

    ahead: int | None = None
    """How many go before it, an estimate; None: it is not in line, or nobody asked."""
    parked: Parked | None = None
    """What holds back its account or its user."""
    pause: PauseView | None = None
    """The longest pause that holds it back."""
    starts_about: datetime | None = None
    """When its turn comes if all goes on as in the last minutes."""


class QueueOverviews:
    """Reads the line and the pauses for people."""

    def __init__(self, queries: TaskQueries, queue: QueueSource, pauses: PauseStore, figures: QueueFigures) -> None:
        self._queries = queries
        self._queue = queue
        self._pauses = pauses
        self._figures = figures

    def whole(self, *, only_user: int | None) -> QueueOverview:
        """Everything, or what concerns one user."""
        try:
            line: QueueStats | None = self._queue().stats()
        except ServiceUnavailable:
            line = None
        if line is not None and only_user is not None:
            line = _of_user(line, only_user)
        pauses = tuple(self._pauses.list(only_user=only_user))
        # Only a paused batch holds articles back outside the line.
        has_paused_batch = any(pause.scope is PauseScope.BATCH for pause in pauses)
        held = self._figures.held_in_batches(only_user) if has_paused_batch else {}
        return QueueOverview(self._queries.counts(only_user), pauses, line, held)

    def waits(self, tasks: Sequence[TaskView]) -> dict[int, WaitFacts]:
        """Why each of these tasks waits, by id; those that do not wait are left out. One question to the database
        and one to Redis, however many tasks."""
        waiting = [task for task in tasks if task.status in WAITING]
        if not waiting:
            return {}
        pauses = self._pauses.list()
        parked = self._reasons(waiting)
        return {
            task.id: WaitFacts(parked=parked.get((task.user_id, task.account_id)), pause=_longest(pauses, task))
            for task in waiting
        }

    def wait(self, task: TaskView) -> WaitFacts:
        """Why one task waits, with its place in line and about when its turn comes."""
        facts = self.waits([task]).get(task.id, WaitFacts())
        if task.status not in WAITING:
            return facts
        try:
            ahead = self._queue().ahead_of(task.id, task.user_id, task.account_id)
        except ServiceUnavailable:
            return facts
        if not ahead:
            return replace(facts, ahead=ahead)
        seconds = self._queries.seconds_per_start()
        about = None if seconds is None else datetime.now(UTC) + timedelta(seconds=seconds * ahead)
        return replace(facts, ahead=ahead, starts_about=about)

    def _reasons(self, tasks: Sequence[TaskView]) -> dict[tuple[int, int], Parked]:
        try:
            return self._queue().reasons({(task.user_id, task.account_id) for task in tasks})
        except ServiceUnavailable:
            return {}


def _longest(pauses: Sequence[PauseView], task: TaskView) -> PauseView | None:
    """The pause that holds a task back for longest."""
    holding = [pause for pause in pauses if pause.holds(task)]
    return max(holding, key=lambda pause: pause.until or LAST_MOMENT, default=None)


def _of_user(line: QueueStats, user_id: int) -> QueueStats:
    """The line as one user may see it: nobody else's work."""
    own = tuple(user for user in line.users if user.user_id == user_id)
    return replace(
        line,
        users=own,
        waiting=sum(user.waiting for user in own),
        running=sum(user.running for user in own),
        ready_users=sum(user.waiting > 0 and user.parked is None for user in own),
        parked_users=sum(user.parked is not None for user in own),
        paused={name: until for name, until in line.paused.items() if name == "everything"},
    )
