"""Tables of people and their platform accounts, of their sign-ins and of what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.store.columns import ID, Identifier, Json, Line, LongText, UtcDateTime
from core.store.model_base import TABLE_OPTIONS, Base, check, one_of
from core.store.records import AccountState, Role


class User(Base):
    """A person who hands in articles."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(Identifier(64))
    password_hash: Mapped[str | None] = mapped_column(Identifier(255))
    """argon2id; NULL: cannot sign in with a password."""
    role: Mapped[str] = mapped_column(Identifier(16))
    is_disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (UniqueConstraint("name"), check("role", one_of("role", Role)), TABLE_OPTIONS)


class Account(Base):
    """An account of a user on a platform. Its cookies are sealed by `core.store.vault`."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(ID, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    platform: Mapped[str] = mapped_column(Identifier(32))
    name: Mapped[str] = mapped_column(Identifier(100))
    state: Mapped[str] = mapped_column(Identifier(16), default=AccountState.UNCHECKED)
    cookies_sealed: Mapped[str | None] = mapped_column(LongText)
    cookies_version: Mapped[int] = mapped_column(default=0)
    """Grows with each change of the cookies: who stores refreshed ones must have read this version."""
    remote_id: Mapped[str | None] = mapped_column(Identifier(128))
    remote_name: Mapped[str | None] = mapped_column(Line(255))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error_message: Mapped[str | None] = mapped_column(LongText)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("user_id", "platform", "name"),
        check("state", one_of("state", AccountState)),
        TABLE_OPTIONS,
    )


class UserSession(Base):
    """A browser that is signed in. Only the hash of its token is kept."""

    __tablename__ = "user_sessions"
    id: Mapped[int] = mapped_column(ID, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(Identifier(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    __table_args__ = (UniqueConstraint("token_sha256"), TABLE_OPTIONS)


class ApiToken(Base):
    """A program that may act for a user. Only the hash of its token is kept."""

    __tablename__ = "api_tokens"
    id: Mapped[int] = mapped_column(ID, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(Line(100))
    token_sha256: Mapped[str] = mapped_column(Identifier(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (UniqueConstraint("token_sha256"), TABLE_OPTIONS)


class AuditEntry(Base):
    """Who did what to what, when; refusals too. Rows are only ever added."""

    __tablename__ = "audit_log"
    id: Mapped[int] = mapped_column(ID, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor_name: Mapped[str] = mapped_column(Line(100))
    actor_user_id: Mapped[int | None] = mapped_column(ID, index=True)
    """No foreign key: the log outlives the user."""
    action: Mapped[str] = mapped_column(Identifier(64))
    kind: Mapped[str] = mapped_column(Identifier(32))
    target: Mapped[str | None] = mapped_column(Identifier(255))
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    __table_args__ = (Index(None, "kind", "target"), TABLE_OPTIONS)
