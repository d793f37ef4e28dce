"""The people who hand in articles."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.errors import Conflict, Fault, InvalidInput, NotFound
from core.store.clock import now_sql
from core.store.database import Database
from core.store.models import User, UserSession
from core.store.passwords import hash_password, is_right, needs_rehash
from core.store.records import Actor, Role, UserView

LONGEST_NAME = 64
RESERVED_NAMES = frozenset(actor.name for actor in (Actor.system(), Actor.command_line()))


class UserStore:
    """Users and their passwords."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, name: str, password: str | None = None, role: Role = Role.OPERATOR) -> UserView:
        """A new user; without a password it cannot sign in. Raises Conflict if the name is taken, InvalidInput
        for a bad password, and for a name that is empty, too long, one of TOP_N's own, or has white space around it."""
        if name != name.strip() or not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
            raise InvalidInput([Fault("name", f"{name!r} is no user name.", f"Use 1 to {LONGEST_NAME} letters.")])
        if name.casefold() in RESERVED_NAMES:
            raise InvalidInput([Fault("name", f"{name} is what TOP_N calls itself in its records.", "Choose another.")])
        values = {
            "name": name,
            "role": role,
            "password_hash": None if password is None else hash_password(password),
            "created_at": now_sql(),
        }
        try:
            return self.get(
                self._db.run_write(lambda connection: int(connection.execute(insert(User).values(values)).lastrowid))
            )
        except IntegrityError as error:
            raise Conflict(f"User {name}", "exists already.", "Choose another name.") from error

    def get(self, user_id: int) -> UserView:
        """Raises NotFound."""
        with self._db.read() as connection:
            found = connection.execute(select(User.__table__).where(User.id == user_id)).one_or_none()
        return _view(_found(found, user_id))

    def by_name(self, name: str) -> UserView:
        """Raises NotFound."""
        with self._db.read() as connection:
            return _view(_found(_named(connection, name), name))

    def verify(self, name: str, password: str) -> UserView | None:
        """The user, if name and password are right and the user is not disabled. Takes as long for a name that
        does not exist."""
        with self._db.read() as connection:
            row = _named(connection, name)
        stored = None if row is None else row.password_hash
        if not is_right(password, stored) or row is None or row.is_disabled:
            return None
        if needs_rehash(row.password_hash):
            with suppress(InvalidInput):  # a password of earlier days may be shorter than is allowed now
                self.set_password(row.id, password)
        return _view(row)

    def set_password(self, user_id: int, password: str | None, *, keep_session: int | None = None) -> None:
        """Change it; None: the user cannot sign in with one. Every browser that is signed in with the old one is
        signed out in the same moment, except the session `keep_session`. Raises NotFound, InvalidInput."""
        password_hash = None if password is None else hash_password(password)
        others = (UserSession.user_id == user_id) & (UserSession.id != (keep_session or 0))

        def work(connection: Connection) -> None:
            _change_in(connection, user_id, password_hash=password_hash)
            connection.execute(delete(UserSession).where(others))

        self._db.run_write(work)

    def set_disabled(self, user_id: int, is_disabled: bool = True) -> None:
        """Lock a user out, or let it in again. Raises NotFound."""
        self._change(user_id, is_disabled=is_disabled)

    def set_role(self, user_id: int, role: Role) -> None:
        """Raises NotFound."""
        self._change(user_id, role=role)

    def _change(self, user_id: int, **values: Any) -> None:
        self._db.run_write(lambda connection: _change_in(connection, user_id, **values))

    def list(self) -> list[UserView]:
        """All users, by name."""
        with self._db.read() as connection:
            return [_view(row) for row in connection.execute(select(User.__table__).order_by(User.name))]


def _named(connection: Connection, name: str) -> Row[Any] | None:
    """The user of exactly this name: to MariaDB `li` and `li ` are equal, whatever the collation."""
    row = connection.execute(select(User.__table__).where(User.name == name)).one_or_none()
    return row if row is not None and row.name == name else None


def _found(row: Row[Any] | None, name: object) -> Row[Any]:
    if row is None:
        raise NotFound("user", name)
    return row


def _change_in(connection: Connection, user_id: int, **values: Any) -> None:
    if connection.execute(update(User).where(User.id == user_id).values(values)).rowcount != 1:
        raise NotFound("user", user_id)


def _view(row: Row[Any]) -> UserView:
    return UserView(row.id, row.name, Role(row.role), row.is_disabled, row.created_at)
