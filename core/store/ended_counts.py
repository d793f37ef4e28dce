"""How many articles have come to which end, for whoever asks often: a million are not counted each time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from core.store.database import Database
from core.store.models import PublishTask
from core.task_state import TaskStatus

FOR_GOOD = (TaskStatus.PUBLISHED, TaskStatus.DRAFT_SAVED)
"""Nothing leaves these: what was counted once stays counted. What failed or was cancelled may be retried."""
SETTLED = timedelta(minutes=5)
"""No transaction that ended an article so long ago is still open, on whichever clock."""


class EndedCounts:
    """Counts all once, and from then on what ended since, by the index of ends."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._counted: dict[TaskStatus, tuple[datetime, int]] = {}

    def counts(self) -> dict[TaskStatus, int]:
        """Of those that are for good."""
        with self._lock:
            return {status: self._count(status) for status in FOR_GOOD}

    def _count(self, status: TaskStatus) -> int:
        until = datetime.now(UTC) - SETTLED
        since, before = self._counted.get(status, (None, 0))
        with self._db.read() as connection:
            statement = select(func.count()).where(PublishTask.status == status)
            settled = statement.where(PublishTask.finished_at < until)
            if since is not None:
                settled = settled.where(PublishTask.finished_at >= since)
            counted = before + (connection.scalar(settled) or 0)
            newest = connection.scalar(statement.where(PublishTask.finished_at >= until)) or 0
        self._counted[status] = (until, counted)
        return counted + newest
