"""What the owner of a task does with its row: pure of transactions, so that one task or a hundred can be changed in
one. `core.store.task_changes` and `core.store.bulk_changes` call them with a row they have locked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from core.errors import NotFound, NotPossible
from core.lane import LaneEntry
from core.store import task_decisions
from core.store.clicks import HAS_OPEN_CLICK
from core.store.clock import now_sql
from core.store.due import MAY_GO
from core.store.giving_up import is_to_be_looked_for, was_submitted
from core.store.models import Account, PublishTask
from core.store.records import AccountState, AccountView, CancelResult
from core.store.refusals import Asked, refused, refused_to_leave_its_draft, refused_until_looked_for
from core.store.task_events import EventKind, add_event
from core.store.task_moves import amend, changed_meanwhile, lane_entry, move
from core.task_state import MOVES, Action, BlockReason, Checkpoint, TaskStatus

CHANGEABLE = frozenset({TaskStatus.WAITING, TaskStatus.RETRYING, TaskStatus.BLOCKED, TaskStatus.FAILED})
"""Tasks whose article, time and place in line their owner may still change."""

WITHOUT_ANSWER = (BlockReason.NEEDS_LOGIN, BlockReason.NEEDS_HUMAN)
"""Blocked tasks that simply go on once the account is in order; the others need an answer."""


def cancel(connection: Connection, row: Row[Any], by: str | None) -> CancelResult:
    """At once unless it is running; then its worker is told. Raises NotPossible."""
    result = task_decisions.cancel(TaskStatus(row.status), may_be_online=was_submitted(row))
    if result is None:
        raise refused(row, Asked.CANCEL)
    if result is CancelResult.CANCELLED:
        go(connection, row, Action.CANCEL, {"by": by, "from": row.status})
    elif not row.cancel_requested:
        amend(connection, row, EventKind.CANCEL_REQUESTED, {"by": by}, cancel_requested=True)
    return result


def reschedule(connection: Connection, row: Row[Any], run_at: datetime | None, by: str | None) -> None:
    """Not before `run_at`; None: as soon as it is its turn. Raises NotPossible."""
    require_changeable(row, Asked.RESCHEDULE)
    at: Any = now_sql() if run_at is None and row.status == TaskStatus.RETRYING else run_at
    facts = {"by": by, "run_at": run_at.isoformat() if run_at else None}
    amend(connection, row, EventKind.RESCHEDULED, facts, run_at=at)


def reprioritise(connection: Connection, row: Row[Any], priority: int, by: str | None) -> None:
    """0–9, higher first among its account's articles. Raises NotPossible."""
    require_changeable(row, Asked.REPRIORITISE)
    facts = {"by": by, "priority": priority, "was": row.priority}
    amend(connection, row, EventKind.REPRIORITISED, facts, priority=priority)


def change_account(connection: Connection, row: Row[Any], account: AccountView, by: str | None) -> None:
    """To another account of its user on its platform. A draft on the old account stays there, and what waited for the
    old account goes on. Raises NotPossible once it was submitted: it may be online there."""
    if row.account_id == account.id:
        return
    require_never_online(row, Asked.CHANGE_ACCOUNT)
    require_draft_never_submitted(connection, row, Asked.CHANGE_ACCOUNT)
    # Locked against being deleted: until now nothing may have kept it.
    its = select(Account.user_id, Account.platform).where(Account.id == account.id).with_for_update(read=True)
    found = connection.execute(its).one_or_none()
    if found is None:
        raise NotFound("account", account.name)
    if (row.user_id, row.platform) != (found.user_id, found.platform):
        hint = "An article only moves between accounts of one user on one platform."
        raise NotPossible(row.public_id, Asked.CHANGE_ACCOUNT, "does not belong to the owner of that account", hint)
    facts = {"by": by, "account": account.name, "was": _account_name(connection, row.account_id)}
    values = {"remote_draft_id": None, "checkpoint": Checkpoint.NONE, "content_hash": None, "progress": 0}
    amend(connection, row, EventKind.ACCOUNT_CHANGED, facts, account_id=account.id, **values)
    if row.remote_draft_id:
        left = f"draft {row.remote_draft_id} stays on account {facts['was']}"
        add_event(connection, row.id, EventKind.ORPHAN_DRAFT, {"reason": left}, worker_id=None)
    if row.block_reason in WITHOUT_ANSWER:
        go(connection, row, Action.RESUME, {"by": by})


def retry(connection: Connection, row: Row[Any], by: str | None) -> None:
    """Back to the line with row, draft and checkpoint. Raises NotPossible."""
    if row.block_reason in WITHOUT_ANSWER:
        go(connection, row, Action.RESUME, {"by": by})
        _forget_human_check(connection, row.account_id)
    elif row.status in MOVES[Action.RETRY_BY_HAND].sources:
        fresh = {"retries_used": 0, "crash_count": 0, "error_class": None, "error_message": None}
        go(connection, row, Action.RETRY_BY_HAND, {"by": by, "from": row.status}, **fresh)
    else:
        raise refused(row, Asked.RETRY)


def require_changeable(row: Row[Any], asked: Asked) -> None:
    """Raises NotPossible."""
    if row.status not in CHANGEABLE:
        raise refused(row, asked)


def require_never_online(row: Row[Any], asked: Asked) -> None:
    """Raises NotPossible unless it may be changed and is not online for certain."""
    require_changeable(row, asked)
    if row.submitted_at is not None or row.block_reason == BlockReason.NEEDS_REVIEW:
        raise refused(row, asked)
    if is_to_be_looked_for(row):
        raise refused_until_looked_for(row, asked)


def require_draft_never_submitted(connection: Connection, row: Row[Any], asked: Asked) -> None:
    """Raises NotPossible for a draft that was clicked at, unless the site refused each click for certain: that a later
    one was refused proves nothing of those before. Asked before a task leaves its draft."""
    if row.remote_draft_id is None:
        return
    if connection.scalar(select(HAS_OPEN_CLICK).where(PublishTask.id == row.id)):
        raise refused_to_leave_its_draft(row, asked)


def go(connection: Connection, row: Row[Any], action: Action, facts: dict[str, Any], **values: Any) -> None:
    """Move a locked row. Raises Conflict if it is no longer what was seen."""
    if not move(connection, action, row.id, row.fence, detail=facts, **values):
        raise changed_meanwhile(row)


def entry_if_due(connection: Connection, row: Row[Any]) -> LaneEntry | None:
    """Its place in line; None: it is due later, or its batch is paused."""
    may_go = connection.scalar(select(PublishTask.id).where(PublishTask.id == row.id, *MAY_GO))
    return None if may_go is None else lane_entry(row)


def _account_name(connection: Connection, account_id: int) -> str:
    name: str = connection.execute(select(Account.name).where(Account.id == account_id)).scalar_one()
    return name


def _forget_human_check(connection: Connection, account_id: int) -> None:
    """A person who tries again has answered the site's check: the account may knock once more."""
    asked = (Account.id == account_id, Account.state == AccountState.NEEDS_HUMAN)
    connection.execute(update(Account).where(*asked).values(state=AccountState.UNCHECKED, error_message=None))
