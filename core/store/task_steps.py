"""The steps of an attempt, recorded by the worker that holds the task, each before the next one is taken."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from core.errors import CancelRequested, LeaseLost
from core.store.clock import later_sql, now_sql
from core.store.models import PublishTask
from core.store.records import HeldTask
from core.store.task_events import EventKind
from core.store.task_moves import advance, demanded, lock_held, note
from core.store.task_part import TaskPart
from core.task_state import CLICK_DEMANDS, SUBMIT_DEMANDS, Checkpoint, Step


class DraftFacts(Protocol):
    """What is kept of a saved draft that was read back."""

    @property
    def draft_id(self) -> str: ...
    @property
    def content_hash(self) -> str: ...
    @property
    def text_length(self) -> int: ...


class TaskSteps(TaskPart):
    """Progress, draft and checkpoint of a held task. Each method raises LeaseLost."""

    def record_step(self, held: HeldTask, step: Step, **detail: Any) -> None:
        """The attempt has come to this step."""
        facts = {"step": step.name.lower(), "progress": int(step), **detail}
        self._note(held, EventKind.STEP, facts, progress=int(step))

    def record_draft_id(self, held: HeldTask, draft_id: str) -> None:
        """The site gave the draft its id: a later attempt goes on with that draft, never with a second one."""
        self._note(held, EventKind.DRAFT_CREATED, {"draft_id": draft_id}, remote_draft_id=draft_id)

    def record_event(self, held: HeldTask, kind: EventKind, **detail: Any) -> None:
        """Something worth knowing happened."""
        self._note(held, kind, detail)

    def _note(self, held: HeldTask, kind: EventKind, detail: dict[str, Any], **values: Any) -> None:
        self._db.run_write(lambda connection: note(connection, held, kind, detail, **values))

    def record_drafted(self, held: HeldTask, draft: DraftFacts) -> None:
        """The draft was saved, read back, and matches."""
        self._advance(
            held,
            Checkpoint.NONE,
            Checkpoint.DRAFTED,
            EventKind.DRAFTED,
            detail={
                "draft_id": draft.draft_id,
                "content_hash": draft.content_hash,
                "text_length": draft.text_length,
            },
            remote_draft_id=draft.draft_id,
            content_hash=draft.content_hash,
            progress=int(Step.DRAFTED),
        )

    def begin_submitting(self, held: HeldTask) -> datetime:
        """Commit that the publish click comes next, and prolong the lease; when this returns, click once.

        The moment on the database's clock. Raises CancelRequested; LeaseLost also when the lease has ended
        though nobody has taken the task yet.
        """

        def begin(connection: Connection) -> datetime:
            begun = advance(
                connection,
                held,
                Checkpoint.DRAFTED,
                Checkpoint.SUBMITTING,
                EventKind.SUBMITTING,
                only_if=demanded(SUBMIT_DEMANDS),
                submitted_at=now_sql(),
                lease_until=later_sql(self._lease_seconds),
            )
            row = lock_held(connection, held)
            if not begun:
                raise CancelRequested(held.id) if row.cancel_requested else LeaseLost(held.id, held.fence)
            submitted_at: datetime = row.submitted_at
            return submitted_at

        return self._db.run_write(begin)

    def renew_submitting(self, held: HeldTask) -> datetime:
        """In place of a `begin_submitting` that was committed and whose reply was lost: nothing was clicked yet,
        and the click may come now, unless the lease has ended meanwhile. The moment on the database's clock, from
        which the site is given its time to show the article. Raises LeaseLost."""
        reason = "the database's answer was lost just before the click, which comes now"
        return self._renew_submitting(held, EventKind.NOTE, {"reason": reason})

    def submit_again(self, held: HeldTask) -> datetime:
        """Commit that another click at the same draft comes next, because the site still holds it as one.

        The checkpoint stays: the earlier click may have been sent by a worker that only sleeps, so what is not
        online now may be at any time. Else as `renew_submitting`, also when it is done twice.
        """
        return self._renew_submitting(held, EventKind.RESUBMITTING, {})

    def _renew_submitting(self, held: HeldTask, kind: EventKind, detail: dict[str, Any]) -> datetime:
        def renew(connection: Connection) -> datetime:
            note(
                connection,
                held,
                kind,
                detail,
                only_if=(PublishTask.checkpoint == Checkpoint.SUBMITTING, *demanded(CLICK_DEMANDS)),
                submitted_at=now_sql(),
                lease_until=later_sql(self._lease_seconds),
            )
            submitted_at: datetime = lock_held(connection, held).submitted_at
            return submitted_at

        return self._db.run_write(renew)

    def reopen_draft(self, held: HeldTask, reason: str = "still a draft") -> None:
        """The site itself says that the only click so far did not publish: back to the draft, which may now be
        submitted again, edited or cancelled."""
        self._advance(
            held,
            Checkpoint.SUBMITTING,
            Checkpoint.DRAFTED,
            EventKind.DRAFT_REOPENED,
            detail={"reason": reason},
            submitted_at=None,
            progress=int(Step.DRAFTED),
        )

    def settle_restore(self, held: HeldTask, reason: str) -> None:
        """The site shows that it was not published between a backup and its restoring: it may go on as ever."""
        self._note(held, EventKind.RESTORE_SETTLED, {"reason": reason}, verify_since=None)

    def discard_draft(self, held: HeldTask, reason: str = "does not match") -> None:
        """What stands in the draft no longer matches: the article will be written into it again."""
        self._advance(
            held,
            Checkpoint.DRAFTED,
            Checkpoint.NONE,
            EventKind.DRAFT_DISCARDED,
            detail={"reason": reason},
            content_hash=None,
        )

    def _advance(self, held: HeldTask, source: Checkpoint, target: Checkpoint, kind: EventKind, **values: Any) -> None:
        def work(connection: Connection) -> None:
            if not advance(connection, held, source, target, kind, **values):
                raise LeaseLost(held.id, held.fence)

        self._db.run_write(work)
