"""A platform that does what a test tells it, so that the worker's decisions can be looked at one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from core.publishing.content import content_hash
from core.publishing.publisher import (
    AccountIdentity,
    Article,
    Browser,
    DraftProgress,
    FindOutcome,
    Published,
    SavedDraft,
    SearchOutcome,
    SubmitOutcome,
    SubmittedDraft,
    WantedArticle,
)

URL = "https://example.com"


@dataclass
class ScriptedPlatform:
    """Implements `Publisher`. Each `on_…` runs at that point and may raise; `submits`, `finds` and `searches` are
    answers in turn, the last one stays."""

    platform: str = "zhihu"
    one_article_per_draft: bool = True
    lists_every_article: bool = True
    on_check: Callable[[], None] = lambda: None
    on_write: Callable[[str | None], None] = lambda draft_id: None
    on_submit: Callable[[], None] = lambda: None
    submits: list[SubmitOutcome] = field(default_factory=list)
    finds: list[FindOutcome] = field(default_factory=list)
    searches: list[SearchOutcome] = field(default_factory=list)
    drafts: int = 0
    clicks: int = 0
    questions: int = 0

    def check_account(self, browser: Browser) -> AccountIdentity:
        """Signed in, unless `on_check` says otherwise."""
        self.on_check()
        return AccountIdentity("42", "Ada on the site")

    def write_draft(
        self, browser: Browser, article: Article, draft_id: str | None, progress: DraftProgress
    ) -> SavedDraft:
        """A new draft when none is given."""
        self.on_write(draft_id)
        if draft_id is None:
            self.drafts += 1
            draft_id = f"draft-{self.drafts}"
            progress.draft_created(draft_id)
        progress.content_written()
        return SavedDraft(draft_id, article.title, article.text_length, content_hash(article.title, article.html))

    def submit(self, browser: Browser, draft: SavedDraft) -> SubmitOutcome:
        """Counts the click, then answers."""
        self.on_submit()
        self.clicks += 1
        if not self.submits:
            return Published(draft.draft_id, f"{URL}/p/{draft.draft_id}")
        return self.submits.pop(0) if len(self.submits) > 1 else self.submits[0]

    def find_published(self, browser: Browser, draft: SubmittedDraft) -> FindOutcome:
        """Answers without changing anything."""
        self.questions += 1
        return self.finds.pop(0) if len(self.finds) > 1 else self.finds[0]

    def find_by_title(self, browser: Browser, wanted: WantedArticle) -> SearchOutcome:
        """Answers without changing anything."""
        self.questions += 1
        return self.searches.pop(0) if len(self.searches) > 1 else self.searches[0]

    def draft_url(self, draft_id: str) -> str:
        """Where a person would look."""
        return f"{URL}/p/{draft_id}/edit"


def raising(error: Exception) -> Callable[..., None]:
    """A hook that raises this error."""

    def hook(*_: object) -> None:
        raise error

    return hook


def raising_once(error: Exception, *more: Exception) -> Callable[..., None]:
    """A hook that raises this error, and those after it, once each."""
    left = [*reversed(more), error]

    def hook(*_: object) -> None:
        if left:
            raise left.pop()

    return hook
