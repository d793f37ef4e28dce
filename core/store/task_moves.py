"""How a task's row changes: one function for its status, one for its checkpoint, one for the rest.

Each is a compare-and-set whose row count decides, and writes its event in the same transaction. The parts of
`core.store.task_store` call them; nothing else changes a task's row.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from core.errors import Conflict, LeaseLost, NotFound
from core.lane import LaneEntry
from core.store.clock import now_sql
from core.store.models import PublishTask
from core.store.records import HeldTask
from core.store.task_events import ACTION_EVENTS, EventKind, add_event, add_events
from core.task_state import (
    CHECKPOINT_ORDER,
    FENCE_DEMANDS,
    MOVES,
    Action,
    Checkpoint,
    Demand,
    Fencing,
    Step,
    TaskStatus,
)

Conditions = Sequence[ColumnElement[bool]]
TASKS = PublishTask.__table__


def move(
    connection: Connection,
    action: Action,
    task_id: int,
    fence: int,
    *,
    worker_id: str | None = None,
    only_if: Conditions = (),
    detail: dict[str, Any] | None = None,
    kind: EventKind | None = None,
    **values: Any,
) -> bool:
    """Move a task as `MOVES` allows. True if it went through; False if the row is no longer what was seen.

    `fence` is the one that was seen; `worker_id` the mover, who must hold the task if the table says so (for
    TAKE: who will). `values` are further columns; None of them may be the status.
    """
    rule = MOVES[action]
    conditions = [
        PublishTask.id == task_id,
        PublishTask.status.in_(sorted(rule.sources)),
        *demanded(FENCE_DEMANDS[rule.fencing], fence, worker_id),
        *only_if,
    ]
    changes: dict[str, Any] = {**on_arrival(rule.target, worker_id), **values, "status": rule.target}
    if rule.fencing is Fencing.RAISE:
        changes["fence"] = fence + 1
    if connection.execute(update(PublishTask).where(*conditions).values(changes)).rowcount != 1:
        return False
    add_event(connection, task_id, kind or ACTION_EVENTS[action], detail or {}, worker_id=worker_id)
    return True


def move_many(connection: Connection, action: Action, task_ids: Sequence[int], *, detail: dict[str, Any]) -> None:
    """Move tasks that this transaction has locked, each in a status that the action leads out of. Only for actions
    that no fence guards; in two statements, however many tasks there are."""
    rule = MOVES[action]
    if rule.fencing is not Fencing.NONE:
        raise ValueError(f"{action} is guarded by the fence of each task")
    seen = (PublishTask.id.in_(task_ids), PublishTask.status.in_(sorted(rule.sources)))
    changes = {**on_arrival(rule.target, None), "status": rule.target}
    if connection.execute(update(PublishTask).where(*seen).values(changes)).rowcount != len(task_ids):
        raise Conflict("These articles", "have just changed.", "Look at them again.")
    add_events(connection, task_ids, ACTION_EVENTS[action], detail)


def demanded(demands: Collection[Demand], fence: int | None = None, worker_id: str | None = None) -> Conditions:
    """These demands of the row, as SQL; `fence` and `worker_id` are those of the mover."""
    known = {
        Demand.SAME_FENCE: PublishTask.fence == fence,
        Demand.SAME_WORKER: PublishTask.worker_id == worker_id,
        Demand.LIVE_LEASE: PublishTask.lease_until > now_sql(),
        Demand.ENDED_LEASE: PublishTask.lease_until <= now_sql(),
        Demand.NO_CANCEL_REQUEST: PublishTask.cancel_requested.is_(False),
    }
    return [known[demand] for demand in sorted(demands)]


def on_arrival(target: TaskStatus, worker_id: str | None) -> dict[str, Any]:
    """What a status means for the other columns, whichever move led there."""
    if target is TaskStatus.RUNNING:
        return {"worker_id": worker_id, "progress": Step.CLAIMED}
    values: dict[str, Any] = {
        "worker_id": None,
        "lease_until": None,
        "cancel_requested": False,
        "block_reason": None,
        "finished_at": now_sql() if target.is_final else None,
    }
    if target in (TaskStatus.WAITING, TaskStatus.RETRYING):
        values["progress"] = 0
    if target in (TaskStatus.PUBLISHED, TaskStatus.DRAFT_SAVED):
        values |= {"progress": Step.PUBLISHED, "error_class": None, "error_message": None}
    return values


def holding(held: HeldTask) -> Conditions:
    """Whether this worker still holds the task under this fence."""
    return (
        PublishTask.id == held.id,
        PublishTask.status == TaskStatus.RUNNING,
        *demanded(FENCE_DEMANDS[Fencing.HOLD], held.fence, held.worker_id),
    )


def advance(
    connection: Connection,
    held: HeldTask,
    source: Checkpoint,
    target: Checkpoint,
    kind: EventKind,
    *,
    only_if: Conditions = (),
    detail: dict[str, Any] | None = None,
    **values: Any,
) -> bool:
    """Change the checkpoint of a held task as `CHECKPOINT_ORDER` allows. True if it went through."""
    if target not in CHECKPOINT_ORDER[source]:
        raise ValueError(f"no way leads from checkpoint {source} to {target}")
    conditions = [*holding(held), PublishTask.checkpoint == source, *only_if]
    statement = update(PublishTask).where(*conditions).values(checkpoint=target, **values)
    if connection.execute(statement).rowcount != 1:
        return False
    add_event(connection, held.id, kind, detail or {}, worker_id=held.worker_id)
    return True


def note(
    connection: Connection,
    held: HeldTask,
    kind: EventKind,
    detail: dict[str, Any],
    *,
    only_if: Conditions = (),
    **values: Any,
) -> None:
    """Write an event of a held task, and columns that are neither status nor checkpoint. Raises LeaseLost."""
    # An UPDATE even without values: it locks the row, so that a rescue comes before or after, not between.
    changes = values or {"fence": held.fence}
    if connection.execute(update(PublishTask).where(*holding(held), *only_if).values(changes)).rowcount != 1:
        raise LeaseLost(held.id, held.fence)
    add_event(connection, held.id, kind, detail, worker_id=held.worker_id)


def amend(connection: Connection, row: Row[Any], kind: EventKind, detail: dict[str, Any], **values: Any) -> None:
    """Change columns of a locked row that are neither status nor checkpoint, for its owner."""
    statement = update(PublishTask).where(
        PublishTask.id == row.id, PublishTask.fence == row.fence, PublishTask.status == row.status
    )
    if connection.execute(statement.values(values)).rowcount != 1:
        raise changed_meanwhile(row)
    add_event(connection, row.id, kind, detail, worker_id=None)


def lock_task(connection: Connection, task_id: int) -> Row[Any]:
    """The row as it is, and nobody changes it until this transaction ends. Raises NotFound."""
    row = connection.execute(select(TASKS).where(PublishTask.id == task_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("article", task_id)
    return row


def lock_held(connection: Connection, held: HeldTask) -> Row[Any]:
    """The row of a held task, locked as by `lock_task`. Raises LeaseLost."""
    row = connection.execute(select(TASKS).where(*holding(held)).with_for_update()).one_or_none()
    if row is None:
        raise LeaseLost(held.id, held.fence)
    return row


def changed_meanwhile(row: Row[Any]) -> Conflict:
    """What is raised when a row is no longer what was seen."""
    return Conflict(f"Article {row.public_id}", "it has just changed.", "Look at it again.")


LANE_COLUMNS = (
    PublishTask.id,
    PublishTask.user_id,
    PublishTask.account_id,
    PublishTask.platform,
    PublishTask.priority,
    PublishTask.first_claimed_ms,
)
"""All that `lane_entry` needs of a row."""


def lane_entry(row: Row[*tuple[Any, ...]]) -> LaneEntry:
    """The place in line of this row. A task that was started before is no new start."""
    return LaneEntry(
        task_id=row.id,
        user_id=row.user_id,
        account_id=row.account_id,
        platform=row.platform,
        priority=row.priority,
        is_resumed=row.first_claimed_ms is not None,
    )
