"""Programs that may act for a user. The token is shown once when it is made; here is its hash."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, insert, or_, select, update

from core.errors import NotFound
from core.store.clock import later_sql, now_sql
from core.store.database import Database
from core.store.models import ApiToken, User
from core.store.records import Actor, Role
from core.store.sessions import SEEN_EVERY_SECONDS, TOKEN_BYTES, hash_token

PREFIX = "topn_"
"""Lets people and scanners of leaked secrets recognise one."""


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token without its secret."""

    id: int
    user_id: int
    user_name: str
    name: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    expires_at: datetime | None
    """None: good until it is revoked."""
    is_open: bool
    """Neither revoked nor expired."""


_IS_OPEN = and_(ApiToken.revoked_at.is_(None), or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now_sql()))
_VIEW = select(
    ApiToken.id,
    ApiToken.user_id,
    User.name.label("user_name"),
    ApiToken.name,
    ApiToken.created_at,
    ApiToken.last_used_at,
    ApiToken.revoked_at,
    ApiToken.expires_at,
    _IS_OPEN.label("is_open"),
).join(User, User.id == ApiToken.user_id)


class TokenStore:
    """Makes, finds and revokes tokens."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def make(self, user_id: int, name: str, seconds: float | None = None) -> tuple[str, TokenView]:
        """The token, which exists nowhere else, and what is kept of it. It expires after so many seconds, if any."""
        token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        values = {"user_id": user_id, "name": name, "token_sha256": hash_token(token), "created_at": now_sql()}
        if seconds is not None:
            values["expires_at"] = later_sql(seconds)
        token_id = self._db.run_write(
            lambda connection: int(connection.execute(insert(ApiToken).values(values)).lastrowid)
        )
        return token, self.get(token_id)

    def get(self, token_id: int) -> TokenView:
        """Raises NotFound."""
        with self._db.read() as connection:
            row = connection.execute(_VIEW.where(ApiToken.id == token_id)).one_or_none()
        if row is None:
            raise NotFound("token", token_id)
        return TokenView(*row)

    def actor(self, token: str) -> Actor | None:
        """Who acts by this token; None when it is unknown, revoked, expired or its user locked out."""
        is_this = ApiToken.token_sha256 == hash_token(token)
        wanted = select(ApiToken.id, ApiToken.last_used_at, User.id.label("user_id"), User.name, User.role)
        wanted = wanted.join(User, User.id == ApiToken.user_id).where(is_this, _IS_OPEN, User.is_disabled.is_(False))
        with self._db.read() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            return None
        self._used(row.id)
        return Actor(row.name, Role(row.role), row.user_id)

    def _used(self, token_id: int) -> None:
        is_stale = (ApiToken.last_used_at.is_(None)) | (ApiToken.last_used_at <= later_sql(-SEEN_EVERY_SECONDS))
        with self._db.read() as connection:
            if connection.scalar(select(ApiToken.id).where(ApiToken.id == token_id, is_stale)) is None:
                return

        def work(connection: Connection) -> None:
            connection.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now_sql()))

        self._db.run_write(work)

    def list(self, user_id: int | None = None) -> list[TokenView]:
        """One user's tokens or all, the newest first; revoked ones too."""
        statement = _VIEW.order_by(ApiToken.id.desc())
        if user_id is not None:
            statement = statement.where(ApiToken.user_id == user_id)
        with self._db.read() as connection:
            return [TokenView(*row) for row in connection.execute(statement)]

    def revoke_all(self, user_id: int) -> int:
        """All of a user that still open something. How many they were."""

        def work(connection: Connection) -> int:
            are_open = (ApiToken.user_id == user_id, _IS_OPEN)
            return connection.execute(update(ApiToken).where(*are_open).values(revoked_at=now_sql())).rowcount

        return self._db.run_write(work)

    def revoke(self, token_id: int) -> None:
        """It opens nothing any more."""

        def work(connection: Connection) -> None:
            is_open = (ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
            connection.execute(update(ApiToken).where(*is_open).values(revoked_at=now_sql()))

        self._db.run_write(work)
