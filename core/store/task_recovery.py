"""Leases of running tasks: kept alive while their worker lives, and handed on when it does not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, select, tuple_, update

from core.errors import NotFound
from core.lane import LaneEntry
from core.store import task_decisions
from core.store.clock import later_sql
from core.store.giving_up import crash_failure, may_be_online, review_facts
from core.store.models import PublishTask
from core.store.records import Grip
from core.store.task_events import EventKind, add_event
from core.store.task_moves import TASKS, Conditions, demanded, lane_entry, lock_task, move
from core.store.task_part import TaskPart
from core.task_state import RESCUE_DEMANDS, Action, BlockReason, Checkpoint, Step, TaskStatus

SILENT = "it gave no sign of life in time"
"""Why a task is handed on whose worker nobody has seen die."""


@dataclass(frozen=True, slots=True)
class ExpiredLease:
    """A running task whose worker has been silent for too long. `entry` is its place in line once rescued."""

    task_id: int
    fence: int
    worker_id: str
    lease_until: datetime
    checkpoint: Checkpoint
    crash_count: int
    entry: LaneEntry
    public_id: str


@dataclass(frozen=True, slots=True)
class Rescued:
    """What became of a dead worker's task; it belongs in the line again if `action` is RESCUE."""

    action: Action
    entry: LaneEntry
    public_id: str


@dataclass(frozen=True, slots=True)
class CancelWish:
    """A running task that its owner asked to stop."""

    task_id: int
    fence: int
    checkpoint: Checkpoint


class TaskRecovery(TaskPart):
    """For the keeper of leases in each worker process, the rescuer and the supervisor."""

    def renew_leases(self, worker_id: str, grips: Collection[Grip]) -> set[Grip]:
        """Prolong the leases of these tasks as far as this worker still holds them under these fences; which ones.
        (A worker that slept may hold a task again by now, in another thread.)"""
        wanted = sorted(set(grips))
        if not wanted:
            return set()
        mine = (
            PublishTask.id.in_([task_id for task_id, _ in wanted]),
            tuple_(PublishTask.id, PublishTask.fence).in_(wanted),
            PublishTask.worker_id == worker_id,
            PublishTask.status == TaskStatus.RUNNING,
        )
        prolong = update(PublishTask).where(*mine).values(lease_until=later_sql(self._lease_seconds))

        def renew(connection: Connection) -> set[Grip]:
            if connection.execute(prolong).rowcount == len(wanted):
                return set(wanted)
            held = connection.execute(select(PublishTask.id, PublishTask.fence).where(*mine))
            return {(row.id, row.fence) for row in held}

        return self._db.run_write(renew)

    def cancel_requested(self, worker_id: str) -> list[CancelWish]:
        """Running tasks of this worker that their owners asked to stop."""
        wanted = select(PublishTask.id, PublishTask.fence, PublishTask.checkpoint).where(
            PublishTask.status == TaskStatus.RUNNING,
            PublishTask.worker_id == worker_id,
            PublishTask.cancel_requested.is_(True),
        )
        with self._db.read() as connection:
            rows = connection.execute(wanted).all()
        return [CancelWish(row.id, row.fence, Checkpoint(row.checkpoint)) for row in rows]

    def expired(self, limit: int = 100) -> list[ExpiredLease]:
        """Running tasks whose lease has ended on the database's clock, the longest ended first."""
        ended = (
            select(TASKS)
            .where(PublishTask.status == TaskStatus.RUNNING, *demanded(RESCUE_DEMANDS))
            .order_by(PublishTask.lease_until)
            .limit(limit)
        )
        with self._db.read() as connection:
            return [_expired(row) for row in connection.execute(ended)]

    def rescue(self, expired: ExpiredLease) -> Action | None:
        """Hand on a task whose lease has ended, with one crash more: RESCUE back to the line; at `MAX_CRASHES`
        RESCUE_FAIL, or RESCUE_REVIEW if it may be online; RESCUE_CANCEL if its owner asked to stop it and it is
        not submitted. None: its worker came back to life, or somebody else was faster."""
        ended = demanded(RESCUE_DEMANDS)
        return self._db.run_write(partial(_rescue, expired.task_id, expired.fence, SILENT, ended))

    def release_worker(self, worker_id: str, *, reason: str = "worker died") -> list[Rescued]:
        """Hand on all tasks of a worker that is known to be dead, without waiting for their leases. Only for
        who has seen its process end: a live one would go on until its next write is refused."""
        its = select(TASKS).where(PublishTask.status == TaskStatus.RUNNING, PublishTask.worker_id == worker_id)
        with self._db.read() as connection:
            rows = connection.execute(its).all()
        rescued = []
        for row in rows:
            action = self._db.run_write(partial(_rescue, row.id, row.fence, reason, ()))
            if action is not None:
                rescued.append(Rescued(action, lane_entry(row), row.public_id))
        return rescued


def _expired(row: Row[Any]) -> ExpiredLease:
    return ExpiredLease(
        task_id=row.id,
        fence=row.fence,
        worker_id=row.worker_id,
        lease_until=row.lease_until,
        checkpoint=Checkpoint(row.checkpoint),
        crash_count=row.crash_count,
        entry=lane_entry(row),
        public_id=row.public_id,
    )


def _rescue(task_id: int, fence: int, reason: str, only_if: Conditions, connection: Connection) -> Action | None:
    try:
        row = lock_task(connection, task_id)
    except NotFound:
        return None
    crashes = row.crash_count + 1
    detail = {
        "lost_worker": row.worker_id,
        "reason": reason,
        "crashes": crashes,
        "checkpoint": row.checkpoint,
        "progress": row.progress,
    }
    action = task_decisions.rescue(
        crashes=crashes, may_be_online=may_be_online(row), cancel_requested=row.cancel_requested
    )
    values = dict[str, Any]()
    if action in (Action.RESCUE_FAIL, Action.RESCUE_REVIEW):
        values |= crash_failure(crashes, row)
        detail |= values
    if action is Action.RESCUE_REVIEW:
        values["block_reason"] = BlockReason.NEEDS_REVIEW
        detail |= review_facts(row)
    moved = move(connection, action, task_id, fence, only_if=only_if, detail=detail, crash_count=crashes, **values)
    if moved and _may_leave_orphan(row):
        reason = "the worker died after signing in, before any draft was saved"
        add_event(connection, task_id, EventKind.ORPHAN_DRAFT, {"reason": reason}, worker_id=row.worker_id)
    return action if moved else None


def _may_leave_orphan(row: Row[Any]) -> bool:
    """Whether the dead worker may have made a draft on the site whose id it could not save."""
    return row.checkpoint == Checkpoint.NONE and row.remote_draft_id is None and row.progress >= Step.SIGNED_IN
