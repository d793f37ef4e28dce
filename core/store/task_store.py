"""Moves tasks: the one place where a worker takes one, and all other moves from the files beside this one."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, func, select

from core.errors import CommitInDoubt, ServiceUnavailable
from core.store.bulk_changes import BulkChanges
from core.store.clock import later_sql, now_sql
from core.store.due import BATCH_IS_PAUSED, IS_DUE
from core.store.held_tasks import read_held
from core.store.history import HistoryMark, holds_event
from core.store.models import PublishTask, TaskEventRow
from core.store.records import HeldTask
from core.store.task_changes import TaskChanges
from core.store.task_events import EventKind
from core.store.task_moves import lock_task, move
from core.store.task_outcomes import TaskOutcomes
from core.store.task_recovery import TaskRecovery
from core.store.task_steps import TaskSteps
from core.task_state import Action


class TaskStore(TaskSteps, TaskOutcomes, TaskRecovery, TaskChanges, BulkChanges):
    """The only place that moves tasks.

    What a worker writes is fenced: LeaseLost is raised once it no longer holds the task. Every method raises
    ServiceUnavailable when the database is away; a write may or may not have happened then, and `held` tells.
    """

    def take(
        self,
        task_id: int,
        *,
        worker_id: str,
        claimed_ms: int,
        account_id: int | None = None,
        remembered: HistoryMark | None = None,
    ) -> HeldTask | None:
        """Take a task that may go now. None: it may not (held, not due, its batch paused, no longer waiting)
        or another was faster. `claimed_ms` is Redis' time of the claim, kept if it is the first. `account_id`: whose
        turn it is; a task that has moved to another account meanwhile, for whose limits this turn does not count, is
        left. Nothing is taken from a database that does not hold what is `remembered` of it: a backup was restored
        meanwhile.

        When the reply to COMMIT is lost, the row is read again: either this very call took it, or it did not.
        Raises CommitInDoubt when even that cannot be read, or when it was taken and is lost again since: then
        the start has happened, and nobody works at the task until the rescuer hands it on.
        """
        mark = secrets.token_hex(8)
        try:
            return self._db.run_write(
                lambda connection: (
                    self._take(connection, task_id, worker_id, claimed_ms, mark, account_id)
                    if remembered is None or holds_event(connection, remembered)
                    else None
                )
            )
        except CommitInDoubt as doubt:
            fence = self._fence_of(task_id, mark, doubt)
            if fence is None:
                raise ServiceUnavailable(doubt.service, doubt.reason, doubt.remedy) from doubt
            held = self.held(task_id, fence, worker_id)
            if held is None:
                raise
            return held

    def _take(
        self,
        connection: Connection,
        task_id: int,
        worker_id: str,
        claimed_ms: int,
        mark: str,
        account_id: int | None,
    ) -> HeldTask | None:
        seen = connection.execute(
            select(PublishTask.fence, PublishTask.attempt).where(PublishTask.id == task_id)
        ).one_or_none()
        if seen is None:
            return None
        fence: int = seen.fence
        is_its_turn = () if account_id is None else (PublishTask.account_id == account_id,)
        taken = move(
            connection,
            Action.TAKE,
            task_id,
            fence,
            worker_id=worker_id,
            only_if=(IS_DUE, ~BATCH_IS_PAUSED, *is_its_turn),
            detail={"attempt": seen.attempt + 1, "fence": fence + 1, "mark": mark},
            lease_until=later_sql(self._lease_seconds),
            attempt=PublishTask.attempt + 1,
            started_at=func.coalesce(PublishTask.started_at, now_sql()),
            first_claimed_ms=func.coalesce(PublishTask.first_claimed_ms, claimed_ms),
        )
        return read_held(connection, task_id, fence + 1, worker_id) if taken else None

    def _fence_of(self, task_id: int, mark: str, doubt: CommitInDoubt) -> int | None:
        """The fence of the take with this mark; None: it was not committed. The mark tells it from a take by
        another thread of the same worker. Raises `doubt` when it cannot be read."""
        takes = select(TaskEventRow.detail).where(TaskEventRow.task_id == task_id, TaskEventRow.kind == EventKind.TAKEN)

        def look(connection: Connection) -> int | None:
            # Locked: a COMMIT that is still on its way to the server is waited for.
            lock_task(connection, task_id)
            details = connection.scalars(takes.order_by(TaskEventRow.id.desc()))
            return next((detail["fence"] for detail in details if detail.get("mark") == mark), None)

        try:
            return self._db.run_write(look)
        except ServiceUnavailable as error:
            raise doubt from error

    def held(self, task_id: int, fence: int, worker_id: str) -> HeldTask | None:
        """The task as it is now, if this worker still holds it under this fence."""
        with self._db.read() as connection:
            return read_held(connection, task_id, fence, worker_id)
