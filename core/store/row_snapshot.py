"""What the queue asks of the database: `core.lane.RowSnapshot` over the tables."""

from __future__ import annotations

from sqlalchemy import and_, func, or_, select

from core.lane import AccountEnd, AccountLimits, LaneEntry, Pause, RunningRow, StartRow, UserLimits
from core.store.clock import later_sql, now_sql
from core.store.database import Database
from core.store.due import MAY_GO
from core.store.limits import LimitStore
from core.store.models import PublishTask, TaskEventRow, UserLimit
from core.store.pauses import PauseStore
from core.store.task_events import END_EVENTS, EventKind
from core.store.task_moves import LANE_COLUMNS, lane_entry
from core.task_state import TaskStatus

ENDED_AN_ATTEMPT = and_(
    TaskEventRow.kind.in_(sorted(END_EVENTS - {EventKind.TAKE_UNDONE})),
    or_(
        TaskEventRow.worker_id.is_not(None),
        TaskEventRow.kind.in_([EventKind.RESCUED, EventKind.FAILED, EventKind.BLOCKED]),
    ),
)
"""What a worker that has begun wrote at its end, or a rescuer in its place. (Cancelled without a worker's name is what
was not running, or was not submitted.)"""


class DatabaseRows:
    """The database as the queue sees it."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._limits = LimitStore(db)
        self._pauses = PauseStore(db)

    def waiting_entries(self, after_id: int, limit: int) -> list[LaneEntry]:
        """Tasks that may go now, by rising id."""
        found: list[LaneEntry] = []
        with self._db.read() as connection:
            for status in (TaskStatus.WAITING, TaskStatus.RETRYING):
                # One status at a time and without a lease, as all of them are: so the index of status and lease gives
                # them by rising id, however many finished tasks lie between.
                statement = (
                    select(*LANE_COLUMNS)
                    .where(PublishTask.status == status, PublishTask.lease_until.is_(None), *MAY_GO)
                    .where(PublishTask.id > after_id)
                    .order_by(PublishTask.id)
                    .limit(limit)
                )
                found += [lane_entry(row) for row in connection.execute(statement)]
        return sorted(found, key=lambda entry: entry.task_id)[:limit]

    def running_rows(self) -> list[RunningRow]:
        """Every running task."""
        statement = select(
            PublishTask.id, PublishTask.user_id, PublishTask.account_id, PublishTask.first_claimed_ms
        ).where(PublishTask.status == TaskStatus.RUNNING)
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
        return [RunningRow(row.id, row.user_id, row.account_id, row.first_claimed_ms) for row in rows]

    def starts_since(self, since_ms: int) -> list[StartRow]:
        """Starts first claimed after `since_ms` and after their user's last reset."""
        statement = (
            select(PublishTask.id, PublishTask.user_id, PublishTask.first_claimed_ms)
            .outerjoin(UserLimit, UserLimit.user_id == PublishTask.user_id)
            .where(
                PublishTask.first_claimed_ms > since_ms,
                PublishTask.first_claimed_ms > func.coalesce(UserLimit.starts_reset_ms, 0),
            )
            .order_by(PublishTask.first_claimed_ms)
        )
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
        return [StartRow(row.id, row.user_id, row.first_claimed_ms) for row in rows]

    def ends_within(self, seconds: float) -> list[AccountEnd]:
        """The accounts of which an attempt has ended within the last so many seconds."""
        statement = (
            select(PublishTask.account_id, func.max(TaskEventRow.at).label("ended_at"), now_sql().label("read_at"))
            .join(PublishTask, PublishTask.id == TaskEventRow.task_id)
            .where(TaskEventRow.at > later_sql(-seconds), ENDED_AN_ATTEMPT)
            .group_by(PublishTask.account_id)
        )
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
        return [AccountEnd(row.account_id, (row.read_at - row.ended_at).total_seconds()) for row in rows]

    def user_limits(self) -> list[UserLimits]:
        """All overrides of users."""
        return self._limits.user_limits()

    def account_limits(self) -> list[AccountLimits]:
        """All overrides of accounts."""
        return self._limits.account_limits()

    def pauses(self) -> list[Pause]:
        """All pauses in force, the longest of each thing, except those of batches."""
        return self._pauses.effective()

    def save_user_limits(self, limits: UserLimits) -> None:
        """Keep a user's overrides."""
        self._limits.save(limits)

    def save_starts_reset(self, user_id: int, reset_ms: int) -> None:
        """Keep that starts up to `reset_ms` (Redis' time) no longer count for this user."""
        self._limits.save_starts_reset(user_id, reset_ms)
