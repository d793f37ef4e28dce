"""Moves tasks: the one place where a worker takes one, and all other moves from the files beside this one."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, func, select

from core.errors import ServiceUnavailable
from core.store.clock import later_sql, now_sql
from core.store.due import BATCH_IS_PAUSED, IS_DUE
from core.store.held_tasks import read_held
from core.store.models import PublishTask, TaskEventRow
from core.store.records import HeldTask
from core.store.task_changes import TaskChanges
from core.store.task_events import EventKind
from core.store.task_moves import move
from core.store.task_outcomes import TaskOutcomes
from core.store.task_recovery import TaskRecovery
from core.store.task_steps import TaskSteps
from core.task_state import Action


class TaskStore(TaskSteps, TaskOutcomes, TaskRecovery, TaskChanges):
    """The only place that moves tasks.

    What a worker writes is fenced: LeaseLost is raised once it no longer holds the task. Every method raises
    ServiceUnavailable when the database is away; a write may or may not have happened then, and `held` tells.
    """

    def take(self, task_id: int, *, worker_id: str, claimed_ms: int) -> HeldTask | None:
        """Take a task that may go now. None: it may not (held, not due, its batch paused, no longer waiting)
        or another was faster. `claimed_ms` is Redis' time of the claim, kept if it is the first.

        When the reply to COMMIT is lost, the row is read again: either this very call took it, or it did not.
        """
        mark = secrets.token_hex(8)
        try:
            return self._db.run_write(lambda connection: self._take(connection, task_id, worker_id, claimed_ms, mark))
        except ServiceUnavailable:
            held = self._taken(task_id, worker_id, mark)
            if held is None:
                raise
            return held

    def _take(
        self, connection: Connection, task_id: int, worker_id: str, claimed_ms: int, mark: str
    ) -> HeldTask | None:
        fence: int | None = connection.scalar(select(PublishTask.fence).where(PublishTask.id == task_id))
        if fence is None:
            return None
        taken = move(
            connection,
            Action.TAKE,
            task_id,
            fence,
            worker_id=worker_id,
            only_if=(IS_DUE, ~BATCH_IS_PAUSED),
            detail={"fence": fence + 1, "mark": mark},
            lease_until=later_sql(self._lease_seconds),
            attempt=PublishTask.attempt + 1,
            started_at=func.coalesce(PublishTask.started_at, now_sql()),
            first_claimed_ms=func.coalesce(PublishTask.first_claimed_ms, claimed_ms),
        )
        return read_held(connection, task_id, fence + 1, worker_id) if taken else None

    def _taken(self, task_id: int, worker_id: str, mark: str) -> HeldTask | None:
        """The task, if the take with this mark was committed. The mark tells it from a take by another thread
        of the same worker."""
        newest = (
            select(TaskEventRow.detail)
            .where(TaskEventRow.task_id == task_id, TaskEventRow.kind == EventKind.TAKEN)
            .order_by(TaskEventRow.id.desc())
            .limit(1)
        )
        with self._db.read() as connection:
            detail = connection.scalar(newest) or {}
            if detail.get("mark") != mark:
                return None
            return read_held(connection, task_id, detail["fence"], worker_id)

    def held(self, task_id: int, fence: int, worker_id: str) -> HeldTask | None:
        """The task as it is now, if this worker still holds it under this fence."""
        with self._db.read() as connection:
            return read_held(connection, task_id, fence, worker_id)
