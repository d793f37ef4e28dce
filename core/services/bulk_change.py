"""What is asked of many articles at once, and what it would do to each of them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.store import task_decisions
from core.store.owner_moves import CHANGEABLE, WITHOUT_ANSWER
from core.store.records import AccountView, CancelResult
from core.store.task_pages import TaskFacts
from core.task_state import MOVES, Action, BlockReason, Checkpoint


class BulkAction(StrEnum):
    """One kind of change."""

    CANCEL = "cancel"
    RETRY = "retry"
    SET_TIME = "set_time"
    """All at `run_at`; None: as soon as it is their turn."""
    SHIFT = "shift"
    """Each later by `shift`, those without a time from now on."""
    SPREAD = "spread"
    """Evenly over `spread` from `run_at` on, the oldest first."""
    PRIORITY = "priority"
    ACCOUNT = "account"
    """To `account`, if it is their owner's and on their platform."""


@dataclass(frozen=True, slots=True)
class BulkChange:
    """The action with what it needs to know."""

    action: BulkAction
    run_at: datetime | None = None
    shift: timedelta = timedelta(days=1)
    spread: timedelta = timedelta(hours=1)
    priority: int = 5
    account: AccountView | None = None


class Effect(StrEnum):
    """What a change does to one article."""

    CANCELLED = "cancelled"
    GIVEN_UP = "given_up"
    """A person was asked about it: it may be online, and nobody looks any more."""
    WILL_STOP = "will_stop"
    """It is running: its worker is told, and stops unless it is submitted first."""
    RETRIED = "retried"
    LOOKED_FOR = "looked_for"
    """It was submitted before: the site is asked whether it is online, before anything is sent."""
    CHANGED = "changed"
    """Its time or its priority."""
    MOVED = "moved"
    """It goes to the other account."""
    MOVED_FROM_DRAFT = "moved_from_draft"
    """The same, and a draft of it stays on the account it had."""
    THERE_ALREADY = "there_already"
    """It goes to that account as it is."""
    NOT_THEIRS = "not_theirs"
    """That account is not its owner's, or on another platform."""
    LEFT = "left"
    """Its state does not allow it."""


UNCHANGED = frozenset({Effect.LEFT, Effect.THERE_ALREADY, Effect.NOT_THEIRS})
"""Of these nothing changes."""


def effect_of(change: BulkChange, task: TaskFacts) -> Effect:
    """What would become of it now."""
    if change.action is BulkAction.CANCEL:
        result = task_decisions.cancel(task.status, may_be_online=task.checkpoint is Checkpoint.SUBMITTING)
        cancelled = Effect.GIVEN_UP if task.block_reason is BlockReason.NEEDS_REVIEW else Effect.CANCELLED
        effects = {CancelResult.CANCELLED: cancelled, CancelResult.REQUESTED: Effect.WILL_STOP}
        return Effect.LEFT if result is None else effects[result]
    if change.action is BulkAction.RETRY:
        is_possible = task.block_reason in WITHOUT_ANSWER or task.status in MOVES[Action.RETRY_BY_HAND].sources
        if not is_possible:
            return Effect.LEFT
        return Effect.RETRIED if task.submitted_at is None else Effect.LOOKED_FOR
    if change.action is BulkAction.ACCOUNT:
        return _effect_of_move(change.account, task)
    return Effect.CHANGED if task.status in CHANGEABLE else Effect.LEFT


def may_be_online(task: TaskFacts) -> bool:
    """Whether its text and its account must stay what they are."""
    is_in_doubt = task.is_to_be_looked_for or task.block_reason is BlockReason.NEEDS_REVIEW
    return task.submitted_at is not None or is_in_doubt


def may_be_edited(task: TaskFacts) -> bool:
    """Whether its text and its account may change: it is not online, for certain."""
    return task.status in CHANGEABLE and not may_be_online(task)


def _effect_of_move(account: AccountView | None, task: TaskFacts) -> Effect:
    if account is None or not may_be_edited(task):
        return Effect.LEFT
    if (account.user_id, account.platform) != (task.user_id, task.platform):
        return Effect.NOT_THEIRS
    if account.id == task.account_id:
        return Effect.THERE_ALREADY
    return Effect.MOVED_FROM_DRAFT if task.has_draft else Effect.MOVED


def times_of(change: BulkChange, tasks: list[TaskFacts], now: datetime) -> dict[int, datetime | None]:
    """The time of each article after the change, by id."""
    oldest_first = sorted(tasks, key=lambda task: task.id)
    if change.action is BulkAction.SHIFT:
        return {task.id: max(task.run_at or now, now) + change.shift for task in oldest_first}
    if change.action is BulkAction.SPREAD:
        start = change.run_at or now
        gaps = max(len(oldest_first) - 1, 1)
        # Divided last: the last one goes at the very moment that is told, not a fraction of a second before it.
        return {task.id: start + change.spread * place / gaps for place, task in enumerate(oldest_first)}
    return {task.id: change.run_at for task in oldest_first}
