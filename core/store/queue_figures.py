"""How the queue did lately, from the times of the tasks themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from core.store.database import Database
from core.store.due import BATCH_IS_PAUSED, IS_DUE
from core.store.models import PublishTask
from core.store.outcome_figures import waited_seconds
from core.store.percentiles import percentile
from core.task_state import TaskStatus

MOST_STARTS = 5000
"""So many of the newest starts are looked at for the waits: enough for a percentile, and cheap."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long articles waited from the moment they might go until a worker took them. None: none was taken."""

    starts: int
    p50_seconds: float | None
    p95_seconds: float | None


class QueueFigures:
    """Reads only what an index leads to."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def starts_by_user(self, since: datetime) -> dict[int, int]:
        """User → how many of its articles were taken for the first time since then."""
        statement = (
            select(PublishTask.user_id, func.count().label("starts"))
            .where(PublishTask.first_claimed_ms > _ms(since))
            .group_by(PublishTask.user_id)
        )
        with self._db.read() as connection:
            return {row.user_id: row.starts for row in connection.execute(statement)}

    def oldest_waiting(self) -> dict[int, datetime]:
        """User → since when its oldest article that may go has been in line."""
        since = func.coalesce(PublishTask.run_at, PublishTask.created_at)
        statement = (
            select(PublishTask.user_id, func.min(since, type_=PublishTask.created_at.type).label("since"))
            .where(PublishTask.status == TaskStatus.WAITING, IS_DUE)
            .group_by(PublishTask.user_id)
        )
        with self._db.read() as connection:
            return {row.user_id: row.since for row in connection.execute(statement)}

    def held_in_batches(self, user_id: int | None = None) -> dict[int, int]:
        """User → how many of its articles might go but for the pause of their batch: they stand in no line. Of all
        users, or of one."""
        statement = (
            select(PublishTask.user_id, func.count().label("held"))
            .where(PublishTask.status.in_([TaskStatus.WAITING, TaskStatus.RETRYING]), IS_DUE, BATCH_IS_PAUSED)
            .group_by(PublishTask.user_id)
        )
        if user_id is not None:
            statement = statement.where(PublishTask.user_id == user_id)
        with self._db.read() as connection:
            return {row.user_id: row.held for row in connection.execute(statement)}

    def waits(self, since: datetime, user_id: int | None = None) -> Waits:
        """Of all users, or of one."""
        are_meant = [PublishTask.first_claimed_ms > _ms(since)]
        if user_id is not None:
            are_meant.append(PublishTask.user_id == user_id)
        newest = (
            select(PublishTask.created_at, PublishTask.run_at, PublishTask.first_claimed_ms)
            .where(*are_meant)
            .order_by(PublishTask.first_claimed_ms.desc())
            .limit(MOST_STARTS)
        )
        with self._db.read() as connection:
            rows = connection.execute(newest).all()
            starts = len(rows)
            if starts == MOST_STARTS:
                starts = connection.scalar(select(func.count()).select_from(PublishTask).where(*are_meant)) or 0
        waits = [waited_seconds(*row) for row in rows]
        waits.sort()
        return Waits(starts, percentile(waits, 0.5), percentile(waits, 0.95))


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
