"""What a platform must offer: the `Publisher` protocol and the values that pass through it.

`tasks.publish_worker` calls it; `core.publishing.zhihu` is the first member.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from selenium.webdriver.remote.webdriver import WebDriver

from core.cookie import Cookie


class Browser(Protocol):
    """A leased tab in a context of its own, as `core.browser.webdriver_pool` hands it out."""

    @property
    def driver(self) -> WebDriver:
        """The WebDriver, switched to this lease's tab."""
        ...

    @property
    def is_warm(self) -> bool:
        """Whether this context already served the same owner with the same cookies."""
        ...

    def set_cookies(self, cookies: tuple[Cookie, ...]) -> None:
        """Put cookies into this context without loading a page."""
        ...

    def cookies(self) -> tuple[Cookie, ...]:
        """All cookies of this context."""
        ...

    def screenshot(self) -> bytes:
        """The visible page as PNG."""
        ...


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture handed in with an article."""

    sha256: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Article:
    """What is to be published. `html` is sanitised and ready to be pasted; `text_length` counts its text's
    characters without white space."""

    title: str
    html: str = field(repr=False)
    text_length: int = 0
    column: str | None = None
    topics: tuple[str, ...] = ()
    cover: Picture | None = None


@dataclass(frozen=True, slots=True)
class AccountIdentity:
    """Who the site says is signed in."""

    remote_id: str
    name: str


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft that the site has stored and that was read back."""

    draft_id: str
    title: str
    text_length: int
    content_hash: str
    """sha-256 hex of title and text, white space folded."""


class DraftProgress(Protocol):
    """Told by `write_draft` what has happened, at once."""

    def draft_created(self, draft_id: str) -> None:
        """The site gave the draft its id. Called before anything else is done with it."""
        ...

    def content_written(self) -> None:
        """Title and body stand in the editor."""
        ...


@dataclass(frozen=True, slots=True)
class SubmittedDraft:
    """A draft whose publish click may have happened: what `find_published` has to go by."""

    draft_id: str
    title: str
    text_length: int
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class WantedArticle:
    """An article that may have been published at `not_before` or later, nobody knows under which id."""

    title: str
    text_length: int
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Published:
    """The site has the article. `site_state` is `public` or `under_review`."""

    remote_id: str
    result_url: str
    site_state: str = "public"


@dataclass(frozen=True, slots=True)
class Refused:
    """The site said no to the click, and the draft is still a draft."""

    reason: str


@dataclass(frozen=True, slots=True)
class StillDraft:
    """The site's own record says that the draft has not been published."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing seen proves either. `last_url` is the page last seen."""

    reason: str
    last_url: str = ""


@dataclass(frozen=True, slots=True)
class Absent:
    """The account's own list was read back to the moment that was asked for, it is whole, and nothing of this title
    is in it. Whether that proves anything is for the caller to judge."""


SubmitOutcome = Published | Refused | Unknown
FindOutcome = Published | StillDraft | Unknown
SearchOutcome = Published | Absent | Unknown


class Publisher(Protocol):
    """A platform. Methods raise the `PublishError` family of `core.errors`, and nothing else on purpose."""

    @property
    def platform(self) -> str:
        """The registry's name of the platform, such as `zhihu`."""
        ...

    @property
    def one_article_per_draft(self) -> bool:
        """Whether publishing one draft twice leaves one article (facts/reliability.md).

        Without it a doubtful article goes to a person. What the browser does by itself does not: it may repeat the
        request of one click when a connection breaks, and on such a platform that may be a second article.
        """
        ...

    @property
    def lists_every_article(self) -> bool:
        """Whether the account's own list, or its count, shows also what is under review: only then may a list
        without an article mean that there is none."""
        ...

    def check_account(self, browser: Browser) -> AccountIdentity:
        """Ask the site who is signed in. Raises NeedsLogin, NeedsHuman, RetryLater."""
        ...

    def write_draft(
        self, browser: Browser, article: Article, draft_id: str | None, progress: DraftProgress
    ) -> SavedDraft:
        """Write the article into a draft (the given one, emptied first, else a new one) and read it back. Raises
        DraftLost when the given one is gone: whether a new one may take its place is the caller's to decide."""
        ...

    def submit(self, browser: Browser, draft: SavedDraft) -> SubmitOutcome:
        """Click publish on the draft once and read the site's verdict. An HTTP 200 alone is not success.

        Raises an error only when the site's own answer, or a page that never sent the request, says that this click
        published nothing: the caller opens the draft again. Whatever leaves a doubt is Unknown. One case cannot be
        told apart: where the browser itself repeated the request, the answer is that to the second, and the first may
        have been published. Opened again, such a draft is found published, or published once more: one article where
        `one_article_per_draft` holds, and only there.
        """
        ...

    def find_published(self, browser: Browser, draft: SubmittedDraft) -> FindOutcome:
        """Find out, without changing anything, whether the draft has been published."""
        ...

    def find_by_title(self, browser: Browser, wanted: WantedArticle) -> SearchOutcome:
        """Look through the account's own list of published articles, without changing anything. Published: just one
        fits in account, title, time and length. Absent only of a list that was read as far as needed and is whole."""
        ...

    def draft_url(self, draft_id: str) -> str:
        """Where a person can open the draft."""
        ...
