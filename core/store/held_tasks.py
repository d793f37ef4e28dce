"""Reads a running task together with its article and its account, for the worker that holds it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from core.store.clock import now_sql
from core.store.models import Account, Article, PublishTask
from core.store.records import HeldTask, StoredArticle
from core.task_state import Checkpoint, Mode, TaskStatus

_HELD = (
    select(
        PublishTask.__table__,
        now_sql().label("read_at"),
        Account.name.label("account_name"),
        Article.title,
        Article.content,
        Article.content_format,
        Article.column_name,
        Article.topics,
        Article.cover_sha256,
    )
    .join(Account, Account.id == PublishTask.account_id)
    .join(Article, Article.id == PublishTask.article_id)
)


def read_held(connection: Connection, task_id: int, fence: int, worker_id: str) -> HeldTask | None:
    """The task, if this worker holds it under this fence."""
    row = connection.execute(
        _HELD.where(
            PublishTask.id == task_id,
            PublishTask.fence == fence,
            PublishTask.worker_id == worker_id,
            PublishTask.status == TaskStatus.RUNNING,
        )
    ).one_or_none()
    return None if row is None else _held(row)


def stored_article(row: Row[Any]) -> StoredArticle:
    """The article in a row that has its columns."""
    return StoredArticle(
        title=row.title,
        content=row.content,
        content_format=row.content_format,
        column=row.column_name,
        topics=tuple(row.topics),
        cover_sha256=row.cover_sha256,
    )


def _held(row: Row[Any]) -> HeldTask:
    return HeldTask(
        id=row.id,
        public_id=row.public_id,
        fence=row.fence,
        worker_id=row.worker_id,
        user_id=row.user_id,
        account_id=row.account_id,
        account_name=row.account_name,
        platform=row.platform,
        mode=Mode(row.mode),
        checkpoint=Checkpoint(row.checkpoint),
        attempt=row.attempt,
        max_retries=row.max_retries,
        retries_used=row.retries_used,
        crash_count=row.crash_count,
        remote_draft_id=row.remote_draft_id,
        submitted_at=row.submitted_at,
        content_hash=row.content_hash,
        article=stored_article(row),
        priority=row.priority,
        submitted_seconds_ago=(row.read_at - row.submitted_at).total_seconds() if row.submitted_at else None,
    )
