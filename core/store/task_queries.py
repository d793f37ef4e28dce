"""Reads tasks for people, programs and the maintenance. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from core.errors import NotFound
from core.lane import LaneEntry
from core.store.clock import later_sql, now_sql
from core.store.database import Database
from core.store.due import IS_DUE, MAY_GO
from core.store.held_tasks import stored_article
from core.store.models import Account, Article, Batch, PublishTask, TaskEventRow, User
from core.store.pictures import read_picture
from core.store.records import NewPicture, StoredArticle, TaskEvent, TaskView
from core.store.task_moves import LANE_COLUMNS, TASKS, lane_entry
from core.task_state import BlockReason, Checkpoint, Mode, TaskStatus

_VIEW = (
    select(TASKS, User.name.label("user_name"), Account.name.label("account_name"), Article.title)
    .join(User, User.id == PublishTask.user_id)
    .join(Account, Account.id == PublishTask.account_id)
    .join(Article, Article.id == PublishTask.article_id)
)


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks to list; what is None does not matter. `text` is looked for in titles."""

    user_id: int | None = None
    account_id: int | None = None
    batch_id: int | None = None
    platform: str | None = None
    statuses: Collection[TaskStatus] | None = None
    block_reason: BlockReason | None = None
    text: str | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left to do, for a worker that ends when there is nothing more to do now."""

    active: int
    """Waiting and due (a paused batch too), running or retrying."""
    scheduled: int
    blocked: int
    failed: int


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
            row = connection.execute(_VIEW.where(condition)).one_or_none()
        if row is None:
            raise NotFound("article", name)
        return _view(row)

    def counts(self, user_id: int | None = None, *, batch_id: int | None = None) -> dict[TaskStatus, int]:
        """How many tasks are in each status; all statuses are there."""
        statement = select(PublishTask.status, func.count().label("tasks")).group_by(PublishTask.status)
        if user_id is not None:
            statement = statement.where(PublishTask.user_id == user_id)
        if batch_id is not None:
            statement = statement.where(PublishTask.batch_id == batch_id)
        with self._db.read() as connection:
            found = {TaskStatus(row.status): row.tasks for row in connection.execute(statement)}
        return {status: found.get(status, 0) for status in TaskStatus}

    def remaining(self) -> Remaining:
        """What is left to do."""
        scheduled = select(func.count()).where(PublishTask.status == TaskStatus.WAITING, ~IS_DUE)
        counts = self.counts()
        with self._db.read() as connection:
            later = connection.scalar(scheduled) or 0
        active = sum(counts[status] for status in (TaskStatus.WAITING, TaskStatus.RETRYING, TaskStatus.RUNNING)) - later
        return Remaining(max(active, 0), later, counts[TaskStatus.BLOCKED], counts[TaskStatus.FAILED])

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
        page = _filtered(select(PublishTask.id), wanted or TaskFilter())
        if before_id is not None:
            page = page.where(PublishTask.id < before_id)
        # The page is cut first, then joined: MariaDB would otherwise join all tasks and sort them.
        ids = page.order_by(PublishTask.id.desc()).limit(limit).subquery()
        statement = _VIEW.join(ids, ids.c.id == PublishTask.id).order_by(PublishTask.id.desc())
        with self._db.read() as connection:
            return [_view(row) for row in connection.execute(statement)]


def _filtered(statement: Select[Any], wanted: TaskFilter) -> Select[Any]:
    equal = {
        PublishTask.user_id: wanted.user_id,
        PublishTask.account_id: wanted.account_id,
        PublishTask.batch_id: wanted.batch_id,
        PublishTask.platform: wanted.platform,
        PublishTask.block_reason: wanted.block_reason,
    }
    for column, value in equal.items():
        if value is not None:
            statement = statement.where(column == value)
    if wanted.statuses is not None:
        statement = statement.where(PublishTask.status.in_(sorted(wanted.statuses)))
    if wanted.text:
        statement = statement.join(Article, Article.id == PublishTask.article_id)
        statement = statement.where(Article.title.contains(wanted.text, autoescape=True))
    if wanted.created_from is not None:
        statement = statement.where(PublishTask.created_at >= wanted.created_from)
    if wanted.created_before is not None:
        statement = statement.where(PublishTask.created_at < wanted.created_before)
    return statement


def _view(row: Row[Any]) -> TaskView:
    facts = {name: getattr(row, name) for name in _PLAIN}
    return TaskView(
        **facts,
        mode=Mode(row.mode),
        status=TaskStatus(row.status),
        block_reason=BlockReason(row.block_reason) if row.block_reason else None,
        checkpoint=Checkpoint(row.checkpoint),
    )


_PLAIN = tuple(name for name in TaskView.__slots__ if name not in ("mode", "status", "block_reason", "checkpoint"))
"""Columns that go into a view as they are."""
