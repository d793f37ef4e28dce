"""Makes ready what an attempt publishes: the rendered article, its cover and the account's cookies; and stores
the cookies that the site has refreshed."""

from __future__ import annotations

from dataclasses import dataclass

from core.cookie import Cookie, cookies_from_json, cookies_to_json
from core.errors import BrowserLost, NeedsLogin, Rejected, ServiceUnavailable
from core.publishing.content import render
from core.publishing.publisher import Article, Browser, Picture
from core.store.accounts import AccountStore
from core.store.records import AccountState, HeldTask
from core.store.task_queries import TaskQueries
from core.telemetry import get_logger

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReadyArticle:
    """What is published, and as whom. `cookies_version` tells which cookies these are."""

    article: Article
    cookies: tuple[Cookie, ...]
    cookies_version: int


class ArticleSource:
    """One per process, for all publishing threads."""

    def __init__(self, accounts: AccountStore, queries: TaskQueries) -> None:
        self._accounts = accounts
        self._queries = queries

    def prepare(self, held: HeldTask) -> ReadyArticle:
        """Raises NeedsLogin, without asking the site, when the account is known to be signed out: a hundred
        waiting articles are no reason to knock a hundred times. Rejected: the article cannot be rendered."""
        account = self._accounts.get(held.account_id)
        if account.state == AccountState.NEEDS_LOGIN:
            raise NeedsLogin(account.error_message or "The account is signed out.")
        data, version = self._accounts.load_cookies(held.account_id)
        return ReadyArticle(self._render(held), cookies_from_json(data), version)

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

    def changed_cookies(self, browser: Browser, ready: ReadyArticle) -> bytes | None:
        """The account's cookies as the browser has them now, None when they are the ones it was given: equal
        ones are not stored, for every change makes the warm contexts of other workers start anew."""
        try:
            now = {cookie.name: cookie for cookie in browser.cookies()}
        except BrowserLost as error:
            logger.info("cookies not read", reason=error.reason)
            return None
        kept = tuple(now.get(cookie.name, cookie) for cookie in ready.cookies)
        if [cookie.value for cookie in kept] == [cookie.value for cookie in ready.cookies]:
            return None
        return cookies_to_json(now.values())

    def keep_cookies(self, held: HeldTask, data: bytes, version: int) -> None:
        """Store refreshed cookies, unless somebody else has stored newer ones since `version`."""
        try:
            stored = self._accounts.replace_cookies(held.account_id, data, expected_version=version)
        except ServiceUnavailable as error:
            logger.info("refreshed cookies not stored", reason=error.reason)
        else:
            logger.info("refreshed cookies stored", version=stored)
