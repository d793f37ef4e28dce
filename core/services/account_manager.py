"""Platform accounts: add, sign in anew, check, list. Cookies come in here and never go out again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.cookie import Cookie, cookies_from_json, cookies_to_json
from core.errors import Conflict, Fault, InvalidInput, NeedsHuman, NeedsLogin, SignedInAsAnother
from core.publishing.cookie_import import accept_cookies, default_domain, ends_at, parse_cookies
from core.services.access import Access
from core.services.line import Line, QueueSource
from core.services.sign_in_ends import SignInEnds
from core.services.submission_check import PLATFORMS
from core.store.accounts import AccountStore
from core.store.audit import AuditLog
from core.store.database import Database
from core.store.records import AccountState, AccountView, Actor, UserView
from core.store.task_queries import TaskQueries
from core.store.task_store import TaskStore
from core.store.users import UserStore

if TYPE_CHECKING:
    from core.browser.webdriver_pool import WebDriverPool
    from core.publishing.publisher import AccountIdentity, Publisher

LONGEST_NAME = 100
PROBE_VERSION = -1
"""What a browser context is told while it holds cookies that are not stored yet: no stored version equals it."""


@dataclass(frozen=True, slots=True)
class SignInReceipt:
    """What became of new cookies."""

    account: AccountView
    resumed: int
    """Articles that waited for this sign-in and go on now."""


class AccountManager:
    """Browsers and publishers are only made when a check asks for one."""

    def __init__(
        self,
        db: Database,
        *,
        accounts: AccountStore,
        store: TaskStore,
        queue: QueueSource,
        cookie_hosts: tuple[str, ...],
        pool: Callable[[], WebDriverPool],
        publishers: Callable[[], Mapping[str, Publisher]],
        lease_wait_seconds: float = 60,
    ) -> None:
        """`cookie_hosts`: the only hosts cookies are taken for, see `cookie_import.allowed_hosts`."""
        self._accounts = accounts
        self._store = store
        self._line = Line(queue, TaskQueries(db))
        self._users = UserStore(db)
        self._access = Access(self._users, AuditLog(db))
        self._cookie_hosts = cookie_hosts
        self._ends = SignInEnds(accounts)
        self._pool = pool
        self._publishers = publishers
        self._lease_wait_seconds = lease_wait_seconds

    def add(
        self, name: str, cookies_text: str, *, actor: Actor, platform: str = "zhihu", user_id: int | None = None
    ) -> AccountView:
        """A new account from exported cookies, in any of the four formats.

        Raises InvalidInput (unknown platform, bad name, cookies that prove no sign-in), Conflict for a name
        that is taken.
        """
        owner = self._access.owner(actor, user_id, "account.add", "user", doing="add accounts")
        _refuse(_name_faults(name) + _platform_faults(platform))
        cookies = self._read_cookies(cookies_text)
        account = self._accounts.add(owner.id, platform, name, cookies_to_json(cookies))
        self._access.record(actor, "account.add", "account", account.id, name=name, user=owner.name)
        return account

    def find(self, name: str, *, actor: Actor, platform: str = "zhihu", user_id: int | None = None) -> AccountView:
        """The account of this name. Raises NotFound."""
        owner = self._access.owner(
            actor, user_id, "account.read", "user", doing="look at accounts", may_be_disabled=True
        )
        return self._accounts.by_name(owner.id, platform, name)

    def get(self, account_id: int, *, actor: Actor) -> AccountView:
        """One account. Raises NotFound."""
        return self._own(account_id, actor, "account.read")

    def list(self, *, actor: Actor, user_id: int | None = None) -> list[AccountView]:
        """An operator's own accounts; an administrator's choice of one user's or all."""
        if actor.is_admin:
            return self._accounts.list(user_id)
        owner: UserView = self._access.owner(actor, user_id, "account.list", "user", doing="list accounts")
        return self._accounts.list(owner.id)

    def check(self, account_id: int, *, actor: Actor) -> AccountView:
        """Ask the site, in a browser, who is signed in, and keep the answer. If that is in order, articles that
        waited for it go on.

        Raises NeedsLogin or NeedsHuman, which are kept as the account's state; RetryLater, PoolTimeout and
        ServiceUnavailable say nothing of the account.
        """
        account = self._own(account_id, actor, "account.check")
        data, version = self._accounts.load_cookies(account.id)
        try:
            identity = self._ask_site(account, cookies_from_json(data), version)
            if account.is_known_as_another(identity.remote_id):
                raise SignedInAsAnother(account.remote_name or account.name, identity.name)
        except (NeedsLogin, NeedsHuman) as error:
            state = AccountState.NEEDS_LOGIN if isinstance(error, NeedsLogin) else AccountState.NEEDS_HUMAN
            self._accounts.set_state(account.id, state, error_message=error.reason, cookies_version=version)
            self._access.record(actor, "account.check", "account", account.id, state=state)
            raise
        self._keep(account, identity, version)
        self._resume(account, actor)
        self._access.record(actor, "account.check", "account", account.id, state=AccountState.SIGNED_IN)
        return self._accounts.get(account.id)

    def replace_cookies(self, account_id: int, cookies_text: str, *, actor: Actor, probe: bool = True) -> SignInReceipt:
        """A fresh sign-in. With `probe` the site is asked first, so that cookies that do not work, or belong to
        somebody else, never replace ones that do. Articles that waited for it go on.

        Raises InvalidInput, Conflict for another person's cookies, NeedsLogin or NeedsHuman if they do not work.
        """
        account = self._own(account_id, actor, "account.sign_in")
        cookies = self._read_cookies(cookies_text)
        identity = self._ask_site(account, cookies, PROBE_VERSION) if probe else None
        if identity is not None:
            _refuse_stranger(account, identity)
        version = self._accounts.replace_cookies(account.id, cookies_to_json(cookies))
        if identity is not None:
            self._keep(account, identity, version)
        resumed = self._resume(account, actor)
        self._access.record(actor, "account.sign_in", "account", account.id, probed=probe, resumed=resumed)
        return SignInReceipt(self._accounts.get(account.id), resumed)

    def ends(self, accounts: Sequence[AccountView], *, actor: Actor) -> dict[int, datetime]:
        """When the sign-ins of these accounts end, if nothing renews them, where their cookies tell it."""
        own = [account.id for account in accounts if self._access.may_see(actor, account.user_id)]
        return self._ends.of(own)

    def look_at_cookies(self, account_id: int, cookies_text: str, *, actor: Actor) -> datetime | None:
        """Before `replace_cookies`: when this sign-in would end, if it tells. Nothing is stored, no site is asked.
        Raises InvalidInput, NotFound."""
        self._own(account_id, actor, "account.sign_in")
        return ends_at(self._read_cookies(cookies_text))

    def reseal(self, *, actor: Actor) -> int:
        """Encrypt all cookies again with the newest of the keys, after which the older ones may go; of how many
        accounts. Raises NotAllowed; ServiceUnavailable at the first that no key opens."""
        self._access.require_admin(actor, "account.reseal", "account", None, doing="encrypt all cookies again")
        count = self._accounts.reseal()
        self._access.record(actor, "account.reseal", "account", None, accounts=count)
        return count

    def delete(self, account_id: int, *, actor: Actor) -> None:
        """Remove an account that no article was ever handed in for. Raises NotFound, Conflict."""
        account = self._own(account_id, actor, "account.delete")
        self._accounts.delete(account.id)
        self._access.record(actor, "account.delete", "account", account.id, name=account.name, user=account.user_name)

    def _own(self, account_id: int, actor: Actor, action: str) -> AccountView:
        account = self._accounts.get(account_id)
        self._access.require_own(actor, account.user_id, action, "account", account_id)
        return account

    def _read_cookies(self, text: str) -> tuple[Cookie, ...]:
        hosts = self._cookie_hosts
        return accept_cookies(parse_cookies(text, default_domain=default_domain(hosts)), hosts)

    def _ask_site(self, account: AccountView, cookies: tuple[Cookie, ...], version: int) -> AccountIdentity:
        publisher = self._publishers()[account.platform]
        pool = self._pool()
        with pool.lease(account.id, timeout=self._lease_wait_seconds, cookies_version=version) as browser:
            if not browser.is_warm:
                browser.set_cookies(cookies)
            if version == PROBE_VERSION:
                browser.forget_context()
            return publisher.check_account(browser)

    def _keep(self, account: AccountView, identity: AccountIdentity, version: int | None) -> None:
        self._accounts.set_state(
            account.id,
            AccountState.SIGNED_IN,
            remote_id=identity.remote_id,
            remote_name=identity.name,
            cookies_version=version,
        )

    def _resume(self, account: AccountView, actor: Actor) -> int:
        entries = self._store.resume_account(account.id, by=actor.name)
        self._line.push(entries)
        return len(entries)


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise InvalidInput(faults)


def _name_faults(name: str) -> list[Fault]:
    if 1 <= len(name) <= LONGEST_NAME and name == name.strip() and name.isprintable():
        return []
    return [Fault("name", f"{name!r} is no account name.", f"Use 1 to {LONGEST_NAME} letters.")]


def _platform_faults(platform: str) -> list[Fault]:
    if platform in PLATFORMS:
        return []
    return [Fault("platform", f"“{platform}” is not known.", f"Write one of: {', '.join(PLATFORMS)}.")]


def _refuse_stranger(account: AccountView, identity: AccountIdentity) -> None:
    """Articles in this account's name must not go to somebody else's page."""
    if account.is_known_as_another(identity.remote_id):
        raise Conflict(
            f"Account {account.name}",
            f"belongs to {account.remote_name or account.remote_id}, and these cookies to {identity.name}.",
            "Export the right ones, or add them as another account.",
        )
