"""What the parts of `core.store.task_store` have in common."""

from __future__ import annotations

from core.store.database import Database


class TaskPart:
    """One part of the task store: the moves that belong together."""

    def __init__(self, db: Database, *, lease_seconds: float) -> None:
        """`lease_seconds`: a worker that is silent for so long has lost its tasks to another."""
        self._db = db
        self._lease_seconds = lease_seconds
