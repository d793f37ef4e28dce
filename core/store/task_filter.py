"""Which tasks somebody wants to see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import Select

from core.store.models import Article, PublishTask
from core.store.text_search import holds
from core.task_state import BlockReason, TaskStatus

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks to list; what is None does not matter. `text` is looked for in titles, `reason` in why
    they failed or wait, and `error_class` is the kind of fault."""

    user_id: int | None = None
    account_id: int | None = None
    batch_id: int | None = None
    platform: str | None = None
    statuses: Collection[TaskStatus] | None = None
    block_reason: BlockReason | None = None
    text: str | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None
    error_class: str | None = None
    reason: str | None = None

    @property
    def is_search(self) -> bool:
        """Whether it looks into texts, which no index helps with: every task is read to find a few."""
        return bool(self.text or self.reason)


def filtered(statement: Select[*Columns], wanted: TaskFilter) -> Select[*Columns]:
    """A statement over tasks, with these alone."""
    equal = {
        PublishTask.user_id: wanted.user_id,
        PublishTask.account_id: wanted.account_id,
        PublishTask.batch_id: wanted.batch_id,
        PublishTask.platform: wanted.platform,
        PublishTask.block_reason: wanted.block_reason,
        PublishTask.error_class: wanted.error_class,
    }
    for column, value in equal.items():
        if value is not None:
            statement = statement.where(column == value)
    if wanted.statuses is not None:
        statement = statement.where(PublishTask.status.in_(sorted(wanted.statuses)))
    if wanted.text:
        statement = statement.join(Article, Article.id == PublishTask.article_id)
        statement = statement.where(holds(Article.title, wanted.text))
    if wanted.reason:
        statement = statement.where(holds(PublishTask.error_message, wanted.reason))
    if wanted.created_from is not None:
        statement = statement.where(PublishTask.created_at >= wanted.created_from)
    if wanted.created_before is not None:
        statement = statement.where(PublishTask.created_at < wanted.created_before)
    return statement
