"""Tables of what holds articles back, limits and pauses, and of who does the maintenance."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.lane import PauseScope
from core.store.columns import ID, Identifier, Line, UtcDateTime
from core.store.model_base import TABLE_OPTIONS, Base, check, one_of


class UserLimit(Base):
    """What differs from the defaults for one user; NULL: the default."""

    __tablename__ = "user_limits"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    max_running: Mapped[int | None]
    max_starts: Mapped[int | None]
    weight: Mapped[float | None]
    starts_reset_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    """Redis' time in Unix milliseconds: starts up to here no longer count."""
    __table_args__ = (
        check("max_running", "max_running IS NULL OR max_running >= 0"),
        check("max_starts", "max_starts IS NULL OR max_starts >= 0"),
        check("weight", "weight IS NULL OR weight > 0"),
        TABLE_OPTIONS,
    )


class AccountLimit(Base):
    """What differs from the defaults for one account; NULL: the default."""

    __tablename__ = "account_limits"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    max_running: Mapped[int | None]
    gap_seconds: Mapped[float | None]
    __table_args__ = (
        check("max_running", "max_running IS NULL OR max_running >= 0"),
        check("gap_seconds", "gap_seconds IS NULL OR gap_seconds >= 0"),
        TABLE_OPTIONS,
    )


class PauseRow(Base):
    """One reason to hold something back. Several may hold back the same thing: the longest counts."""

    __tablename__ = "pauses"
    id: Mapped[int] = mapped_column(ID, primary_key=True)
    scope: Mapped[str] = mapped_column(Identifier(16))
    platform: Mapped[str | None] = mapped_column(Identifier(32))
    target_id: Mapped[int | None] = mapped_column(ID)
    """The user, account or batch."""
    by_name: Mapped[str] = mapped_column(Line(100))
    reason: Mapped[str | None] = mapped_column(Line(500))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """NULL: until somebody lifts it."""
    __table_args__ = (
        check("scope", one_of("scope", PauseScope)),
        check("platform", "(scope = 'platform') = (platform IS NOT NULL)"),
        check("target", "(scope IN ('user', 'account', 'batch')) = (target_id IS NOT NULL)"),
        Index(None, "scope", "target_id"),
        TABLE_OPTIONS,
    )


class LeaderLock(Base):
    """Who does the maintenance, until when, on the database's clock."""

    __tablename__ = "leader_locks"
    name: Mapped[str] = mapped_column(Identifier(32), primary_key=True)
    holder: Mapped[str] = mapped_column(Identifier(191))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (TABLE_OPTIONS,)
