"""What a test of a publisher sits at: an account of the practice site, a leased browser, a publisher."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from core.browser.browser_lease import BrowserLease
from core.browser.webdriver_pool import WebDriverPool
from core.publishing.content import render
from core.publishing.cookie_import import parse_cookies
from core.publishing.publisher import Article, SavedDraft, SubmittedDraft
from core.publishing.zhihu import ZhihuPublisher
from tests.practice_site.client import PracticeAccount, PracticeClient, cookies_json

SCRIPT_SECONDS = 8.0
_owners = itertools.count(1)


def article(title: str = "一篇文章", markdown: str = "第一段。\n\n第二段，**粗体**。") -> Article:
    """An article as the worker hands it to a publisher."""
    body = render(markdown)
    assert body.faults == ()
    return Article(title, body.html, body.text_length)


@dataclass
class Progress:
    """Remembers what the publisher told."""

    drafts: list[str] = field(default_factory=list)
    written: int = 0

    def draft_created(self, draft_id: str) -> None:
        """See `DraftProgress`."""
        assert not self.written, "the draft's id is told before anything else"
        self.drafts.append(draft_id)

    def content_written(self) -> None:
        """See `DraftProgress`."""
        self.written += 1


@dataclass
class PublishingDesk:
    """One account, one browser, and two publishers: one that can wait, and one for what never comes."""

    site: PracticeClient
    account: PracticeAccount
    browser: BrowserLease
    publisher: ZhihuPublisher
    impatient: ZhihuPublisher
    progress: Progress = field(default_factory=Progress)

    @classmethod
    @contextmanager
    def at(cls, site: PracticeClient, pool: WebDriverPool) -> Iterator[PublishingDesk]:
        """A desk with a fresh account, signed in."""
        account = site.make_account("chen")
        with pool.lease(next(_owners), timeout=60) as browser:
            browser.set_cookies(parse_cookies(cookies_json(account)))
            patient = ZhihuPublisher(site.url, site.url, script_seconds=SCRIPT_SECONDS, verdict_seconds=20)
            impatient = ZhihuPublisher(site.url, site.url, script_seconds=4, patience_seconds=5, verdict_seconds=3)
            yield cls(site, account, browser, patient, impatient)

    def write(
        self, text: Article, draft_id: str | None = None, *, publisher: ZhihuPublisher | None = None
    ) -> SavedDraft:
        """Write a draft."""
        self.progress.written = 0
        return (publisher or self.publisher).write_draft(self.browser, text, draft_id, self.progress)

    def stored(self, draft_id: str) -> dict[str, Any]:
        """The draft as the site has it."""
        return next(draft for draft in self.site.drafts() if draft["id"] == draft_id)

    def posts(self) -> list[dict[str, Any]]:
        """What was published."""
        return self.site.posts()

    def posts_url(self, draft: SavedDraft) -> str:
        """Where everybody reads it."""
        return f"{self.site.url}/p/{draft.draft_id}"

    def counts(self) -> tuple[int, int, int]:
        """Of all drafts together: real clicks, publish requests, posts."""
        drafts = self.site.drafts()
        return (
            sum(draft["clicks"] for draft in drafts),
            sum(draft["publish_requests"] for draft in drafts),
            sum(draft["post_count"] for draft in drafts),
        )


def submitted(draft: SavedDraft, at: datetime | None = None, **changes: Any) -> SubmittedDraft:
    """The draft as it is looked for after a click."""
    found = SubmittedDraft(draft.draft_id, draft.title, draft.text_length, at or datetime.now(UTC))
    return replace(found, **changes)
