"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.store.columns import ID, Identifier, Json, Line, LongText, PictureBytes, UtcDateTime
from core.store.model_base import TABLE_OPTIONS

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_people()
    _make_rules()
    _make_articles()
    _make_tasks()


def _make_people() -> None:
    op.create_table(
        "users",
        sa.Column("id", ID, primary_key=True),
        sa.Column("name", Identifier(64), nullable=False),
        sa.Column("password_hash", Identifier(255), nullable=True),
        sa.Column("role", Identifier(16), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("name"),
        sa.CheckConstraint("role IN ('operator', 'admin')", name="role"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "accounts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("platform", Identifier(32), nullable=False),
        sa.Column("name", Identifier(100), nullable=False),
        sa.Column("state", Identifier(16), nullable=False),
        sa.Column("cookies_sealed", LongText(), nullable=True),
        sa.Column("cookies_version", sa.Integer(), nullable=False),
        sa.Column("remote_id", Identifier(128), nullable=True),
        sa.Column("remote_name", Line(255), nullable=True),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("error_message", LongText(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("user_id", "platform", "name"),
        sa.CheckConstraint("state IN ('unchecked', 'signed_in', 'needs_login', 'needs_human')", name="state"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "user_sessions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("token_sha256", Identifier(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
        sa.UniqueConstraint("token_sha256"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", ID, primary_key=True),
        sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("name", Line(100), nullable=False),
        sa.Column("token_sha256", Identifier(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("token_sha256"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "audit_log",
        sa.Column("id", ID, primary_key=True),
        sa.Column("at", UtcDateTime(), nullable=False, index=True),
        sa.Column("actor_name", Line(100), nullable=False),
        sa.Column("actor_user_id", ID, nullable=True, index=True),
        sa.Column("action", Identifier(64), nullable=False),
        sa.Column("kind", Identifier(32), nullable=False),
        sa.Column("target", Identifier(255), nullable=True),
        sa.Column("detail", Json(), nullable=False),
        sa.Index(None, "kind", "target"),
        **TABLE_OPTIONS,
    )


def _make_rules() -> None:
    op.create_table(
        "user_limits",
        sa.Column("user_id", ID, sa.ForeignKey("users.id"), primary_key=True, autoincrement=False),
        sa.Column("max_running", sa.Integer(), nullable=True),
        sa.Column("max_starts", sa.Integer(), nullable=True),
        sa.Column("weight", sa.Double(), nullable=True),
        sa.Column("starts_reset_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("max_running IS NULL OR max_running >= 0", name="max_running"),
        sa.CheckConstraint("max_starts IS NULL OR max_starts >= 0", name="max_starts"),
        sa.CheckConstraint("weight IS NULL OR weight > 0", name="weight"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "account_limits",
        sa.Column("account_id", ID, sa.ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
        sa.Column("max_running", sa.Integer(), nullable=True),
        sa.Column("gap_seconds", sa.Double(), nullable=True),
        sa.CheckConstraint("max_running IS NULL OR max_running >= 0", name="max_running"),
        sa.CheckConstraint("gap_seconds IS NULL OR gap_seconds >= 0", name="gap_seconds"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "pauses",
        sa.Column("id", ID, primary_key=True),
        sa.Column("scope", Identifier(16), nullable=False),
        sa.Column("platform", Identifier(32), nullable=True),
        sa.Column("target_id", ID, nullable=True),
        sa.Column("by_name", Line(100), nullable=False),
        sa.Column("reason", Line(500), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.CheckConstraint("scope IN ('everything', 'platform', 'user', 'account', 'batch')", name="scope"),
        sa.CheckConstraint("(scope = 'platform') = (platform IS NOT NULL)", name="platform"),
        sa.CheckConstraint("(scope IN ('user', 'account', 'batch')) = (target_id IS NOT NULL)", name="target"),
        sa.Index(None, "scope", "target_id"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "leader_locks",
        sa.Column("name", Identifier(32), primary_key=True),
        sa.Column("holder", Identifier(191), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        **TABLE_OPTIONS,
    )


def _make_articles() -> None:
    op.create_table(
        "pictures",
        sa.Column("sha256", Identifier(64), primary_key=True),
        sa.Column("media_type", Identifier(64), nullable=False),
        sa.Column("data", PictureBytes, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "articles",
        sa.Column("id", ID, primary_key=True),
        sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("task_public_id", Identifier(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", Line(300), nullable=False),
        sa.Column("content", LongText(), nullable=False),
        sa.Column("content_format", Identifier(16), nullable=False),
        sa.Column("column_name", Line(200), nullable=True),
        sa.Column("topics", Json(), nullable=False),
        sa.Column("cover_sha256", Identifier(64), sa.ForeignKey("pictures.sha256"), nullable=True, index=True),
        sa.Column("article_sha256", Identifier(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("task_public_id", "version"),
        sa.Index(None, "user_id", "article_sha256"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "batches",
        sa.Column("id", ID, primary_key=True),
        sa.Column("public_id", Identifier(16), nullable=False),
        sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("name", Line(255), nullable=False),
        sa.Column("file_sha256", Identifier(64), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("public_id"),
        sa.UniqueConstraint("user_id", "file_sha256"),
        **TABLE_OPTIONS,
    )


def _make_tasks() -> None:
    op.create_table(
        "publish_tasks",
        sa.Column("id", ID, primary_key=True),
        sa.Column("public_id", Identifier(16), nullable=False),
        sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("account_id", ID, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("article_id", ID, sa.ForeignKey("articles.id"), nullable=False, index=True),
        sa.Column("batch_id", ID, sa.ForeignKey("batches.id"), nullable=True),
        sa.Column("batch_row", sa.Integer(), nullable=True),
        sa.Column("platform", Identifier(32), nullable=False),
        sa.Column("mode", Identifier(16), nullable=False),
        sa.Column("status", Identifier(16), nullable=False),
        sa.Column("block_reason", Identifier(16), nullable=True),
        sa.Column("checkpoint", Identifier(16), nullable=False),
        sa.Column("progress", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("run_at", UtcDateTime(), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("max_retries", sa.Integer(), nullable=False),
        sa.Column("retries_used", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("crash_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("worker_id", Identifier(191), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("client_ref", Identifier(200), nullable=True),
        sa.Column("request_sha256", Identifier(64), nullable=False),
        sa.Column("remote_draft_id", Identifier(128), nullable=True),
        sa.Column("remote_id", Identifier(128), nullable=True),
        sa.Column("result_url", LongText(), nullable=True),
        sa.Column("content_hash", Identifier(64), nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("site_state", Identifier(16), nullable=True),
        sa.Column("first_claimed_ms", sa.BigInteger(), nullable=True),
        sa.Column("error_class", Identifier(64), nullable=True),
        sa.Column("error_message", LongText(), nullable=True),
        sa.Column("screenshot_path", LongText(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False, index=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("public_id"),
        sa.UniqueConstraint("user_id", "client_ref"),
        sa.UniqueConstraint("platform", "remote_id"),
        sa.UniqueConstraint("batch_id", "batch_row"),
        sa.CheckConstraint(
            "status IN ('waiting', 'running', 'retrying', 'blocked', "
            "'published', 'draft_saved', 'failed', 'cancelled')",
            name="status",
        ),
        sa.CheckConstraint("checkpoint IN ('none', 'drafted', 'submitting', 'published')", name="checkpoint"),
        sa.CheckConstraint("mode IN ('publish', 'draft')", name="mode"),
        sa.CheckConstraint("progress IN (0, 10, 20, 30, 50, 60, 80, 90, 100)", name="progress"),
        sa.CheckConstraint("priority BETWEEN 0 AND 9", name="priority"),
        sa.CheckConstraint("attempt >= 0 AND crash_count >= 0 AND fence >= 0", name="counts"),
        sa.CheckConstraint("retries_used BETWEEN 0 AND max_retries", name="retries"),
        sa.CheckConstraint("(status = 'running') = (worker_id IS NOT NULL)", name="holder"),
        sa.CheckConstraint("(status = 'running') = (lease_until IS NOT NULL)", name="lease"),
        sa.CheckConstraint(
            "status <> 'running' OR (started_at IS NOT NULL AND first_claimed_ms IS NOT NULL)", name="start"
        ),
        sa.CheckConstraint("cancel_requested = 0 OR status = 'running'", name="cancel_requested"),
        sa.CheckConstraint("(status = 'blocked') = (block_reason IS NOT NULL)", name="blocked"),
        sa.CheckConstraint(
            "block_reason IS NULL OR block_reason IN ('needs_login', 'needs_human', 'needs_review')",
            name="block_reason",
        ),
        sa.CheckConstraint(
            "(status IN ('cancelled', 'draft_saved', 'failed', 'published')) = (finished_at IS NOT NULL)",
            name="finished",
        ),
        sa.CheckConstraint("status <> 'retrying' OR run_at IS NOT NULL", name="retrying"),
        sa.CheckConstraint("checkpoint <> 'drafted' OR remote_draft_id IS NOT NULL", name="drafted"),
        sa.CheckConstraint("checkpoint <> 'submitting' OR submitted_at IS NOT NULL", name="submitting"),
        sa.CheckConstraint("(status = 'published') = (checkpoint = 'published')", name="published"),
        sa.CheckConstraint("status <> 'published' OR result_url IS NOT NULL", name="result"),
        sa.CheckConstraint("site_state IS NULL OR site_state IN ('public', 'under_review')", name="site_state"),
        sa.Index(None, "account_id", "status"),
        sa.Index(None, "first_claimed_ms"),
        sa.Index(None, "status", "lease_until"),
        sa.Index(None, "status", "run_at"),
        sa.Index(None, "user_id", "status"),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "task_events",
        sa.Column("id", ID, primary_key=True),
        sa.Column("task_id", ID, sa.ForeignKey("publish_tasks.id"), nullable=False, index=True),
        sa.Column("at", UtcDateTime(), nullable=False, index=True),
        sa.Column("kind", Identifier(32), nullable=False),
        sa.Column("worker_id", Identifier(191), nullable=True),
        sa.Column("detail", Json(), nullable=False),
        **TABLE_OPTIONS,
    )
