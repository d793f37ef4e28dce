"""Reads tasks for people, programs and the maintenance. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from core.errors import NotFound
from core.lane import LaneEntry
from core.store.clock import later_sql, now_sql
from core.store.database import Database
from core.store.due import IS_DUE, MAY_GO
from core.store.held_tasks import stored_article
from core.store.models import Article, Batch, PublishTask, TaskEventRow
from core.store.pictures import read_picture
from core.store.records import NewPicture, StoredArticle, TaskEvent, TaskView
from core.store.task_filter import TaskFilter, filtered
from core.store.task_moves import LANE_COLUMNS, TASKS, lane_entry
from core.store.task_views import TASK_VIEW, task_view
from core.task_state import OPEN_STATUSES, TaskStatus

__all__ = ["Remaining", "TaskFilter", "TaskQueries"]

FEWEST_STARTS = 5
"""Fewer say nothing about the next."""


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left to do, for a worker that ends when there is nothing more to do now."""

    waiting: int
    """Due: in line, or about to be. (A paused batch too.)"""
    scheduled: int
    """Waiting for their time."""
    running: int
    retrying: int
    blocked: int

    @property
    def active(self) -> int:
        """What goes on by itself, sooner or later without anybody doing anything."""
        return self.waiting + self.running + self.retrying


class TaskQueries:
    """Every list and figure of tasks."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, task_id: int) -> TaskView:
        """Raises NotFound."""
        return self._one(PublishTask.id == task_id, task_id)

    def get_by_public_id(self, public_id: str) -> TaskView:
        """Raises NotFound."""
        return self._one(PublishTask.public_id == public_id, public_id)

    def _one(self, condition: ColumnElement[bool], name: object) -> TaskView:
        with self._db.read() as connection:
            row = connection.execute(TASK_VIEW.where(condition)).one_or_none()
        if row is None:
            raise NotFound("article", name)
        return task_view(row)

    @staticmethod
    def stored(connection: Connection, task_id: int) -> TaskView:
        """A task as this very transaction stores it."""
        return task_view(connection.execute(TASK_VIEW.where(PublishTask.id == task_id)).one())

    def counts(
        self,
        user_id: int | None = None,
        *,
        batch_id: int | None = None,
        statuses: Collection[TaskStatus] = tuple(TaskStatus),
    ) -> dict[TaskStatus, int]:
        """How many tasks are in each of these statuses. Slow where there are many, as of published ones."""
        statement = select(PublishTask.status, func.count().label("tasks")).group_by(PublishTask.status)
        if user_id is not None:
            statement = statement.where(PublishTask.user_id == user_id)
        if batch_id is not None:
            statement = statement.where(PublishTask.batch_id == batch_id)
        if len(statuses) < len(TaskStatus):
            statement = statement.where(PublishTask.status.in_(sorted(statuses)))
        with self._db.read() as connection:
            found = {TaskStatus(row.status): row.tasks for row in connection.execute(statement)}
        return {status: found.get(status, 0) for status in statuses}

    def has_due(self) -> bool:
        """Whether any article may go now."""
        with self._db.read() as connection:
            return connection.scalar(select(PublishTask.id).where(*MAY_GO).limit(1)) is not None

    def remaining(self) -> Remaining:
        """What is left to do. Looks at open tasks alone: of finished ones there may be a million."""
        is_later = and_(PublishTask.status == TaskStatus.WAITING, ~IS_DUE)
        statement = (
            select(
                PublishTask.status, func.count().label("tasks"), func.sum(case((is_later, 1), else_=0)).label("later")
            )
            .where(PublishTask.status.in_(sorted(OPEN_STATUSES)))
            .group_by(PublishTask.status)
        )
        with self._db.read() as connection:
            rows = {row.status: row for row in connection.execute(statement)}
        tasks = {status: rows[status].tasks if status in rows else 0 for status in OPEN_STATUSES}
        later = int(rows[TaskStatus.WAITING].later) if TaskStatus.WAITING in rows else 0
        return Remaining(
            waiting=tasks[TaskStatus.WAITING] - later,
            scheduled=later,
            running=tasks[TaskStatus.RUNNING],
            retrying=tasks[TaskStatus.RETRYING],
            blocked=tasks[TaskStatus.BLOCKED],
        )

    def seconds_per_start(self, over_seconds: float = 600) -> float | None:
        """How often an article has started lately: within `over_seconds` before the newest start. None: hardly
        any did. By the times of the starts alone, so that no clock has to agree with another."""
        claimed = PublishTask.first_claimed_ms
        newest = select(func.max(claimed)).scalar_subquery()
        recent = select(func.count(), func.max(claimed) - func.min(claimed)).where(
            claimed > newest - over_seconds * 1000
        )
        with self._db.read() as connection:
            starts, span_ms = connection.execute(recent).one()
        return None if starts < FEWEST_STARTS or span_ms is None else span_ms / 1000 / (starts - 1)

    def events(self, task_id: int) -> list[TaskEvent]:
        """The timeline, oldest first."""
        statement = select(TaskEventRow.__table__).where(TaskEventRow.task_id == task_id)
        with self._db.read() as connection:
            rows = connection.execute(statement.order_by(TaskEventRow.id)).all()
        return [TaskEvent(row.id, row.task_id, row.at, row.kind, row.worker_id, row.detail) for row in rows]

    def article(self, task_id: int) -> StoredArticle:
        """The article in its newest version. Raises NotFound."""
        statement = select(Article.__table__).join(PublishTask, PublishTask.article_id == Article.id)
        with self._db.read() as connection:
            row = connection.execute(statement.where(PublishTask.id == task_id)).one_or_none()
        if row is None:
            raise NotFound("article", task_id)
        return stored_article(row)

    def picture(self, sha256: str) -> NewPicture:
        """A picture that was handed in. Raises NotFound."""
        with self._db.read() as connection:
            picture = read_picture(connection, sha256)
        if picture is None:
            raise NotFound("picture", sha256)
        return picture

    def batch_id(self, public_id: str) -> int:
        """The row id of a batch. Raises NotFound."""
        with self._db.read() as connection:
            found: int | None = connection.scalar(select(Batch.id).where(Batch.public_id == public_id))
        if found is None:
            raise NotFound("batch", public_id)
        return found

    def entry(self, task_id: int) -> LaneEntry | None:
        """The place in line of a task that may go now; None if it may not."""
        with self._db.read() as connection:
            row = connection.execute(select(*LANE_COLUMNS).where(*MAY_GO, PublishTask.id == task_id)).one_or_none()
        return None if row is None else lane_entry(row)

    def due_entries(self, limit: int = 1000, *, after_id: int = 0, within_seconds: float = 15) -> list[LaneEntry]:
        """Tasks whose time came within the last so many seconds, by rising id: those that are most likely not
        in the line yet. `DatabaseRows.waiting_entries` finds the others."""
        statement = select(TASKS).where(
            *MAY_GO,
            PublishTask.run_at > later_sql(-within_seconds),
            PublishTask.run_at <= now_sql(),
            PublishTask.id > after_id,
        )
        with self._db.read() as connection:
            rows = connection.execute(statement.order_by(PublishTask.id).limit(limit)).all()
        return [lane_entry(row) for row in rows]

    def list(
        self, wanted: TaskFilter | None = None, *, before_id: int | None = None, limit: int = 100
    ) -> list[TaskView]:
        """The newest first. `before_id`: the next page, after the last one's id."""
        page = filtered(select(PublishTask.id), wanted or TaskFilter())
        if before_id is not None:
            page = page.where(PublishTask.id < before_id)
        # The page is cut first, then joined: MariaDB would otherwise join all tasks and sort them.
        ids = page.order_by(PublishTask.id.desc()).limit(limit).subquery()
        statement = TASK_VIEW.join(ids, ids.c.id == PublishTask.id).order_by(PublishTask.id.desc())
        with self._db.read() as connection:
            return [task_view(row) for row in connection.execute(statement)]
