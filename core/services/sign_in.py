"""Signing in to the dashboard with name and password, and out again."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Collection, Mapping

from core.errors import NotAllowed, NotFound, ServiceUnavailable, SignInRefused
from core.services.access import Access
from core.services.sign_in_brake import BrakeKey, SignInBrake, keys_of
from core.store.audit import AuditLog
from core.store.database import Database
from core.store.records import Actor, Role, UserView
from core.store.sessions import SessionStore, SessionView
from core.store.users import UserStore

FIRST_ADMIN = "admin"
FIRST_PASSWORD_BYTES = 12
SHOWN_NAME = 64
"""Characters of what somebody called itself that stand on record."""
NAMELESS = "?"
"""Who gave no name. The log demands one."""


class SignIn:
    """Every sign-in and every refusal is on record; passwords and tokens never are."""

    def __init__(self, db: Database, *, sessions: SessionStore, brake: SignInBrake) -> None:
        self._users = UserStore(db)
        self._sessions = sessions
        self._brake = brake
        self._access = Access(self._users, AuditLog(db))

    def make_first_admin(self) -> tuple[str, str] | None:
        """Name and password of a new administrator, to be shown once; None when one can sign in. It is called
        `admin`, or `admin2` and so on where others have that name."""
        users = self._users.list()
        if any(user.role is Role.ADMIN and not user.is_disabled for user in users):
            return None
        taken = {user.name.casefold() for user in users}
        names = itertools.chain([FIRST_ADMIN], (f"{FIRST_ADMIN}{number}" for number in itertools.count(2)))
        password = secrets.token_urlsafe(FIRST_PASSWORD_BYTES)
        user = self._users.add(next(name for name in names if name not in taken), password, Role.ADMIN)
        self._access.record(Actor.system(), "user.add", "user", user.name, role=user.role)
        return user.name, password

    def sign_in(self, name: str, password: str, *, address: str) -> str:
        """The token of a new session. Raises SignInRefused, which says neither whether the name exists nor how
        near the password was, but how long to wait."""
        name = name.strip()
        keys = keys_of(name, address)
        user = self._verify(name, password, keys)
        if user is None:
            called = name[:SHOWN_NAME] or NAMELESS
            stranger = Actor(called, Role.OPERATOR)
            self._access.record(stranger, "session.open", "user", called, denied=True, address=address)
            raise SignInRefused(self._brake.seconds_left(*keys))
        token = self._sessions.open(user.id)
        self._access.record(Actor(user.name, user.role, user.id), "session.open", "user", user.name, address=address)
        return token

    def _verify(self, name: str, password: str, keys: tuple[BrakeKey, ...]) -> UserView | None:
        wait_seconds = self._brake.reserve(*keys)
        if wait_seconds > 0:
            raise SignInRefused(wait_seconds)
        try:
            user = self._users.verify(name, password)
        except ServiceUnavailable:
            self._brake.undo(*keys)
            raise
        if user is not None:
            self._brake.right(*keys)
        return user

    def visitor(self, token: str) -> SessionView | None:
        """Whose browser has this token. Marks the session as used."""
        found = self._sessions.find(token)
        if found is not None:
            self._sessions.seen(found.id)
        return found

    def session(self, session_id: int) -> SessionView | None:
        """The session, if it still lives."""
        return self._sessions.get(session_id)

    def living(self, session_ids: Collection[int]) -> Mapping[int, SessionView]:
        """Those of these sessions that still live, at the price of one."""
        return self._sessions.get_many(session_ids)

    def seen(self, session_id: int) -> None:
        """Somebody works in this browser, if only over its websocket."""
        self._sessions.seen(session_id)

    def sessions(self, *, actor: Actor) -> list[SessionView]:
        """Where the actor is signed in."""
        return [] if actor.user_id is None else self._sessions.list(actor.user_id)

    def sign_out(self, session_id: int, *, actor: Actor) -> None:
        """End one session of the actor. Raises NotFound."""
        found = self._sessions.get(session_id)
        if found is None:
            raise NotFound("session", session_id)
        self._access.require_own(actor, found.user_id, "session.close", "session", session_id)
        self._sessions.close(session_id)
        self._access.record(actor, "session.close", "user", found.user_name)

    def sign_out_everywhere(self, user_id: int, *, actor: Actor) -> None:
        """End all sessions of a user. Raises NotFound for another user, unless the actor is an administrator."""
        user = self._users.get(user_id)
        self._access.require_own(actor, user_id, "session.close_all", "user", user_id)
        self._sessions.close_all(user_id)
        self._access.record(actor, "session.close_all", "user", user.name)

    def change_password(self, old: str, new: str, *, actor: Actor, keep_session: int) -> None:
        """A new password for the actor, who must know the old one; its other browsers are signed out.

        Raises SignInRefused for a wrong old one, InvalidInput for a bad new one.
        """
        if actor.user_id is None:
            raise NotAllowed(actor.name, "change a password")
        # Not counted with the sign-ins: wrong guesses of strangers are no reason to keep this person waiting.
        key = BrakeKey(f"own {actor.user_id}")
        if self._verify(actor.name, old, (key,)) is None:
            self._access.record(actor, "user.set_password", "user", actor.name, denied=True)
            raise SignInRefused(self._brake.seconds_left(key))
        self._users.set_password(actor.user_id, new, keep_session=keep_session)
        self._access.record(actor, "user.set_password", "user", actor.name)
