"""Pages of tasks for the dashboard: sorted and counted, at a price that does not grow with the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from core.lane import LaneEntry
from core.store.database import Database
from core.store.due import MAY_GO
from core.store.giving_up import IS_TO_BE_LOOKED_FOR
from core.store.models import Account, Article, Batch, PublishTask, User
from core.store.records import TaskView
from core.store.task_filter import TaskFilter, filtered
from core.store.task_moves import LANE_COLUMNS, lane_entry
from core.store.task_views import TASK_VIEW, task_view
from core.task_state import OPEN_STATUSES, BlockReason, Checkpoint, TaskStatus

T = TypeVar("T")

MOST = 10_000
"""So many tasks are counted, sorted or changed together; of more, the newest. A page of a million costs the same."""

IDS_AT_ONCE = 500
"""Ids in one IN list."""


class TaskSort(StrEnum):
    """What comes first. Equal ones: the newest."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"
    """The next to go by its time; those without a time first."""
    PRIORITY = "priority"
    STATUS = "status"
    PROGRESS = "progress"
    FINISHED = "finished"
    """The last to end."""
    TITLE = "title"
    ACCOUNT = "account"
    USER = "user"


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """As much of a task as decides what can be done with it."""

    id: int
    user_id: int
    status: TaskStatus
    checkpoint: Checkpoint
    block_reason: BlockReason | None
    submitted_at: datetime | None
    run_at: datetime | None
    account_id: int = 0
    platform: str = ""
    has_draft: bool = False
    """The site has a draft of it."""
    is_to_be_looked_for: bool = False
    """A backup was restored: it may be online."""


@dataclass(frozen=True, slots=True)
class BatchName:
    """Articles that were handed in together."""

    id: int
    name: str
    user_name: str
    created_at: datetime


class TaskPages:
    """Reads pages, counts and facts of many tasks."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def page(
        self,
        wanted: TaskFilter | Sequence[int],
        *,
        sort: TaskSort = TaskSort.NEWEST,
        offset: int = 0,
        limit: int = 50,
    ) -> list[TaskView]:
        """Of a filter, or of these few ids. Sorted other than by age, among the newest `MOST` alone."""
        ids = _page_ids(wanted, sort).offset(offset).limit(limit)
        with self._db.read() as connection:
            order = {row.id: place for place, row in enumerate(connection.execute(ids))}
            rows = connection.execute(TASK_VIEW.where(PublishTask.id.in_(list(order)))) if order else ()
            views = [task_view(row) for row in rows]
        return sorted(views, key=lambda view: order[view.id])

    def count(self, wanted: TaskFilter) -> int:
        """How many there are; `MOST` + 1 means more than `MOST`."""
        some = filtered(select(PublishTask.id), wanted).limit(MOST + 1).subquery()
        with self._db.read() as connection:
            return connection.scalar(select(func.count()).select_from(some)) or 0

    def some_ids(self, wanted: TaskFilter) -> list[int]:
        """All of them, in no order, or `MOST` + 1 of more than `MOST`."""
        some = filtered(select(PublishTask.id), wanted).limit(MOST + 1)
        with self._db.read() as connection:
            return list(connection.scalars(some))

    def by_ids(self, task_ids: Sequence[int]) -> list[TaskView]:
        """These tasks in this order, as far as they are there."""
        views = {view.id: view for view in self._views(PublishTask.id, task_ids)}
        return [views[task_id] for task_id in task_ids if task_id in views]

    def by_public_ids(self, public_ids: Sequence[str]) -> list[TaskView]:
        """These tasks, in no order, as far as they are there."""
        return list(self._views(PublishTask.public_id, public_ids))

    def _views(self, column: InstrumentedAttribute[Any], values: Sequence[object]) -> Iterator[TaskView]:
        with self._db.read() as connection:
            for chunk in _chunks(values):
                yield from map(task_view, connection.execute(TASK_VIEW.where(column.in_(chunk))))

    def facts(self, wanted: TaskFilter | Sequence[int]) -> list[TaskFacts]:
        """Of the newest `MOST` of a filter, or of these ids; the newest first."""
        if isinstance(wanted, TaskFilter):
            return self._facts([filtered(_FACTS, wanted).order_by(PublishTask.id.desc()).limit(MOST)])
        found = self._facts([_FACTS.where(PublishTask.id.in_(chunk)) for chunk in _chunks(wanted)])
        return sorted(found, key=lambda facts: facts.id, reverse=True)

    def _facts(self, statements: Sequence[Select[*tuple[Any, ...]]]) -> list[TaskFacts]:
        with self._db.read() as connection:
            return [_facts_of(row) for statement in statements for row in connection.execute(statement)]

    def entries(self, task_ids: Sequence[int]) -> list[LaneEntry]:
        """The places in line of those of these tasks that may go now."""
        statement = select(*LANE_COLUMNS).where(PublishTask.id.in_(task_ids), *MAY_GO).order_by(PublishTask.id)
        with self._db.read() as connection:
            return [lane_entry(row) for row in connection.execute(statement)]

    def open_by_account(self, account_ids: Sequence[int]) -> dict[int, dict[TaskStatus, int]]:
        """Account → how many of its articles are in each state that is not an end."""
        statement = (
            select(PublishTask.account_id, PublishTask.status, func.count().label("tasks"))
            .where(PublishTask.account_id.in_(account_ids), PublishTask.status.in_(sorted(OPEN_STATUSES)))
            .group_by(PublishTask.account_id, PublishTask.status)
        )
        found: dict[int, dict[TaskStatus, int]] = {}
        with self._db.read() as connection:
            for row in connection.execute(statement):
                found.setdefault(row.account_id, {})[TaskStatus(row.status)] = row.tasks
        return found

    def recent_batches(self, user_id: int | None = None, limit: int = 100) -> list[BatchName]:
        """The newest first; of all users, or of one."""
        statement = select(Batch.id, Batch.name, User.name.label("user_name"), Batch.created_at)
        statement = statement.join(User, User.id == Batch.user_id).order_by(Batch.id.desc()).limit(limit)
        if user_id is not None:
            statement = statement.where(Batch.user_id == user_id)
        with self._db.read() as connection:
            return [BatchName(*row) for row in connection.execute(statement)]


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many as one statement names."""
    return (values[start : start + IDS_AT_ONCE] for start in range(0, len(values), IDS_AT_ONCE))


_FACTS = select(
    PublishTask.id,
    PublishTask.user_id,
    PublishTask.status,
    PublishTask.checkpoint,
    PublishTask.block_reason,
    PublishTask.submitted_at,
    PublishTask.run_at,
    PublishTask.account_id,
    PublishTask.platform,
    PublishTask.remote_draft_id.is_not(None).label("has_draft"),
    IS_TO_BE_LOOKED_FOR.label("is_to_be_looked_for"),
)


def _facts_of(row: Row[*tuple[Any, ...]]) -> TaskFacts:
    return TaskFacts(
        id=row.id,
        user_id=row.user_id,
        status=TaskStatus(row.status),
        checkpoint=Checkpoint(row.checkpoint),
        block_reason=BlockReason(row.block_reason) if row.block_reason else None,
        submitted_at=row.submitted_at,
        run_at=row.run_at,
        account_id=row.account_id,
        platform=row.platform,
        has_draft=bool(row.has_draft),
        is_to_be_looked_for=bool(row.is_to_be_looked_for),
    )


def _page_ids(wanted: TaskFilter | Sequence[int], sort: TaskSort) -> Select[int]:
    matching = select(PublishTask.id)
    if isinstance(wanted, TaskFilter):
        matching = filtered(matching, wanted)
    else:
        matching = matching.where(PublishTask.id.in_(wanted))
    if sort is TaskSort.NEWEST:
        return matching.order_by(PublishTask.id.desc())
    if sort is TaskSort.OLDEST:
        return matching.order_by(PublishTask.id)
    newest = matching.order_by(PublishTask.id.desc()).limit(MOST).subquery()
    ids = select(PublishTask.id).join(newest, newest.c.id == PublishTask.id)
    if sort is TaskSort.TITLE:
        ids = ids.join(Article, Article.id == PublishTask.article_id)
    elif sort is TaskSort.ACCOUNT:
        ids = ids.join(Account, Account.id == PublishTask.account_id)
    elif sort is TaskSort.USER:
        ids = ids.join(User, User.id == PublishTask.user_id)
    return ids.order_by(*_ORDER[sort], PublishTask.id.desc())


_ORDER: dict[TaskSort, tuple[ColumnElement[Any], ...]] = {
    TaskSort.DUE: (PublishTask.run_at.is_not(None), PublishTask.run_at.asc()),
    TaskSort.PRIORITY: (PublishTask.priority.desc(),),
    TaskSort.STATUS: (PublishTask.status.asc(),),
    TaskSort.PROGRESS: (PublishTask.progress.desc(),),
    TaskSort.FINISHED: (PublishTask.finished_at.is_(None), PublishTask.finished_at.desc()),
    TaskSort.TITLE: (Article.title.asc(),),
    TaskSort.ACCOUNT: (Account.name.asc(),),
    TaskSort.USER: (User.name.asc(),),
}
