"""What must hold, whatever happens. Each promise is a sentence; the walk tells which one was broken and how."""

from __future__ import annotations

from collections.abc import Iterator

from core.task_state import Checkpoint, TaskStatus
from tests.model.row_changes import RowChanges
from tests.model.world import At, Row, World

# Of a state.
ONE_ARTICLE = "there is at most one article on the site"
NO_DRAFT_ONLINE = "what is online is never taken for a draft, which may be cancelled and edited"
TRUE_END = "what ended as published is online, what ended otherwise is not, unless that was said"
ONE_HOLDER = "a task has one holder"
SHUT_OUT = "whoever lost the task has lost its fence"

# Of a step.
LIVE_LEASE = "nobody submits whose lease has ended"
CANCEL_KEPT = "who was told that it will stop does not see it published"
UNASKED = "nothing is cancelled unless its owner asked for it"
NO_BLIND_CLICK = "no second click before the first had its time"
KEPT_ALIVE = "nobody loses a task that it keeps alive"

IS_OVER = frozenset({TaskStatus.FAILED, TaskStatus.DRAFT_SAVED})
MAY_BE_ONLINE = frozenset({Checkpoint.SUBMITTING, Checkpoint.PUBLISHED})


def broken_in(world: World, changes: RowChanges) -> Iterator[str]:
    """The promises that this state breaks."""
    row, is_online = world.row, bool(world.articles)
    if len(world.articles) > 1:
        yield ONE_ARTICLE
    if is_online and row.checkpoint not in MAY_BE_ONLINE:
        yield NO_DRAFT_ONLINE
    if (row.status is TaskStatus.PUBLISHED and not is_online) or (row.status in IS_OVER and is_online):
        yield TRUE_END
    if sum(changes.holds(row, attempt) for attempt in world.attempts) > 1:
        yield ONE_HOLDER
    if any(one.is_replaced and one.has_fence and one.at is not At.READING_AGAIN for one in world.attempts):
        yield SHUT_OUT


def broken_by_end(world: World, row: Row) -> str:
    """The promise to its owner that is broken when the task comes to this end; else empty."""
    if world.is_cancel_owed and row.status is TaskStatus.PUBLISHED:
        return CANCEL_KEPT
    if row.status is TaskStatus.CANCELLED and not world.is_cancel_owed:
        return UNASKED
    return ""
