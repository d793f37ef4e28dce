"""Tokens of programs: made, listed and revoked by their owner or an administrator."""

from __future__ import annotations

from core.errors import Fault, InvalidInput
from core.services.access import Access
from core.store.api_tokens import TokenStore, TokenView
from core.store.audit import AuditLog
from core.store.database import Database
from core.store.records import Actor
from core.store.users import UserStore

LONGEST_NAME = 100
SECONDS_A_DAY = 86_400


class TokenManager:
    """Every change is on record; tokens never are."""

    def __init__(self, db: Database) -> None:
        self._tokens = TokenStore(db)
        self._users = UserStore(db)
        self._access = Access(self._users, AuditLog(db))

    def make(
        self, name: str, *, actor: Actor, user_id: int | None = None, days: int | None = None
    ) -> tuple[str, TokenView]:
        """A new token, good for so many days; None: until it is revoked. Show it now, it cannot be read again. Raises
        InvalidInput, NotAllowed for another user."""
        owner = self._access.owner(actor, user_id, "token.make", "user", doing="make tokens")
        name = name.strip()
        if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
            raise InvalidInput([Fault("name", "is empty or too long.", "Say in a few words what the token is for.")])
        token, view = self._tokens.make(owner.id, name, None if days is None else days * SECONDS_A_DAY)
        until = {} if view.expires_at is None else {"until": view.expires_at.isoformat()}
        self._access.record(actor, "token.make", "token", view.id, name=name, user=owner.name, **until)
        return token, view

    def list(self, *, actor: Actor) -> list[TokenView]:
        """The actor's own; an administrator's all."""
        return self._tokens.list(None if actor.is_admin else actor.user_id or 0)

    def revoke(self, token_id: int, *, actor: Actor) -> None:
        """Raises NotFound."""
        token = self._tokens.get(token_id)
        self._access.require_own(actor, token.user_id, "token.revoke", "token", token_id)
        self._tokens.revoke(token_id)
        self._access.record(actor, "token.revoke", "token", token_id, name=token.name, user=token.user_name)

    def revoke_all(self, user_id: int, *, actor: Actor) -> int:
        """Every token of a user: a new password or a sign-out ends none, programs go on with theirs. How many were
        revoked. Raises NotFound for another user, unless the actor is an administrator."""
        user = self._users.get(user_id)
        self._access.require_own(actor, user_id, "token.revoke_all", "user", user_id)
        number = self._tokens.revoke_all(user_id)
        self._access.record(actor, "token.revoke_all", "user", user.name, revoked=number)
        return number

    def actor(self, token: str) -> Actor | None:
        """Who acts by this token; None when it opens nothing."""
        return self._tokens.actor(token)
