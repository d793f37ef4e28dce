"""Reads batches for people: what was handed in together, and how its articles stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from core.store.database import Database
from core.store.models import Batch, PublishTask, User
from core.task_state import TaskStatus


@dataclass(frozen=True, slots=True)
class BatchView:
    """`counts`: only the states that are there."""

    id: int
    user_id: int
    user_name: str
    name: str
    created_at: datetime
    counts: dict[TaskStatus, int]

    @property
    def total(self) -> int:
        """How many articles it has."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """How many have come to an end."""
        return sum(number for status, number in self.counts.items() if status.is_final)


class BatchQueries:
    """Two questions to the database, however many batches."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def recent(
        self, user_id: int | None = None, *, offset: int = 0, limit: int = 20, before_id: int | None = None
    ) -> list[BatchView]:
        """The newest first, without the first `offset`, and only older ones than `before_id`; of one user, or of
        all."""
        older = [] if before_id is None else [Batch.id < before_id]
        return self._read([*_of(user_id), *older], limit, offset)

    def count(self, user_id: int | None = None) -> int:
        """How many there are; of one user, or of all."""
        with self._db.read() as connection:
            return connection.scalar(select(func.count()).select_from(Batch).where(*_of(user_id))) or 0

    def get(self, batch_id: int) -> BatchView | None:
        """One batch, if it is there."""
        found = self._read([Batch.id == batch_id], 1)
        return found[0] if found else None

    def _read(self, conditions: list[ColumnElement[bool]], limit: int, offset: int = 0) -> list[BatchView]:
        batches = select(Batch.id, Batch.user_id, User.name.label("user_name"), Batch.name, Batch.created_at)
        batches = batches.join(User, User.id == Batch.user_id).where(*conditions)
        batches = batches.order_by(Batch.id.desc()).offset(offset).limit(limit)
        with self._db.read() as connection:
            rows = connection.execute(batches).all()
            counted = (
                select(PublishTask.batch_id, PublishTask.status, func.count())
                .where(PublishTask.batch_id.in_([row.id for row in rows]))
                .group_by(PublishTask.batch_id, PublishTask.status)
            )
            counts: dict[int, dict[TaskStatus, int]] = {row.id: {} for row in rows}
            for batch_id, status, number in connection.execute(counted):
                if batch_id is not None:
                    counts[batch_id][TaskStatus(status)] = number
        return [BatchView(*row, counts=counts[row.id]) for row in rows]


def _of(user_id: int | None) -> list[ColumnElement[bool]]:
    return [] if user_id is None else [Batch.user_id == user_id]
