"""Who does the maintenance: one holder at a time, by an expiring row on the database's clock."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from core.store.clock import later_sql, now_sql
from core.store.database import Database
from core.store.models import LeaderLock

LONGEST_TTL_SECONDS = 10.0


class MaintenanceLock:
    """A lock that ends by itself when its holder dies. A holder that was suspended may wake after another took
    over: what it does must be safe to do twice, as the compare-and-sets of the store are."""

    def __init__(self, db: Database, name: str = "maintenance", *, ttl_seconds: float = LONGEST_TTL_SECONDS) -> None:
        self._db = db
        self._name = name
        self.ttl_seconds = ttl_seconds

    def try_acquire(self, holder: str) -> bool:
        """Become or stay the holder for the next `ttl_seconds`. False: somebody else is."""
        try:
            return self._db.run_write(lambda connection: self._acquire(connection, holder))
        except IntegrityError:
            return False  # another one inserted the very first row in the same moment

    def _acquire(self, connection: Connection, holder: str) -> bool:
        values = {"holder": holder, "expires_at": later_sql(self.ttl_seconds)}
        is_free = or_(LeaderLock.holder == holder, LeaderLock.expires_at <= now_sql())
        statement = update(LeaderLock).where(LeaderLock.name == self._name, is_free).values(values)
        if connection.execute(statement).rowcount == 1:
            return True
        if connection.scalar(select(LeaderLock.name).where(LeaderLock.name == self._name)) is not None:
            return False
        connection.execute(insert(LeaderLock).values(name=self._name, **values))
        return True

    def release(self, holder: str) -> bool:
        """Let others go first at once. False: it was not the holder."""
        mine = delete(LeaderLock).where(LeaderLock.name == self._name, LeaderLock.holder == holder)
        return self._db.run_write(lambda connection: connection.execute(mine).rowcount == 1)

    def holder(self) -> str | None:
        """Who holds it now."""
        statement = select(LeaderLock.holder).where(LeaderLock.name == self._name, LeaderLock.expires_at > now_sql())
        with self._db.read() as connection:
            found: str | None = connection.scalar(statement)
        return found
