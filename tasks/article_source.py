"""Makes ready what an attempt publishes: the rendered article, its cover and the account's cookies; and stores
the cookies that the site has refreshed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.cookie import Cookie, cookies_from_json, cookies_to_json
from core.errors import BrowserLost, NeedsHuman, NeedsLogin, NotFound, Rejected, ServiceUnavailable, SignedInAsAnother
from core.publishing.content import render
from core.publishing.publisher import AccountIdentity, Article, Browser, Picture
from core.publishing.registry import SIGN_IN_COOKIES
from core.store.accounts import AccountStore
from core.store.records import AccountState, AccountView, HeldTask
from core.store.task_queries import TaskQueries
from core.telemetry import get_logger

DAY_SECONDS = 86_400
VAULT = "vault"
"""As `ServiceUnavailable` names it."""

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReadyArticle:
    """What is published, and as whom. `cookies_version` tells which cookies these are."""

    article: Article
    cookies: tuple[Cookie, ...]
    cookies_version: int
    account: AccountView


@dataclass(frozen=True, slots=True)
class FreshCookies:
    """Cookies that the site has changed in a browser. `read_version` tells from which stored ones they came;
    `is_same_sign_in`: browsers that hold those may go on with them."""

    data: bytes
    read_version: int
    is_same_sign_in: bool


class ArticleSource:
    """One per process, for all publishing threads."""

    def __init__(self, accounts: AccountStore, queries: TaskQueries) -> None:
        self._accounts = accounts
        self._queries = queries

    def account(self, held: HeldTask) -> AccountView:
        """How the account stands now, and with which sign-in."""
        return self._accounts.get(held.account_id)

    def prepare(self, held: HeldTask, account: AccountView) -> ReadyArticle:
        """Raises NeedsLogin or NeedsHuman, without asking the site, when the account is known to need that: a
        hundred waiting articles are no reason to knock a hundred times. Rejected: the article cannot be rendered."""
        if account.state == AccountState.NEEDS_LOGIN:
            raise NeedsLogin(account.error_message or "The account is signed out.")
        if account.state == AccountState.NEEDS_HUMAN:
            raise NeedsHuman(account.error_message or "The site asks for a human check.")
        data, version = self._load_cookies(held.account_id)
        return ReadyArticle(self._render(held), cookies_from_json(data), version, account)

    def _load_cookies(self, account_id: int) -> tuple[bytes, int]:
        """A sign-in that no key opens is a matter for a person, not for another try."""
        try:
            return self._accounts.load_cookies(account_id)
        except NotFound as error:
            raise NeedsLogin(str(error)) from error
        except ServiceUnavailable as error:
            if error.service != VAULT:
                raise
            raise NeedsLogin(str(error)) from error

    def _render(self, held: HeldTask) -> Article:
        stored = held.article
        rendered = render(stored.content, stored.content_format)
        if rendered.faults:
            # It was checked when it was handed in; a newer version may have become stricter since.
            raise Rejected("; ".join(str(fault) for fault in rendered.faults))
        return Article(
            title=stored.title,
            html=rendered.html,
            text_length=rendered.text_length,
            column=stored.column,
            topics=stored.topics,
            cover=self._cover(stored.cover_sha256),
        )

    def _cover(self, sha256: str | None) -> Picture | None:
        if sha256 is None:
            return None
        picture = self._queries.picture(sha256)
        return Picture(picture.sha256, picture.media_type, picture.data)

    def fresh_cookies(self, browser: Browser, ready: ReadyArticle, platform: str) -> FreshCookies | None:
        """The account's cookies as the browser has them now; None when they are those it was given."""
        try:
            now = browser.cookies()
        except BrowserLost as error:
            logger.info("cookies not read", reason=error.reason)
            return None
        if _worth(now) == _worth(ready.cookies):
            return None
        names = SIGN_IN_COOKIES.get(platform, ())
        is_same = {c.value for c in now if c.name in names} == {c.value for c in ready.cookies if c.name in names}
        return FreshCookies(cookies_to_json(now), ready.cookies_version, is_same)

    def keep_cookies(self, held: HeldTask, fresh: FreshCookies) -> None:
        """Store refreshed cookies, unless a person has stored a newer sign-in meanwhile."""
        try:
            stored = self._accounts.replace_cookies(
                held.account_id,
                fresh.data,
                expected_version=fresh.read_version,
                is_same_sign_in=fresh.is_same_sign_in,
            )
        except ServiceUnavailable as error:
            logger.info("refreshed cookies not stored", reason=error.reason)
        else:
            logger.debug("refreshed cookies", is_stored=stored is not None)

    def note_signed_in(self, held: HeldTask, identity: AccountIdentity, ready: ReadyArticle) -> None:
        """The site knows the account: say so where people look at it, unless it is said already. Raises
        SignedInAsAnother when it is another person's."""
        account = ready.account
        if account.is_known_as_another(identity.remote_id):
            raise SignedInAsAnother(account.remote_name or account.name, identity.name)
        if account.state == AccountState.SIGNED_IN:
            return
        self._accounts.set_state(
            held.account_id,
            AccountState.SIGNED_IN,
            remote_id=identity.remote_id,
            remote_name=identity.name,
            cookies_version=ready.cookies_version,
        )


def _worth(cookies: Iterable[Cookie]) -> set[tuple[object, ...]]:
    """What makes storing worth while: another value, or an end that moved by a day."""
    return {(c.name, c.domain, c.path, c.value, (c.expires or 0) // DAY_SECONDS) for c in cookies}
