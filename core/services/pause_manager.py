"""Holding back: everything, a platform, a user, an account or a batch, at once and until lifted or a time.

What runs goes on to its end; nothing new starts. The database keeps the pause, the queue obeys it at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from core.errors import Fault, InvalidInput, NotFound, ServiceUnavailable
from core.lane import LaneEntry, Pause, PauseScope
from core.services.access import Access
from core.services.clock_text import WrongTime, require_near
from core.services.line import Line, QueueSource
from core.services.row_number import row_number
from core.services.submission_check import PLATFORMS
from core.store.accounts import AccountStore
from core.store.audit import AuditLog
from core.store.database import Database
from core.store.pauses import PauseStore, PauseView
from core.store.records import Actor, TaskView
from core.store.task_queries import TaskFilter, TaskQueries
from core.store.users import UserStore
from core.task_state import TaskStatus
from core.telemetry import get_logger

PAGE = 1000
IN_LINE = (TaskStatus.WAITING, TaskStatus.RETRYING)
LONGEST_REASON = 500
"""Characters. Whose articles wait reads it in one line."""

logger = get_logger(__name__)


class PauseManager:
    """Operators pause what is their own; only administrators pause everything or a platform."""

    def __init__(self, db: Database, *, queue: QueueSource, accounts: AccountStore) -> None:
        self._queue = queue
        self._accounts = accounts
        self._pauses = PauseStore(db)
        self._queries = TaskQueries(db)
        self._line = Line(queue, self._queries)
        self._users = UserStore(db)
        self._access = Access(self._users, AuditLog(db))

    def pause(
        self,
        scope: PauseScope,
        key: str = "",
        *,
        actor: Actor,
        until: datetime | None = None,
        reason: str | None = None,
    ) -> None:
        """Hold back what `key` names: a platform, or the id of a user, account or batch; empty for everything.

        Raises InvalidInput for a time that has passed, is too far away or has no zone and for a reason that is too
        long, NotFound, NotAllowed.
        """
        self._check(scope, key, actor, "pause")
        if reason is not None and len(reason) > LONGEST_REASON:
            told = f"has {len(reason)} characters; the limit is {LONGEST_REASON}."
            raise InvalidInput([Fault("reason", told, "Shorten it.")])
        seconds = None if until is None else _seconds_until(until)
        pause = self._pauses.add(scope, key, by=actor.name, reason=reason, seconds=seconds)
        if scope is PauseScope.BATCH:
            self._line.remove(_waiting(self._queries, int(key)))
        else:
            try:
                self._queue().pause(pause)
            except ServiceUnavailable as error:
                logger.warning("the pause counts once Redis is back", reason=str(error))
        self._access.record(
            actor, f"{scope}.pause", scope, key or None, until=until and until.isoformat(), reason=reason
        )

    def resume(self, scope: PauseScope, key: str = "", *, actor: Actor) -> int:
        """Lift the pauses of this, an operator only its own; how many there were. What somebody else holds back
        stays so. Raises NotFound; NotAllowed for an operator when there are only those of others."""
        self._check(scope, key, actor, "resume")
        lifted = self._pauses.lift(scope, key, by=None if actor.is_admin else actor.name)
        left = self._pauses.holding(scope, key)
        if left is not None and not lifted:
            doing = "lift what somebody else has paused"
            self._access.require_admin(actor, f"{scope}.resume", scope, key, doing=doing)
        self._let_go(scope, key, left)
        self._access.record(actor, f"{scope}.resume", scope, key or None, lifted=lifted)
        return lifted

    def _let_go(self, scope: PauseScope, key: str, left: Pause | None) -> None:
        if scope is PauseScope.BATCH:
            if left is None:
                self._line.push(_due_entries(_waiting(self._queries, int(key))))
            return
        try:
            if left is None:
                self._queue().resume(scope, key)
            else:
                self._queue().pause(left)
        except ServiceUnavailable as error:
            logger.warning("it goes on once Redis is back", reason=str(error))

    def list(self, *, actor: Actor) -> list[PauseView]:
        """All pauses in force. Raises NotAllowed."""
        self._access.require_admin(actor, "pause.list", "pause", None, doing="list pauses")
        return self._pauses.list()

    def _check(self, scope: PauseScope, key: str, actor: Actor, verb: str) -> None:
        """The thing is there, and the actor's own."""
        action = f"{scope}.{verb}"
        if scope is PauseScope.EVERYTHING:
            self._access.require_admin(actor, action, scope, None, doing=f"{verb} everything")
        elif scope is PauseScope.PLATFORM:
            self._access.require_admin(actor, action, scope, key, doing=f"{verb} a platform")
            if key not in PLATFORMS:
                raise NotFound("platform", key, known=PLATFORMS)
        else:
            self._access.require_own(actor, self._owner_of(scope, key), action, scope, key)

    def _owner_of(self, scope: PauseScope, key: str) -> int:
        """Raises NotFound."""
        number = row_number(key)
        if number is None:
            raise NotFound(scope, key)
        if scope is PauseScope.USER:
            return self._users.get(number).id
        if scope is PauseScope.ACCOUNT:
            return self._accounts.get(number).user_id
        some = self._queries.list(TaskFilter(batch_id=number), limit=1)
        if not some:
            raise NotFound(scope, key)
        return some[0].user_id


def _seconds_until(moment: datetime) -> float:
    """Raises InvalidInput unless it is a time to come, and not too far."""
    now = datetime.now(UTC)
    if moment.tzinfo is None:
        raise InvalidInput([Fault("until", "has no time zone.", "Hand in a time with its offset.")])
    try:
        require_near(moment, now)
    except WrongTime as error:
        raise InvalidInput([Fault("until", error.reason, error.remedy)]) from error
    seconds = (moment - now).total_seconds()
    if seconds <= 0:
        raise InvalidInput([Fault("until", "has passed.", "Name a time to come, or none.")])
    return seconds


def _waiting(queries: TaskQueries, batch_id: int) -> Iterator[TaskView]:
    """The tasks of a batch that may be in line."""
    before: int | None = None
    wanted = TaskFilter(batch_id=batch_id, statuses=IN_LINE)
    while page := queries.list(wanted, before_id=before, limit=PAGE):
        yield from page
        before = page[-1].id


def _due_entries(tasks: Iterable[TaskView]) -> list[LaneEntry]:
    """The places in line of those whose time has come; the others are put there when theirs does."""
    now = datetime.now(UTC)
    return [
        LaneEntry(
            task.id, task.user_id, task.account_id, task.platform, task.priority, task.first_claimed_ms is not None
        )
        for task in tasks
        if task.run_at is None or task.run_at <= now
    ]
