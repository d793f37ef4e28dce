"""Tables of the work: articles and their pictures, batches, tasks and their timelines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.store.columns import ID, Identifier, Json, Line, LongText, PictureBytes, UtcDateTime
from core.store.model_base import TABLE_OPTIONS, Base, check, one_of
from core.task_state import FINAL_STATUSES, BlockReason, Checkpoint, Mode, Step, TaskStatus

FINAL = sorted(FINAL_STATUSES)
PROGRESS = ", ".join(str(int(step)) for step in Step)
SITE_STATES = ("public", "under_review")

ZERO = text("0")
"""What counts from zero is filled in by the database: a big batch sends a third fewer values."""


class Picture(Base):
    """A picture, once per content."""

    __tablename__ = "pictures"
    sha256: Mapped[str] = mapped_column(Identifier(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(Identifier(64))
    data: Mapped[bytes] = mapped_column(PictureBytes)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (TABLE_OPTIONS,)


class Article(Base):
    """What is to be published. Never changed: an edit adds the next version, the task points at the newest."""

    __tablename__ = "articles"
    id: Mapped[int] = mapped_column(ID, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    task_public_id: Mapped[str] = mapped_column(Identifier(16))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(Line(300))
    content: Mapped[str] = mapped_column(LongText)
    content_format: Mapped[str] = mapped_column(Identifier(16))
    column_name: Mapped[str | None] = mapped_column(Line(200))
    topics: Mapped[list[str]] = mapped_column(Json)
    cover_sha256: Mapped[str | None] = mapped_column(ForeignKey("pictures.sha256"), index=True)
    article_sha256: Mapped[str] = mapped_column(Identifier(64))
    """Of all of the above that a reader sees; finds duplicates."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("task_public_id", "version"),
        Index(None, "user_id", "article_sha256"),
        TABLE_OPTIONS,
    )


class Batch(Base):
    """Articles handed in together, as one file."""

    __tablename__ = "batches"
    id: Mapped[int] = mapped_column(ID, primary_key=True)
    public_id: Mapped[str] = mapped_column(Identifier(16))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(Line(255))
    file_sha256: Mapped[str | None] = mapped_column(Identifier(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (UniqueConstraint("public_id"), UniqueConstraint("user_id", "file_sha256"), TABLE_OPTIONS)


class PublishTask(Base):
    """One article on its way to one account. Only `task_moves.move` changes its status."""

    __tablename__ = "publish_tasks"
    id: Mapped[int] = mapped_column(ID, primary_key=True)
    public_id: Mapped[str] = mapped_column(Identifier(16))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"))
    batch_row: Mapped[int | None]
    platform: Mapped[str] = mapped_column(Identifier(32))
    mode: Mapped[str] = mapped_column(Identifier(16))
    status: Mapped[str] = mapped_column(Identifier(16))
    block_reason: Mapped[str | None] = mapped_column(Identifier(16))
    checkpoint: Mapped[str] = mapped_column(Identifier(16))
    progress: Mapped[int] = mapped_column(server_default=ZERO)
    priority: Mapped[int]
    run_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempt: Mapped[int] = mapped_column(server_default=ZERO)
    max_retries: Mapped[int]
    retries_used: Mapped[int] = mapped_column(server_default=ZERO)
    crash_count: Mapped[int] = mapped_column(server_default=ZERO)
    fence: Mapped[int] = mapped_column(BigInteger, server_default=ZERO)
    worker_id: Mapped[str | None] = mapped_column(Identifier(191))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_requested: Mapped[bool] = mapped_column(server_default=ZERO)
    client_ref: Mapped[str | None] = mapped_column(Identifier(200))
    request_sha256: Mapped[str] = mapped_column(Identifier(64))
    """Of what was handed in, never changed: tells a repeated request from another one under its client_ref."""
    remote_draft_id: Mapped[str | None] = mapped_column(Identifier(128))
    remote_id: Mapped[str | None] = mapped_column(Identifier(128))
    result_url: Mapped[str | None] = mapped_column(LongText)
    content_hash: Mapped[str | None] = mapped_column(Identifier(64))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verify_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """A backup was restored: from this moment on it may have been published without this row's knowing. It is
    looked for on the site before anything else is done with it."""
    site_state: Mapped[str | None] = mapped_column(Identifier(16))
    first_claimed_ms: Mapped[int | None] = mapped_column(BigInteger)
    error_class: Mapped[str | None] = mapped_column(Identifier(64))
    error_message: Mapped[str | None] = mapped_column(LongText)
    screenshot_path: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("public_id"),
        UniqueConstraint("user_id", "client_ref"),
        UniqueConstraint("platform", "remote_id"),
        UniqueConstraint("batch_id", "batch_row"),
        Index(None, "status", "run_at"),
        Index(None, "status", "lease_until"),
        Index(None, "user_id", "status"),
        Index(None, "account_id", "status"),
        Index(None, "first_claimed_ms"),
        Index(None, "status", "finished_at", "user_id"),
        Index(None, "batch_id", "status"),
        check("status", one_of("status", TaskStatus)),
        check("checkpoint", one_of("checkpoint", Checkpoint)),
        check("mode", one_of("mode", Mode)),
        check("progress", f"progress IN (0, {PROGRESS})"),
        check("priority", "priority BETWEEN 0 AND 9"),
        check("counts", "attempt >= 0 AND crash_count >= 0 AND fence >= 0"),
        check("retries", "retries_used BETWEEN 0 AND max_retries"),
        check("holder", "(status = 'running') = (worker_id IS NOT NULL)"),
        check("lease", "(status = 'running') = (lease_until IS NOT NULL)"),
        check("start", "status <> 'running' OR (started_at IS NOT NULL AND first_claimed_ms IS NOT NULL)"),
        check("cancel_requested", "cancel_requested = 0 OR status = 'running'"),
        check("blocked", "(status = 'blocked') = (block_reason IS NOT NULL)"),
        check("block_reason", f"block_reason IS NULL OR {one_of('block_reason', BlockReason)}"),
        check("finished", f"({one_of('status', FINAL)}) = (finished_at IS NOT NULL)"),
        check("retrying", "status <> 'retrying' OR run_at IS NOT NULL"),
        check("drafted", "checkpoint <> 'drafted' OR remote_draft_id IS NOT NULL"),
        check("submitting", "checkpoint <> 'submitting' OR submitted_at IS NOT NULL"),
        check("published", "(status = 'published') = (checkpoint = 'published')"),
        check("result", "status <> 'published' OR result_url IS NOT NULL"),
        check("site_state", f"site_state IS NULL OR {one_of('site_state', SITE_STATES)}"),
        TABLE_OPTIONS,
    )


class TaskEventRow(Base):
    """One line of a task's timeline. Rows are only ever added."""

    __tablename__ = "task_events"
    id: Mapped[int] = mapped_column(ID, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("publish_tasks.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    kind: Mapped[str] = mapped_column(Identifier(32))
    worker_id: Mapped[str | None] = mapped_column(Identifier(191))
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    __table_args__ = (TABLE_OPTIONS,)
