"""Makes the rows of a restored backup ready: what may have been published since is looked for before it is published.

A bounded number of rows at a time, each in a transaction of its own, so that a million rows hold up nobody; begun
anew after a crash, it goes on where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, and_, func, select, update

from core.store.database import Database
from core.store.giving_up import was_submitted
from core.store.models import PublishTask
from core.store.task_events import EventKind, add_events
from core.store.task_moves import move
from core.task_state import Action, Mode, TaskStatus

PAGE = 1000
"""A fraction of a second of the one lock that SQLite has for writers."""

_NEEDED = (
    PublishTask.id,
    PublishTask.status,
    PublishTask.mode,
    PublishTask.fence,
    PublishTask.checkpoint,
    PublishTask.worker_id,
    PublishTask.cancel_requested,
    PublishTask.verify_since,
)
_Needed: TypeAlias = "Row[*tuple[Any, ...]]"

MAY_BE_ONLINE = (
    TaskStatus.WAITING,
    TaskStatus.RETRYING,
    TaskStatus.RUNNING,
    TaskStatus.BLOCKED,
    TaskStatus.FAILED,
    TaskStatus.CANCELLED,
)
"""Those a person may try again count as well: since the backup somebody may have done just that."""

_TO_LOOK_FOR = and_(
    PublishTask.status.in_(MAY_BE_ONLINE), PublishTask.mode == Mode.PUBLISH, PublishTask.verify_since.is_(None)
)
_TO_RELEASE = PublishTask.status == TaskStatus.RUNNING


@dataclass(frozen=True, slots=True)
class RestoredPage:
    """What was done to some rows. `last_id`: where the next page begins; None: there is none. `marked`: those that will
    be looked for; a mere draft is not, unless it is turned into an article."""

    last_id: int | None
    marked: int
    released: int


class RestoredRows:
    """Changes rows that no worker holds any more: workers of an unknown database take none."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def counts(self) -> dict[TaskStatus, int]:
        """How many rows would be looked for once `prepare` has marked them, by status."""
        statement = select(PublishTask.status, func.count()).where(_TO_LOOK_FOR).group_by(PublishTask.status)
        with self._db.read() as connection:
            return {TaskStatus(status): count for status, count in connection.execute(statement)}

    def running(self) -> int:
        """How many rows the backup shows in the hands of workers."""
        with self._db.read() as connection:
            return connection.scalar(select(func.count()).select_from(PublishTask).where(_TO_RELEASE)) or 0

    def prepare(self, after_id: int, since: datetime, *, by: str) -> RestoredPage:
        """Mark the next rows: an article may be online since `since`. What runs goes back to the line."""
        # All rows by id, whatever their status: with a condition on it a database looks through all of them each time.
        page = select(*_NEEDED).where(PublishTask.id > after_id).order_by(PublishTask.id).limit(PAGE)
        with self._db.read() as connection:
            rows = connection.execute(page).all()
        running = [row for row in rows if row.status == TaskStatus.RUNNING]
        marked = [row for row in rows if _is_to_mark(row)]
        looked_for = [row.id for row in marked if row.mode == Mode.PUBLISH]
        released = 0
        if running or marked:
            released = self._db.run_write(partial(_prepare, running, marked, looked_for, since, by))
        return RestoredPage(rows[-1].id if len(rows) == PAGE else None, len(looked_for), released)


def _is_to_mark(row: _Needed) -> bool:
    return row.status in MAY_BE_ONLINE and row.verify_since is None


def _prepare(
    running: Sequence[_Needed],
    marked: Sequence[_Needed],
    looked_for: list[int],
    since: datetime,
    by: str,
    connection: Connection,
) -> int:
    released = sum(_release(connection, row) for row in running)
    if marked:
        ids = [row.id for row in marked]
        mine = update(PublishTask).where(PublishTask.id.in_(ids), PublishTask.status.in_(MAY_BE_ONLINE))
        connection.execute(mine.values(verify_since=since))
        add_events(connection, looked_for, EventKind.RESTORED, {"by": by, "since": since.isoformat()})
    return released


def _release(connection: Connection, row: _Needed) -> bool:
    """No crash of the task: its worker went with the database that was lost."""
    is_cancelled = row.cancel_requested and not was_submitted(row)
    action = Action.RESCUE_CANCEL if is_cancelled else Action.RESCUE
    detail = {"lost_worker": row.worker_id, "reason": "a backup was restored", "checkpoint": row.checkpoint}
    return move(connection, action, row.id, row.fence, detail=detail)
