"""Changes many articles at once: first what would happen, then the same to exactly those."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from core.errors import Fault, InvalidInput, NotFound, NotPossible, TopnError
from core.services.access import Access
from core.services.article_intake import future_faults
from core.services.bulk_change import UNCHANGED, BulkAction, BulkChange, Effect, effect_of, times_of
from core.services.clock_text import FURTHEST, FURTHEST_YEARS
from core.services.line import Line, QueueSource
from core.services.submission_check import priority_faults
from core.services.task_lists import TaskLists
from core.store import owner_moves
from core.store.audit import AuditLog
from core.store.bulk_changes import CHANGED_AT_ONCE, ManyChanged
from core.store.database import Database
from core.store.records import Actor
from core.store.task_filter import TaskFilter
from core.store.task_pages import TaskFacts, TaskPages
from core.store.task_queries import TaskQueries
from core.store.task_store import TaskStore
from core.store.users import UserStore
from core.task_state import TaskStatus
from core.telemetry import get_logger

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """`effects`: how many articles would come to what. `ids`: those that would change, the newest first. `times`:
    when each of them would go, so that a plan that is carried out twice moves nothing twice."""

    change: BulkChange
    ids: tuple[int, ...]
    effects: dict[Effect, int]
    times: dict[int, datetime | None] = field(default_factory=dict)
    statuses: dict[TaskStatus, int] = field(default_factory=dict)
    """How many of those that were looked at are in each state."""

    @property
    def number(self) -> int:
        """How many were looked at."""
        return sum(self.effects.values())


@dataclass(slots=True)
class BulkReceipt:
    """`refused`: articles whose state has changed since the plan. `stopped`: why not all were reached."""

    changed: int = 0
    refused: list[NotPossible] = field(default_factory=list)
    stopped: TopnError | None = None


class BulkManager:
    """Each call raises NotFound for what is not the actor's own."""

    def __init__(self, db: Database, *, store: TaskStore, queue: QueueSource, zone: ZoneInfo) -> None:
        self._store = store
        self._zone = zone
        self._pages = TaskPages(db)
        self._lists = TaskLists(db)
        self._line = Line(queue, TaskQueries(db))
        self._access = Access(UserStore(db), AuditLog(db))

    def plan(self, change: BulkChange, wanted: TaskFilter | Sequence[int], *, actor: Actor) -> BulkPlan:
        """What the change would do now. Changes nothing. Raises InvalidInput for a time that has passed or is too
        far away."""
        self._refuse_faults(change, actor)
        tasks = self._facts(wanted, actor)
        effects = {task.id: effect_of(change, task) for task in tasks}
        ids = tuple(task_id for task_id, effect in effects.items() if effect not in UNCHANGED)
        times = _times_of(change, [task for task in tasks if effects[task.id] not in UNCHANGED])
        statuses = dict(Counter(task.status for task in tasks))
        return BulkPlan(change, ids, dict(Counter(effects.values())), times, statuses)

    def carry_out(
        self, plan: BulkPlan, *, actor: Actor, on_progress: Callable[[int], object] = lambda done: None
    ) -> BulkReceipt:
        """Change the articles of the plan and no others. `on_progress` is told how many are behind it.

        Each hundred is changed and put on record in one transaction. When the database goes away on the way, what
        is done stays done and the receipt says so: the same plan may be carried out again.
        """
        self._refuse_faults(plan.change, actor)
        ids = sorted(task.id for task in self._facts(plan.ids, actor))
        receipt = BulkReceipt()
        action = f"article.{plan.change.action}_many"

        def note(connection: Connection, done: ManyChanged) -> None:
            facts = {"changed": len(done.changed), "refused": len(done.refused), "wanted": len(plan.ids)}
            self._access.record_in(connection, actor, action, "articles", None, **facts)

        try:
            for start in range(0, len(ids), CHANGED_AT_ONCE):
                chunk = ids[start : start + CHANGED_AT_ONCE]
                done = self._store.change_many(chunk, partial(_change, plan.change, plan.times, actor.name), also=note)
                receipt.changed += len(done.changed)
                receipt.refused += done.refused
                self._place_again(done)
                on_progress(start + len(chunk))
        except TopnError as error:
            # What was changed is on record with its hundred. The database may be away: nothing is asked of it here.
            receipt.stopped = error
            logger.warning("a bulk change stopped", action=action, changed=receipt.changed, reason=str(error))
        return receipt

    def _facts(self, wanted: TaskFilter | Sequence[int], actor: Actor) -> list[TaskFacts]:
        if isinstance(wanted, TaskFilter):
            return self._pages.facts(self._lists.allowed(wanted, actor))
        tasks = self._pages.facts(list(wanted))
        for task in tasks:
            if not self._access.may_see(actor, task.user_id):
                self._access.require_own(actor, task.user_id, "article.change_many", "article", task.id)
        missing = set(wanted) - {task.id for task in tasks}
        if missing:
            raise NotFound("article", min(missing))
        return tasks

    def _place_again(self, done: ManyChanged) -> None:
        """Out of the line, and in again where they belong now, if they may go."""
        if done.changed:
            entries = self._pages.entries([entry.task_id for entry in done.changed])
            self._line.place_all_again(done.changed, entries)

    def _refuse_faults(self, change: BulkChange, actor: Actor) -> None:
        faults = []
        if change.action in (BulkAction.SET_TIME, BulkAction.SPREAD):
            faults += future_faults(change.run_at, self._zone, datetime.now(UTC))
        if change.action is BulkAction.PRIORITY:
            faults += priority_faults(change.priority)
        if change.action is BulkAction.ACCOUNT and change.account is None:
            faults.append(Fault("account", "is missing.", "Name the account they should go to."))
        if faults:
            raise InvalidInput(faults)
        if change.account is not None:
            owner_id, account_id = change.account.user_id, change.account.id
            self._access.require_own(actor, owner_id, "article.change_many", "account", account_id)


def _times_of(change: BulkChange, tasks: list[TaskFacts]) -> dict[int, datetime | None]:
    """Raises InvalidInput if any would be too far away."""
    now = datetime.now(UTC)
    try:
        times = times_of(change, tasks, now)
        is_too_far = any(at is not None and at - now > FURTHEST for at in times.values())
    except OverflowError:
        is_too_far = True
    if is_too_far:
        reason = f"would be more than {FURTHEST_YEARS} years away for some of the articles."
        raise InvalidInput([Fault("run_at", reason, "Choose a shorter time, or leave these articles out.")])
    return times


def _change(
    change: BulkChange, times: dict[int, datetime | None], by: str, connection: Connection, row: Row[Any]
) -> None:
    """Raises NotPossible."""
    match change.action:
        case BulkAction.CANCEL:
            owner_moves.cancel(connection, row, by)
        case BulkAction.RETRY:
            owner_moves.retry(connection, row, by)
        case BulkAction.PRIORITY:
            owner_moves.reprioritise(connection, row, change.priority, by)
        case BulkAction.ACCOUNT if change.account is not None:
            owner_moves.change_account(connection, row, change.account, by)
        case BulkAction.SET_TIME | BulkAction.SHIFT | BulkAction.SPREAD:
            owner_moves.reschedule(connection, row, times[row.id], by)
