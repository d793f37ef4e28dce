"""Browsers that are signed in. The token is only in the browser's cookie; here is its hash."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from core.store.clock import later_sql, now_sql
from core.store.database import Database
from core.store.models import User, UserSession
from core.store.records import Actor, Role

TOKEN_BYTES = 32
SEEN_EVERY_SECONDS = 60.0
"""`last_seen_at` is written at most this often: a dashboard asks every two seconds."""


@dataclass(frozen=True, slots=True)
class SessionView:
    """One signed-in browser."""

    id: int
    user_id: int
    user_name: str
    role: Role
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime

    @property
    def actor(self) -> Actor:
        """Who acts through this browser."""
        return Actor(self.user_name, self.role, self.user_id)


_VIEW = select(
    UserSession.id,
    UserSession.user_id,
    User.name,
    User.role,
    UserSession.created_at,
    UserSession.last_seen_at,
    UserSession.expires_at,
).join(User, User.id == UserSession.user_id)


class SessionStore:
    """Sessions end when they are idle for `idle_seconds`, and in any case `max_seconds` after the sign-in."""

    def __init__(self, db: Database, *, idle_seconds: float, max_seconds: float) -> None:
        self._db = db
        self._idle_seconds = idle_seconds
        self._max_seconds = max_seconds

    def open(self, user_id: int) -> str:
        """A new session; its token, 256 random bits, which exists nowhere else."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        values = {
            "user_id": user_id,
            "token_sha256": hash_token(token),
            "created_at": now_sql(),
            "last_seen_at": now_sql(),
            "expires_at": later_sql(self._max_seconds),
        }

        def work(connection: Connection) -> None:
            connection.execute(delete(UserSession).where(UserSession.expires_at <= now_sql()))
            connection.execute(insert(UserSession).values(values))

        self._db.run_write(work)
        return token

    def find(self, token: str) -> SessionView | None:
        """The session of this token, unless it has ended or its user is locked out."""
        return self._find(UserSession.token_sha256 == hash_token(token))

    def get(self, session_id: int) -> SessionView | None:
        """The session of this number, under the same conditions."""
        return self._find(UserSession.id == session_id)

    def get_many(self, session_ids: Collection[int]) -> dict[int, SessionView]:
        """Those of these numbers that live, under the same conditions."""
        return {one.id: one for one in self._alive(UserSession.id.in_(sorted(session_ids)))}

    def _find(self, condition: ColumnElement[bool]) -> SessionView | None:
        found = self._alive(condition)
        return found[0] if found else None

    def _alive(self, condition: ColumnElement[bool]) -> Sequence[SessionView]:
        alive = (
            condition,
            UserSession.expires_at > now_sql(),
            UserSession.last_seen_at > later_sql(-self._idle_seconds),
            User.is_disabled.is_(False),
        )
        with self._db.read() as connection:
            rows = connection.execute(_VIEW.where(*alive)).all()
        return [SessionView(*row[:3], Role(row.role), *row[4:]) for row in rows]

    def seen(self, session_id: int) -> None:
        """The browser is in use: it is not idle. Looks first, as every write takes the lock of the whole SQLite."""
        stale = (UserSession.id == session_id) & (UserSession.last_seen_at <= later_sql(-SEEN_EVERY_SECONDS))
        with self._db.read() as connection:
            if connection.scalar(select(UserSession.id).where(stale)) is None:
                return

        def work(connection: Connection) -> None:
            connection.execute(update(UserSession).where(stale).values(last_seen_at=now_sql()))

        self._db.run_write(work)

    def list(self, user_id: int) -> list[SessionView]:
        """The living sessions of a user, the newest first."""
        alive = (
            UserSession.user_id == user_id,
            UserSession.expires_at > now_sql(),
            UserSession.last_seen_at > later_sql(-self._idle_seconds),
        )
        with self._db.read() as connection:
            rows = connection.execute(_VIEW.where(*alive).order_by(UserSession.id.desc())).all()
        return [SessionView(*row[:3], Role(row.role), *row[4:]) for row in rows]

    def close(self, session_id: int) -> None:
        """Sign one browser out."""
        self._delete(UserSession.id == session_id)

    def close_all(self, user_id: int) -> None:
        """Sign every browser of a user out."""
        self._delete(UserSession.user_id == user_id)

    def _delete(self, condition: ColumnElement[bool]) -> None:
        def work(connection: Connection) -> None:
            connection.execute(delete(UserSession).where(condition))

        self._db.run_write(work)


def hash_token(token: str) -> str:
    """What is kept of a token. It is random and long, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
