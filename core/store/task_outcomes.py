"""How an attempt ends, recorded by the worker that holds the task. Afterwards it holds it no longer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, or_, select

from core.errors import LeaseLost
from core.store import task_decisions
from core.store.clock import later_sql, now_sql
from core.store.giving_up import IS_TO_BE_LOOKED_FOR, crash_failure, may_be_online, review_facts
from core.store.models import Account, PublishTask, TaskEventRow
from core.store.owner_moves import WITHOUT_ANSWER
from core.store.records import HeldTask
from core.store.remote_ids import claiming_remote_id
from core.store.task_events import END_EVENTS, EventKind
from core.store.task_moves import Conditions, lock_held, move
from core.store.task_part import TaskPart
from core.task_state import MAX_CRASHES, Action, BlockReason, Checkpoint

MAY_BE_ONLINE = or_(PublishTask.checkpoint == Checkpoint.SUBMITTING, IS_TO_BE_LOOKED_FOR)
"""What was submitted, and what may have been before a backup was restored; nothing else is found on the site."""


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
                    only_if=(MAY_BE_ONLINE,),
                    checkpoint=Checkpoint.PUBLISHED,
                    verify_since=None,
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
        """Try again after so many seconds. What was done: RETRY_LATER; or `fail` at `MAX_CRASHES` or without a
        retry left; or STOP."""
        error = {"error_class": error_class, "error_message": message, "screenshot_path": screenshot_path}

        def decide(connection: Connection) -> Action:
            row = lock_held(connection, held)
            crashes = row.crash_count + is_crash
            values: dict[str, Any] = {**error, "crash_count": crashes}
            detail = {**error, "crashes": crashes if is_crash else None}
            action = task_decisions.after_fault(
                crashes=crashes,
                is_crash=is_crash,
                uses_retry=uses_retry,
                retries_left=row.max_retries - row.retries_used,
            )
            if action is not Action.RETRY_LATER:
                if is_crash and crashes >= MAX_CRASHES:
                    failure = crash_failure(crashes, row)
                    values |= failure
                    detail |= {**failure, "last_error": message}
                return self._leave(connection, held, action, detail, **values)
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
        cookies_version: int | None = None,
    ) -> Action:
        """A person is needed. `evidence` (last address, draft link, …) goes into the event. `cookies_version`: of the
        sign-in that no longer did. When there is a newer one by now, whoever handed it in has resumed what waited for
        it, and would never hear of this task: it is tried again at once instead."""
        error: dict[str, Any] = {
            "error_class": error_class,
            "error_message": message,
            "screenshot_path": screenshot_path,
        }

        def decide(connection: Connection) -> Action:
            lock_held(connection, held)
            if reason in WITHOUT_ANSWER and _is_newer_sign_in(connection, held.account_id, cookies_version):
                detail = {**error, "crashes": None, "delay_seconds": 0, "uses_retry": False}
                return self._leave(connection, held, Action.RETRY_LATER, detail, run_at=now_sql(), **error)
            detail = {"reason": reason, "evidence": evidence or {}, **error}
            return self._leave(connection, held, Action.BLOCK, detail, block_reason=reason, **error)

        return self._db.run_write(decide)

    def fail(self, held: HeldTask, *, error_class: str, message: str, screenshot_path: str | None = None) -> Action:
        """It will not succeed. What was done: FAIL; or, if it may be online, BLOCK for a person's review."""
        error = {"error_class": error_class, "error_message": message, "screenshot_path": screenshot_path}
        return self._end(held, Action.FAIL, error, **error)

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

    def has_ended(self, held: HeldTask) -> bool:
        """Whether its worker itself ended this hold, whatever became of the task since. Asked when the reply to
        such a change was lost."""
        marks = (
            select(TaskEventRow.kind, TaskEventRow.worker_id, TaskEventRow.detail)
            .where(TaskEventRow.task_id == held.id, TaskEventRow.kind.in_(sorted({EventKind.TAKEN, *END_EVENTS})))
            .order_by(TaskEventRow.id)
        )
        with self._db.read() as connection:
            events = connection.execute(marks).all()
        is_mine = False
        for event in events:
            if event.kind == EventKind.TAKEN:
                is_mine = event.detail.get("fence") == held.fence
            elif is_mine:
                # Who ends the hold of another leaves no worker's name.
                return bool(event.worker_id == held.worker_id)
        return False

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
        wished = action
        action = task_decisions.end_of_attempt(
            wished, may_be_online=may_be_online(row), cancel_requested=row.cancel_requested
        )
        if action is not wished and action is Action.STOP:
            # A start that never was counts no more, whatever becomes of its task.
            values = values if kind is EventKind.TAKE_UNDONE else {}
            kind, only_if, detail = None, (), {"instead_of": wished, **detail}
        elif action is not wished:
            detail = {**detail, **review_facts(row)}
            values["block_reason"] = BlockReason.NEEDS_REVIEW
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


def _is_newer_sign_in(connection: Connection, account_id: int, cookies_version: int | None) -> bool:
    """Locked: a sign-in that is being stored just now is waited for, and one that comes later sees the task blocked."""
    if cookies_version is None:
        return False
    stored = select(Account.cookies_version).where(Account.id == account_id).with_for_update(read=True)
    return connection.scalar(stored) != cookies_version
