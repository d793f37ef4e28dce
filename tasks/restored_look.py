"""Looks on the site for an article of a restored backup, before anything else is done with it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from core.publishing.publisher import Article, Browser, FindOutcome, Published, Publisher, SubmittedDraft, WantedArticle
from core.store.records import HeldTask
from tasks.verify import AskPerson, ItIsOnline, RestoredVerdict, judge_restored

CLOCKS_DIFFER = timedelta(minutes=10)
"""The site's clock and the database's: an article counts from so long before the backup on. One that the backup
knows belongs to its own task, and cannot be taken for another."""


class RestoredLook:
    """One attempt's look: by the draft that the backup knows, else by title through the account's list."""

    def __init__(self, held: HeldTask, publisher: Publisher, browser: Browser, *, verify_seconds: float) -> None:
        self._held = held
        self._publisher = publisher
        self._browser = browser
        self._verify_seconds = verify_seconds
        self._taken = time.monotonic()

    def look(self, article: Article, backup_at: datetime) -> RestoredVerdict:
        """Changes nothing. Raises what concerns the account."""
        held = self._held
        since = backup_at - CLOCKS_DIFFER
        by_id: FindOutcome | None = None
        if held.remote_draft_id is not None:
            submitted = SubmittedDraft(held.remote_draft_id, article.title, article.text_length, since)
            by_id = self._publisher.find_published(self._browser, submitted)
            if isinstance(by_id, Published):
                return ItIsOnline(by_id)
        if held.was_edited_since:
            return AskPerson("It was edited after the backup was restored: its earlier text may be online.")
        if held.was_moved_since:
            return AskPerson(
                "It was given to another account after the backup was restored: it may be online on the one it had."
            )
        wanted = WantedArticle(article.title, article.text_length, since)
        return judge_restored(
            by_id,
            self._publisher.find_by_title(self._browser, wanted),
            restored_seconds_ago=held.restored_seconds_ago + time.monotonic() - self._taken,
            verify_seconds=self._verify_seconds,
            lists_every_article=self._publisher.lists_every_article,
        )
