"""Reads a running task together with its article and its account, for the worker that holds it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, exists, select

from core.store.clicks import HAS_OPEN_CLICK
from core.store.clock import now_sql
from core.store.models import Account, Article, DatabaseIdentity, PublishTask, TaskEventRow
from core.store.outcome_figures import waited_seconds
from core.store.records import HeldTask, StoredArticle
from core.store.task_events import EventKind
from core.task_state import Checkpoint, Mode, TaskStatus

_WAS_MOVED_SINCE = exists().where(
    TaskEventRow.task_id == PublishTask.id,
    TaskEventRow.kind == EventKind.ACCOUNT_CHANGED,
    TaskEventRow.at > PublishTask.verify_since,
)

_HELD = (
    select(
        PublishTask.__table__,
        now_sql().label("read_at"),
        select(DatabaseIdentity.restored_at).scalar_subquery().label("restored_at"),
        _WAS_MOVED_SINCE.label("was_moved_since"),
        HAS_OPEN_CLICK.label("has_open_click"),
        Account.name.label("account_name"),
        Article.version,
        Article.created_at.label("written_at"),
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
        version=row.version,
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
        verify_since=row.verify_since,
        restored_seconds_ago=(row.read_at - row.restored_at).total_seconds() if row.restored_at else 0.0,
        waited_seconds=waited_seconds(row.created_at, row.run_at, row.first_claimed_ms),
        was_edited_since=bool(row.verify_since and row.version > 1 and row.written_at > row.verify_since),
        was_moved_since=bool(row.was_moved_since),
        has_open_click=bool(row.has_open_click),
    )
