"""How the whole queue stands, and why one article waits. Redis may be away: then the database's part is told."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.errors import ServiceUnavailable
from core.queue.queue_stats import Parked, QueueStats
from core.services.line import QueueSource
from core.store.pauses import PauseStore, PauseView
from core.store.records import TaskView
from core.store.task_queries import TaskQueries
from core.task_state import TaskStatus


@dataclass(frozen=True, slots=True)
class QueueOverview:
    """`counts` and `pauses` come from the database, `line` from Redis; None while Redis is away."""

    counts: dict[TaskStatus, int]
    pauses: tuple[PauseView, ...]
    line: QueueStats | None


@dataclass(frozen=True, slots=True)
class WaitFacts:
    """Why a task waits. `ahead`: how many go before it, an estimate; None: it is not in line."""

    ahead: int | None = None
    parked: Parked | None = None


def read_overview(
    queries: TaskQueries, queue: QueueSource, pauses: PauseStore, *, only_user: int | None
) -> QueueOverview:
    """Everything, or what concerns one user."""
    try:
        line: QueueStats | None = queue().stats()
    except ServiceUnavailable:
        line = None
    if line is not None and only_user is not None:
        line = _of_user(line, only_user)
    return QueueOverview(queries.counts(only_user), tuple(pauses.list()), line)


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


def read_wait(queue: QueueSource, task: TaskView) -> WaitFacts:
    """Empty when Redis is away or the task does not wait."""
    if task.status is not TaskStatus.WAITING:
        return WaitFacts()
    try:
        return WaitFacts(
            queue().ahead_of(task.id, task.user_id, task.account_id),
            queue().why_waiting(task.user_id, task.account_id),
        )
    except ServiceUnavailable:
        return WaitFacts()
