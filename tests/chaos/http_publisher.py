"""Publishes to the practice site by the requests that its pages send, with the cookies of the leased browser.

For tests of a hundred articles in which the line and the database matter: sessions, drafts, posts and their
counters are the site's own, only the typing in a page is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import requests

from core.errors import NeedsLogin, RetryLater
from core.publishing.content import content_hash
from core.publishing.publisher import (
    AccountIdentity,
    Article,
    Browser,
    DraftProgress,
    FindOutcome,
    Published,
    SavedDraft,
    StillDraft,
    SubmitOutcome,
    SubmittedDraft,
    Unknown,
)
from tests.practice_site.client import PracticeAccount
from tests.practice_site.http_visitor import HttpVisitor


class HttpPublisher:
    """Implements `Publisher`."""

    platform = "zhihu"
    one_article_per_draft = True

    def __init__(self, url: str) -> None:
        self._url = url

    @contextmanager
    def _visitor(self, browser: Browser) -> Iterator[HttpVisitor]:
        cookies = [{"name": one.name, "value": one.value, "domain": one.domain} for one in browser.cookies()]
        with HttpVisitor(self._url, PracticeAccount("", "", cookies)) as visitor:
            try:
                yield visitor
            except requests.RequestException as error:
                raise RetryLater(str(error)) from error

    def check_account(self, browser: Browser) -> AccountIdentity:
        """Who is signed in."""
        with self._visitor(browser) as visitor:
            answer = visitor.get("/api/v4/me")
        if answer.status_code != requests.codes.ok:
            raise NeedsLogin("signed out")
        return AccountIdentity(str(answer.json()["id"]), str(answer.json()["name"]))

    def write_draft(
        self, browser: Browser, article: Article, draft_id: str | None, progress: DraftProgress
    ) -> SavedDraft:
        """Two autosaves, as the page makes them."""
        with self._visitor(browser) as visitor:
            if draft_id is None:
                draft_id = visitor.create_draft(article.title, "")
                progress.draft_created(draft_id)
            visitor.save(draft_id, title=article.title, content=article.html)
            progress.content_written()
        return SavedDraft(draft_id, article.title, article.text_length, content_hash(article.title, article.html))

    def submit(self, browser: Browser, draft: SavedDraft) -> SubmitOutcome:
        """One publish request, unless the site has the article already."""
        found = self._find(browser, draft.draft_id)
        if isinstance(found, Published):
            return found
        try:
            with self._visitor(browser) as visitor:
                answer = visitor.publish(draft.draft_id)
        except RetryLater as error:
            return Unknown(error.reason, self._article_url(draft.draft_id))
        if answer.status_code == requests.codes.ok and answer.json()["code"] == 0:
            return Published(draft.draft_id, self._article_url(draft.draft_id))
        return Unknown(answer.text, self._article_url(draft.draft_id))

    def find_published(self, browser: Browser, draft: SubmittedDraft) -> FindOutcome:
        """What the site's record of the draft says."""
        return self._find(browser, draft.draft_id)

    def draft_url(self, draft_id: str) -> str:
        """Where a person can open the draft."""
        return f"{self._article_url(draft_id)}/edit"

    def _find(self, browser: Browser, draft_id: str) -> FindOutcome:
        with self._visitor(browser) as visitor:
            answer = visitor.get(f"/api/articles/{draft_id}/draft")
        if answer.status_code != requests.codes.ok:
            return Unknown(f"status {answer.status_code}", self._article_url(draft_id))
        if answer.json()["state"] == "published":
            return Published(draft_id, self._article_url(draft_id))
        return StillDraft()

    def _article_url(self, draft_id: str) -> str:
        return f"{self._url}/p/{draft_id}"
