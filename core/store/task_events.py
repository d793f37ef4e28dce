"""The kinds of lines in a task's timeline, and how one is written: with the change it tells of, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, literal, select

from core.store.clock import now_sql
from core.store.models import PublishTask, TaskEventRow
from core.task_state import MOVES, Action, TaskStatus


class EventKind(StrEnum):
    """What happened. The facts are in the event's detail; sentences are made where they are shown."""

    HANDED_IN = "handed_in"
    """It was accepted. Detail: by, batch."""
    TAKEN = "taken"
    """A worker holds it now. Detail: attempt, fence, mark."""
    TAKE_UNDONE = "take_undone"
    """The worker could not start it, and the attempt does not count. Detail: reason."""
    STEP = "step"
    """The attempt came to a step that people see. Detail: step, progress."""
    DRAFT_CREATED = "draft_created"
    """The site gave the draft its id. Detail: draft_id."""
    DRAFTED = "drafted"
    """The saved draft was read back and matches. Detail: draft_id, content_hash, text_length."""
    DRAFT_DISCARDED = "draft_discarded"
    """The draft is gone or no longer matches: it will be written again. Detail: reason."""
    SUBMITTING = "submitting"
    """The publish click comes next. Detail: draft_id."""
    RESUBMITTING = "resubmitting"
    """The site still holds the draft of an earlier click: another click at it comes next."""
    DRAFT_REOPENED = "draft_reopened"
    """The site refused the click, for certain: it is a draft again. Detail: reason."""
    PUBLISHED = "published"
    """It is on the site. Detail: remote_id, result_url, site_state."""
    DRAFT_SAVED = "draft_saved"
    """It is saved on the site as a draft, as its owner wished."""
    WILL_RETRY = "will_retry"
    """Detail: error_class, error_message, delay_seconds, uses_retry, crashes."""
    BLOCKED = "blocked"
    """A person is needed. Detail: reason, error_class, error_message, evidence."""
    FAILED = "failed"
    """Detail: error_class, error_message, crashes."""
    CANCEL_REQUESTED = "cancel_requested"
    """Its owner asked to stop it while it was running. Detail: by."""
    CANCELLED = "cancelled"
    """Detail: by, or what it was doing."""
    HANDED_BACK = "handed_back"
    """The worker stopped on purpose; another goes on. Detail: reason."""
    RESCUED = "rescued"
    """Its worker died or fell silent; another goes on. Detail: lost_worker, reason, crashes, checkpoint."""
    RESUMED = "resumed"
    """A blocked task goes on. Detail: by, answer."""
    RETRIED_BY_HAND = "retried_by_hand"
    """Detail: by, from."""
    CONFIRMED_ONLINE = "confirmed_online"
    """A person found it online. Detail: by, link."""
    GIVEN_UP = "given_up"
    """A person left it as it is. Detail: by, answer, may_be_online."""
    RESCHEDULED = "rescheduled"
    """Detail: by, run_at."""
    REPRIORITISED = "reprioritised"
    """Detail: by, priority."""
    EDITED = "edited"
    """Detail: by, version, title, was_title, changed (names of fields). The old text is in `articles`."""
    ACCOUNT_CHANGED = "account_changed"
    """It goes to another account of its owner. Detail: by, account, was."""
    VERIFIED = "verified"
    """The site was asked whether it is online. Detail: outcome (the kind of verdict), reason."""
    ORPHAN_DRAFT = "orphan_draft"
    """A draft that TOP_N no longer knows may be in the account. Detail: reason."""
    SITE_BUSY = "site_busy"
    """The site asks this account to slow down. Detail: retry_after."""
    RESTORED = "restored"
    """The database is a restored backup: it will be looked for on the site first. Detail: by, since."""
    RESTORE_SETTLED = "restore_settled"
    """It was not published between the backup and its restoring. Detail: reason."""
    NOTE = "note"
    """Anything else worth knowing afterwards. Detail: reason."""


ACTION_EVENTS: dict[Action, EventKind] = {
    Action.TAKE: EventKind.TAKEN,
    Action.FINISH: EventKind.PUBLISHED,
    Action.SAVE_DRAFT: EventKind.DRAFT_SAVED,
    Action.RETRY_LATER: EventKind.WILL_RETRY,
    Action.BLOCK: EventKind.BLOCKED,
    Action.FAIL: EventKind.FAILED,
    Action.STOP: EventKind.CANCELLED,
    Action.HAND_BACK: EventKind.HANDED_BACK,
    Action.RESCUE: EventKind.RESCUED,
    Action.RESCUE_FAIL: EventKind.FAILED,
    Action.RESCUE_REVIEW: EventKind.BLOCKED,
    Action.RESCUE_CANCEL: EventKind.CANCELLED,
    Action.CANCEL: EventKind.CANCELLED,
    Action.RESUME: EventKind.RESUMED,
    Action.RETRY_BY_HAND: EventKind.RETRIED_BY_HAND,
    Action.CONFIRM_ONLINE: EventKind.CONFIRMED_ONLINE,
    Action.GIVE_UP: EventKind.GIVEN_UP,
}

END_EVENTS = frozenset(
    {EventKind.TAKE_UNDONE}
    | {
        kind
        for action, kind in ACTION_EVENTS.items()
        if TaskStatus.RUNNING in MOVES[action].sources and MOVES[action].target is not TaskStatus.RUNNING
    }
)
"""What ends a worker's hold on a task."""


def add_event(
    connection: Connection, task_id: int, kind: EventKind, detail: dict[str, Any], *, worker_id: str | None
) -> None:
    """Write one line of the timeline. Facts that are None are left out."""
    values = {"task_id": task_id, "at": now_sql(), "kind": kind, "worker_id": worker_id, "detail": _known(detail)}
    connection.execute(insert(TaskEventRow).values(values))


def add_events(connection: Connection, task_ids: Sequence[int], kind: EventKind, detail: dict[str, Any]) -> None:
    """Write the same line into the timelines of many tasks. The database copies it: nothing is sent per task."""
    columns = TaskEventRow.__table__.c
    line = (
        select(
            PublishTask.id,
            now_sql(),
            literal(kind, columns.kind.type),
            literal(_known(detail), columns.detail.type),
        )
        .where(PublishTask.id.in_(task_ids))
        .order_by(PublishTask.id)
    )
    connection.execute(insert(TaskEventRow).from_select(["task_id", "at", "kind", "detail"], line))


def _known(detail: dict[str, Any]) -> dict[str, Any]:
    return {name: fact for name, fact in detail.items() if fact is not None}
