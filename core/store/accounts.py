"""Platform accounts and their sealed cookies."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.errors import Conflict, NotFound, ServiceUnavailable
from core.lane import PauseScope
from core.store.clock import now_sql
from core.store.database import Database
from core.store.models import Account, AccountLimit, PauseRow, User
from core.store.records import AccountState, AccountView
from core.store.vault import MARK_LETTERS, Vault

_COLUMNS: list[Any] = [Account.__table__.c[name] for name in AccountView.__slots__ if name != "user_name"]
_VIEW = select(*_COLUMNS, User.name.label("user_name")).join(User, User.id == Account.user_id)
"""Not the sealed cookies, which are long and belong in no view: it is read every few seconds."""


class AccountStore:
    """Accounts. Cookies are opaque bytes here, sealed in the table, never in a view."""

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db = db
        self._vault = vault

    def add(self, user_id: int, platform: str, name: str, cookies: bytes) -> AccountView:
        """A new account. Raises Conflict if this user has one of this name on this platform."""

        def work(connection: Connection) -> int:
            values = {"user_id": user_id, "platform": platform, "name": name, "created_at": now_sql()}
            account_id = int(connection.execute(insert(Account).values(values)).lastrowid)
            sealed = self._vault.seal(account_id, cookies)
            mine = update(Account).where(Account.id == account_id)
            connection.execute(mine.values(cookies_sealed=sealed, cookies_version=1))
            return account_id

        try:
            return self.get(self._db.run_write(work))
        except IntegrityError as error:
            if self.find(user_id, platform, name) is None:
                raise NotFound("user", user_id) from error
            raise Conflict(
                f"Account {name}", f"exists on {platform} already.", "Replace its cookies, or choose another name."
            ) from error

    def get(self, account_id: int) -> AccountView:
        """Raises NotFound."""
        with self._db.read() as connection:
            row = connection.execute(_VIEW.where(Account.id == account_id)).one_or_none()
        if row is None:
            raise NotFound("account", account_id)
        return _view(row)

    def find(self, user_id: int, platform: str, name: str) -> AccountView | None:
        """The account of this name, if there is one."""
        wanted = _VIEW.where(Account.user_id == user_id, Account.platform == platform, Account.name == name)
        with self._db.read() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else _view(row)

    def by_name(self, user_id: int, platform: str, name: str) -> AccountView:
        """Raises NotFound."""
        found = self.find(user_id, platform, name)
        # To MariaDB `main` and `main ` are equal, whatever the collation.
        if found is None or found.name != name:
            raise NotFound("account", name)
        return found

    def load_cookies(self, account_id: int) -> tuple[bytes, int]:
        """The cookies and their version. Raises NotFound, and ServiceUnavailable if no key opens them."""
        wanted = select(Account.cookies_sealed, Account.cookies_version).where(Account.id == account_id)
        with self._db.read() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None or row.cookies_sealed is None:
            raise NotFound("sign-in of account", account_id)
        return self._vault.open(account_id, row.cookies_sealed), row.cookies_version

    def load_all_cookies(self, account_ids: Collection[int]) -> dict[int, bytes]:
        """The cookies of these accounts. Those that no key opens are left out: who publishes is told of them."""
        wanted = select(Account.id, Account.cookies_sealed).where(Account.id.in_(account_ids))
        with self._db.read() as connection:
            rows = connection.execute(wanted.where(Account.cookies_sealed.is_not(None))).all()
        found = {}
        for row in rows:
            with suppress(ServiceUnavailable):
                found[row.id] = self._vault.open(row.id, row.cookies_sealed)
        return found

    def cookie_marks(self, account_ids: Collection[int]) -> dict[int, str]:
        """What tells the stored cookies of these accounts from those stored before, without opening them."""
        wanted = select(Account.id, func.substr(Account.cookies_sealed, 1, MARK_LETTERS).label("mark"))
        wanted = wanted.where(Account.id.in_(account_ids), Account.cookies_sealed.is_not(None))
        with self._db.read() as connection:
            return {row.id: row.mark for row in connection.execute(wanted)}

    def replace_cookies(
        self,
        account_id: int,
        cookies: bytes,
        *,
        expected_version: int | None = None,
        is_same_sign_in: bool = False,
    ) -> int | None:
        """Store new cookies; their version. With `expected_version` only if that is still the stored one, so
        that a worker's refreshed cookies never replace a person's newer sign-in: otherwise None. Without it,
        the account's state is unchecked again. `is_same_sign_in` keeps the version: browsers that hold the
        cookies stored before may go on with them. Raises NotFound."""
        values: dict[str, Any] = {
            "cookies_sealed": self._vault.seal(account_id, cookies),
            "cookies_version": Account.cookies_version + (0 if is_same_sign_in else 1),
        }
        mine = update(Account).where(Account.id == account_id)
        if expected_version is None:
            values |= {"state": AccountState.UNCHECKED, "error_message": None}
        else:
            mine = mine.where(Account.cookies_version == expected_version)

        def work(connection: Connection) -> int | None:
            changed = connection.execute(mine.values(values)).rowcount
            version: int | None = connection.scalar(select(Account.cookies_version).where(Account.id == account_id))
            if version is None:
                raise NotFound("account", account_id)
            return version if changed else None

        return self._db.run_write(work)

    def set_state(
        self,
        account_id: int,
        state: AccountState,
        *,
        remote_id: str | None = None,
        remote_name: str | None = None,
        error_message: str | None = None,
        cookies_version: int | None = None,
    ) -> None:
        """What the site said of it just now. A remote id or name of None leaves the known one. With
        `cookies_version` nothing is changed if these are no longer the cookies it was said of. Raises NotFound."""
        values: dict[str, Any] = {"state": state, "checked_at": now_sql(), "error_message": error_message}
        known = {"remote_id": remote_id, "remote_name": remote_name}
        values |= {name: value for name, value in known.items() if value is not None}
        statement = update(Account).where(Account.id == account_id).values(values)
        if cookies_version is not None:
            statement = statement.where(Account.cookies_version == cookies_version)
        changed = self._db.run_write(lambda connection: connection.execute(statement).rowcount)
        if changed != 1 and cookies_version is None:
            raise NotFound("account", account_id)

    def delete(self, account_id: int) -> None:
        """With its sign-in, its limits and its pauses. Raises NotFound, and Conflict once an article was handed in
        for it: the history of the article needs it."""

        def work(connection: Connection) -> None:
            paused = (PauseRow.scope == PauseScope.ACCOUNT, PauseRow.target_id == account_id)
            connection.execute(delete(PauseRow).where(*paused))
            connection.execute(delete(AccountLimit).where(AccountLimit.account_id == account_id))
            if connection.execute(delete(Account).where(Account.id == account_id)).rowcount != 1:
                raise NotFound("account", account_id)

        account = self.get(account_id)
        try:
            self._db.run_write(work)
        except IntegrityError as error:
            raise Conflict(
                f"Account {account.name}",
                "has articles, whose history needs it.",
                "Pause it, so that nothing of it starts any more.",
            ) from error

    def reseal(self) -> int:
        """Seal all cookies again with the newest key, after which older keys may go; how many. Raises
        ServiceUnavailable at the first that no key opens."""
        resealed = 0
        with self._db.read() as connection:
            ids = connection.scalars(select(Account.id).where(Account.cookies_sealed.is_not(None))).all()
        for account_id in ids:
            resealed += self._db.run_write(partial(self._reseal, account_id))
        return resealed

    def _reseal(self, account_id: int, connection: Connection) -> bool:
        mine = Account.id == account_id
        sealed = connection.scalar(select(Account.cookies_sealed).where(mine).with_for_update())
        if sealed is None:
            return False
        fresh = self._vault.rotate(account_id, sealed)
        return connection.execute(update(Account).where(mine).values(cookies_sealed=fresh)).rowcount == 1

    def list(self, user_id: int | None = None) -> list[AccountView]:
        """All accounts, or those of one user, by rising id."""
        statement = _VIEW.order_by(Account.id)
        if user_id is not None:
            statement = statement.where(Account.user_id == user_id)
        with self._db.read() as connection:
            return [_view(row) for row in connection.execute(statement)]


def _view(row: Row[*tuple[Any, ...]]) -> AccountView:
    return AccountView(**{name: getattr(row, name) for name in AccountView.__slots__})
