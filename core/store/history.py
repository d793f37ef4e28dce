"""Whether this database still holds what has happened: it does not when a backup was restored into it.

A mark is the newest event at some moment, kept outside the database (`core.services.database_memory`). Events are
only ever added, and one that is lost does not come back: a later event that gets its number has another time. So
a database that does not hold a remembered event is older, or another one, however much it has grown since. Should
old events ever be pruned, the newest must stay.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from core.store.clock import now_sql
from core.store.database import Database
from core.store.models import DatabaseIdentity, TaskEventRow

LEAST_STEP = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class HistoryMark:
    """The newest event (0 and None: there was none yet) when it was read, at `read_at` on the database's clock."""

    database_id: str
    event_id: int
    event_at: datetime | None
    read_at: datetime

    def to_text(self) -> str:
        """For a file or a key."""
        event_at = self.event_at and self.event_at.isoformat()
        facts = {"event": self.event_id, "event_at": event_at, "read_at": self.read_at.isoformat()}
        return json.dumps({"database": self.database_id, **facts})

    @classmethod
    def from_text(cls, text: str | None) -> HistoryMark | None:
        """None when there is none, or somebody else wrote it."""
        try:
            facts = json.loads(text or "")
            event_at = facts["event_at"] and datetime.fromisoformat(facts["event_at"])
            read_at = datetime.fromisoformat(facts["read_at"])
            return cls(str(facts["database"]), int(facts["event"]), event_at, read_at)
        except (ValueError, TypeError, KeyError):
            return None


@dataclass(frozen=True, slots=True)
class HistoryState:
    """The database now."""

    newest: HistoryMark
    is_remembered: bool
    """Whether workers have noted outside the database how far it is."""
    restored_at: datetime | None
    """When somebody last said that it is a restored backup."""


def holds_event(connection: Connection, mark: HistoryMark) -> bool:
    """Whether the database still holds what this mark remembers of it. Cheap: asked with every take."""
    if not mark.event_id:
        return connection.scalar(select(DatabaseIdentity.database_id)) == mark.database_id
    event = select(TaskEventRow.id).where(TaskEventRow.id == mark.event_id, TaskEventRow.at == mark.event_at)
    return connection.scalar(event) is not None


class DatabaseHistory:
    """Reads marks, and what is known of restored backups."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def state(self) -> HistoryState:
        """How far the database is."""
        newest = select(TaskEventRow.id, TaskEventRow.at).order_by(TaskEventRow.id.desc()).limit(1)
        with self._db.read() as connection:
            row = connection.execute(select(DatabaseIdentity.__table__, now_sql().label("read_at"))).one()
            event = connection.execute(newest).one_or_none()
        event_id, event_at = (event.id, event.at) if event else (0, None)
        mark = HistoryMark(row.database_id, event_id, event_at, row.read_at)
        return HistoryState(mark, row.is_remembered, row.restored_at)

    def holds(self, mark: HistoryMark) -> bool:
        """Whether the database is a continuation of what this mark remembers, or somebody has said since that it
        is none and made it ready."""
        with self._db.read() as connection:
            restored_at = connection.scalar(select(DatabaseIdentity.restored_at))
            if restored_at is not None and restored_at > mark.read_at:
                return True
            return holds_event(connection, mark)

    def has_worked(self) -> bool:
        """Whether any worker has ever taken a task from here."""
        return self._newest_by_worker() is not None

    def lost_since(self, newest_mark: HistoryMark | None) -> datetime | None:
        """The moment of a restored backup, or an earlier one: what happened after it may be lost.

        Whatever was added after the backup was put back must not count: people may hand in, edit and cancel
        before anybody says that it is one. Such events are later than the last look at the lost database, which
        is when `newest_mark` was read; and none is a worker's, for none takes a task from an unknown database.
        Without any such bound it is the very first event; None: there is nothing in the database.
        """
        bounds = [self._newest_by_worker()]
        with self._db.read() as connection:
            if newest_mark is not None:
                seen = select(func.max(TaskEventRow.at)).where(TaskEventRow.at <= newest_mark.read_at)
                bounds.append(connection.scalar(seen))
            known = [bound for bound in bounds if bound is not None]
            first: datetime | None = None if known else connection.scalar(select(func.min(TaskEventRow.at)))
        return min(known, default=first)

    def _newest_by_worker(self) -> datetime | None:
        newest = select(TaskEventRow.at).where(TaskEventRow.worker_id.is_not(None))
        with self._db.read() as connection:
            found: datetime | None = connection.scalar(newest.order_by(TaskEventRow.id.desc()).limit(1))
        return found

    def note_remembered(self) -> None:
        """From now on a lost memory means something."""

        def work(connection: Connection) -> None:
            connection.execute(update(DatabaseIdentity).values(is_remembered=True))

        self._db.run_write(work)

    def acknowledge(self, newest_mark: HistoryMark | None) -> None:
        """All rows are ready: what is remembered of the lost database counts no longer, wherever it is kept. The
        clocks of two database servers may differ, so the moment is never before `newest_mark`."""

        def work(connection: Connection) -> None:
            now: datetime = connection.execute(select(now_sql())).scalar_one()
            moment = now if newest_mark is None else max(now, newest_mark.read_at + LEAST_STEP)
            connection.execute(update(DatabaseIdentity).values(restored_at=moment, is_remembered=True))

        self._db.run_write(work)
