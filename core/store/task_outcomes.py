"""How an attempt ends, recorded by the worker that holds the task. Afterwards it holds it no longer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from core.errors import LeaseLost
from core.store.clock import later_sql
from core.store.models import PublishTask
from core.store.records import HeldTask
from core.store.remote_ids import claiming_remote_id
from core.store.task_events import EventKind
from core.store.task_moves import Conditions, lock_held, move
from core.store.task_part import TaskPart
from core.store.task_recovery import crash_failure
from core.task_state import MAX_CRASHES, Action, BlockReason, Checkpoint

GIVES_WAY_TO_CANCEL = frozenset({Action.HAND_BACK, Action.RETRY_LATER, Action.BLOCK})
"""Moves that become STOP if the owner asked meanwhile: what would go on later is what he wants stopped."""


class TaskOutcomes(TaskPart):
    """The ends of an attempt. Each method raises LeaseLost; those that give an Action say what was done, which
    is STOP if the owner had asked to cancel a task that would go on later."""

    def finish_published(self, held: HeldTask, remote_id: str, result_url: str, site_state: str = "public") -> None:
        """It is on the site. Raises Conflict, and changes nothing, if another task owns `remote_id`."""
        facts: dict[str, Any] = {"remote_id": remote_id, "result_url": result_url, "site_state": site_state}

        def finish(connection: Connection) -> None:
            lock_held(connection, held)
            with claiming_remote_id(connection, held.id, held.platform, remote_id):
                self._leave(
                    connection,
                    held,
                    Action.FINISH,
                    facts,
                    only_if=(PublishTask.checkpoint == Checkpoint.SUBMITTING,),
                    checkpoint=Checkpoint.PUBLISHED,
                    **facts,
                )

        self._db.run_write(finish)

    def finish_draft_saved(self, held: HeldTask, result_url: str | None = None) -> None:
        """It is saved on the site as a draft, as its owner wished."""
        only_if = (PublishTask.checkpoint == Checkpoint.DRAFTED,)
        self._end(held, Action.SAVE_DRAFT, {}, only_if=only_if, result_url=result_url)

    def retry_later(
        self,
        held: HeldTask,
        *,
        delay_seconds: float,
        error_class: str,
        message: str,
        uses_retry: bool,
        is_crash: bool = False,
        screenshot_path: str | None = None,
    ) -> Action:
        """Try again after so many seconds. What was done: RETRY_LATER; or FAIL at `MAX_CRASHES` or without a
        retry left; or then, if it may be online, BLOCK for a person's review; or STOP."""
        error = {"error_class": error_class, "error_message": message, "screenshot_path": screenshot_path}

        def decide(connection: Connection) -> Action:
            row = lock_held(connection, held)
            crashes = row.crash_count + is_crash
            values: dict[str, Any] = {**error, "crash_count": crashes}
            detail = {**error, "crashes": crashes if is_crash else None}
            if is_crash and crashes >= MAX_CRASHES:
                failure = crash_failure(crashes, row.checkpoint)
                detail |= {**failure, "last_error": message}
                return self._leave(connection, held, Action.FAIL, detail, **{**values, **failure})
            if uses_retry and row.retries_used >= row.max_retries:
                if row.checkpoint != Checkpoint.SUBMITTING:
                    return self._leave(connection, held, Action.FAIL, detail, **values)
                detail["reason"] = values["block_reason"] = BlockReason.NEEDS_REVIEW
                return self._leave(connection, held, Action.BLOCK, detail, **values)
            detail |= {"delay_seconds": delay_seconds, "uses_retry": uses_retry}
            values |= {"run_at": later_sql(delay_seconds), "retries_used": row.retries_used + uses_retry}
            return self._leave(connection, held, Action.RETRY_LATER, detail, **values)

        return self._db.run_write(decide)

    def block(
        self,
        held: HeldTask,
        reason: BlockReason,
        *,
        error_class: str,
        message: str,
        evidence: dict[str, Any] | None = None,
        screenshot_path: str | None = None,
    ) -> Action:
        """A person is needed. `evidence` (last address, draft link, …) goes into the event."""
        error = {"error_class": error_class, "error_message": message, "screenshot_path": screenshot_path}
        detail = {"reason": reason, "evidence": evidence or {}, **error}
        return self._end(held, Action.BLOCK, detail, block_reason=reason, **error)

    def fail(self, held: HeldTask, *, error_class: str, message: str, screenshot_path: str | None = None) -> None:
        """It will not succeed."""
        error = {"error_class": error_class, "error_message": message, "screenshot_path": screenshot_path}
        self._end(held, Action.FAIL, error, **error)

    def stop(self, held: HeldTask) -> None:
        """Its owner asked to cancel it, and it was stopped before it was submitted."""
        only_if = (PublishTask.checkpoint != Checkpoint.SUBMITTING,)
        self._end(held, Action.STOP, {}, only_if=only_if)

    def hand_back(self, held: HeldTask, reason: str) -> Action:
        """This worker stops on purpose: another goes on from the checkpoint. Costs the task nothing."""
        return self._end(held, Action.HAND_BACK, {"reason": reason})

    def undo_take(self, held: HeldTask, *, was_fresh: bool, reason: str = "could not start") -> Action:
        """Back to the line as if it had not been taken. `was_fresh`: it was a new start and is none now."""
        values: dict[str, Any] = {"attempt": PublishTask.attempt - 1}
        if was_fresh:
            values |= {"first_claimed_ms": None, "started_at": None}
        return self._end(held, Action.HAND_BACK, {"reason": reason}, kind=EventKind.TAKE_UNDONE, **values)

    def _end(self, held: HeldTask, action: Action, detail: dict[str, Any], **values: Any) -> Action:
        return self._db.run_write(lambda connection: self._leave(connection, held, action, detail, **values))

    def _leave(
        self,
        connection: Connection,
        held: HeldTask,
        action: Action,
        detail: dict[str, Any],
        *,
        only_if: Conditions = (),
        kind: EventKind | None = None,
        **values: Any,
    ) -> Action:
        row = lock_held(connection, held)
        if action in GIVES_WAY_TO_CANCEL and row.cancel_requested and row.checkpoint != Checkpoint.SUBMITTING:
            action, kind, only_if, detail, values = Action.STOP, None, (), {"instead_of": action, **detail}, {}
        moved = move(
            connection,
            action,
            held.id,
            held.fence,
            worker_id=held.worker_id,
            only_if=only_if,
            detail=detail,
            kind=kind,
            **values,
        )
        if not moved:
            raise LeaseLost(held.id, held.fence)
        return action
