"""What differs from the default limits, for users and accounts. Kept here; the queue makes it take effect."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from core.lane import AccountLimits, UserLimits
from core.store.database import Database
from core.store.models import AccountLimit, UserLimit


class LimitStore:
    """Overrides, one row a user or an account."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def user_limits(self) -> list[UserLimits]:
        """All overrides of users."""
        columns = select(UserLimit.__table__).order_by(UserLimit.user_id)
        with self._db.read() as connection:
            rows = connection.execute(columns).all()
        return [UserLimits(row.user_id, row.max_running, row.max_starts, row.weight) for row in rows]

    def get(self, user_id: int) -> UserLimits:
        """The overrides of one user; all None if there are none."""
        with self._db.read() as connection:
            row = connection.execute(select(UserLimit.__table__).where(UserLimit.user_id == user_id)).one_or_none()
        if row is None:
            return UserLimits(user_id)
        return UserLimits(user_id, row.max_running, row.max_starts, row.weight)

    def save(self, limits: UserLimits) -> None:
        """Keep a user's overrides; None is the default again."""
        self._save_user(
            limits.user_id,
            max_running=limits.max_running,
            max_starts=limits.max_starts,
            weight=limits.weight,
        )

    def save_starts_reset(self, user_id: int, reset_ms: int) -> None:
        """Starts up to `reset_ms` (Redis' time, Unix milliseconds) no longer count for this user."""
        self._save_user(user_id, starts_reset_ms=reset_ms)

    def _save_user(self, user_id: int, **values: float | None) -> None:
        self._save(UserLimit.user_id, user_id, values)

    def account_limits(self) -> list[AccountLimits]:
        """All overrides of accounts."""
        columns = select(AccountLimit.__table__).order_by(AccountLimit.account_id)
        with self._db.read() as connection:
            rows = connection.execute(columns).all()
        return [AccountLimits(row.account_id, row.max_running, row.gap_seconds) for row in rows]

    def save_account(self, limits: AccountLimits) -> None:
        """Keep an account's overrides; None is the default again."""
        values = {"max_running": limits.max_running, "gap_seconds": limits.gap_seconds}
        self._save(AccountLimit.account_id, limits.account_id, values)

    def _save(self, key: InstrumentedAttribute[int], owner_id: int, values: dict[str, float | None]) -> None:
        def work(connection: Connection) -> None:
            changed = connection.execute(update(key.class_).where(key == owner_id).values(values))
            if changed.rowcount == 0:
                connection.execute(insert(key.class_).values({key.key: owner_id, **values}))

        try:
            self._db.run_write(work)
        except IntegrityError:
            # Another writer was faster with the very first row: it is there to be changed now.
            self._db.run_write(work)
