"""The account's own list of published articles, as Zhihu's creator pages read it. Only reads.

Sources: public code of 2025 and 2026 that reads `creators/creations/v2/article` from inside the creator page:
`data[].data.{id, title, created_time}`, `paging.{is_end, totals}`, the newest first with `sort_type=created`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from core.errors import NeedsHuman, NeedsLogin, RetryLater, SiteBusy
from core.publishing.content import text_of_html, visible
from core.publishing.page_scripts import PageScripts, Reply
from core.publishing.publisher import Absent, Published, SearchOutcome, Unknown, WantedArticle
from core.publishing.zhihu_page import error_for

PAGE: Final = 20
"""What the site's own page asks for at once."""
MOST_PAGES: Final = 50
"""A thousand articles; nobody waits for more."""
MOST_CANDIDATES: Final = 5
"""Articles of one title whose text is read."""


class _NotWhole(Exception):
    """The list is not what a whole list looks like: what it lacks proves nothing."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """One article of the list."""

    article_id: str
    title: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class _Page:
    """One page of the list. `count`: how many articles the account has; `totals`: how many the list has."""

    count: int
    totals: int
    is_end: bool
    articles: list[_Listed]


class ZhihuList:
    """Reads from inside a page of the site, so that the account's sign-in goes along."""

    def __init__(self, scripts: PageScripts, write_url: str, home_url: str) -> None:
        self._scripts = scripts
        self._write_url = write_url
        self._home_url = home_url
        self.address = f"{home_url}/creator/manage/creation/article"
        """Where a person sees the same list."""

    def find(self, wanted: WantedArticle) -> SearchOutcome:
        """Cases, the first that fits: 1. just one article of this title and time has this length, and it is
        Published, whether the list is whole or not; 2. others of this title and time: Unknown; 3. the list is not
        whole: Unknown; 4. Absent.
        """
        doubt = ""
        namesakes = []
        try:
            for article in self._articles(wanted.not_before):
                if visible(article.title) == visible(wanted.title) and article.created_at >= wanted.not_before:
                    namesakes.append(article)
        except _NotWhole as error:
            doubt = str(error)
        fitting = [one for one in namesakes[:MOST_CANDIDATES] if self._length(one) == wanted.text_length]
        if len(fitting) == 1 and len(namesakes) <= MOST_CANDIDATES:
            return self._published(fitting[0])
        if namesakes:
            link = f"{self._write_url}/p/{namesakes[0].article_id}"
            return Unknown(f"{len(namesakes)} listed articles have this title, {len(fitting)} of this length", link)
        return Unknown(doubt, self.address) if doubt else Absent()

    def _articles(self, not_before: datetime) -> Iterator[_Listed]:
        """The articles, the newest first, at least back to `not_before`. Raises _NotWhole in the end when some may
        be missing."""
        seen: dict[str, datetime] = {}
        totals: int | None = None
        doubts: list[str] = []
        for number in range(MOST_PAGES):
            page = self._page(number * PAGE)
            if not page.count == page.totals == (page.totals if totals is None else totals):
                doubts.append(f"the site counts {page.count} articles and lists {page.totals}")
            totals = page.totals
            for article in page.articles:
                if article.article_id in seen:
                    doubts.append("the list changed while it was read")
                seen[article.article_id] = article.created_at
                yield article
            if page.is_end and len(seen) != totals:
                doubts.append(f"the list ends after {len(seen)} of {totals} articles")
            if page.is_end or _is_back_at(not_before, list(seen.values())):
                break
        else:
            doubts.append(f"the list goes on after {MOST_PAGES * PAGE} articles")
        if doubts:
            raise _NotWhole(doubts[0])

    def _page(self, offset: int) -> _Page:
        """Raises _NotWhole when it is not what a page looks like."""
        answer = self._scripts.ask("creations", {"homeUrl": self._home_url, "offset": offset, "limit": PAGE})
        me, page = answer.reply("me"), answer.reply("page")
        for reply in (me, page):
            _demand_answer(reply)
        paging, rows = page.body.get("paging"), page.body.get("data")
        try:
            facts: dict[str, Any] = dict(paging or {})
            listed = [_listed(row["data"]) for row in rows or []]
            found = _Page(int(me.body["articles_count"]), int(facts["totals"]), bool(facts["is_end"]), listed)
        except (KeyError, TypeError, ValueError) as error:
            raise _NotWhole(f"the list is not what it used to be ({error})") from error
        if not found.is_end and len(listed) != PAGE:
            raise _NotWhole("a page of the list is not full")
        return found

    def _length(self, article: _Listed) -> int | None:
        """Of its text. None: it cannot be read."""
        public, own = self._read(article)
        body = public.body if public.is_ok else own.body if own.is_ok else {}
        return len(visible(text_of_html(str(body["content"])))) if body.get("content") else None

    def _published(self, article: _Listed) -> Published:
        public, _ = self._read(article)
        state = "under_review" if public.is_missing else "public"
        return Published(article.article_id, f"{self._write_url}/p/{article.article_id}", state)

    def _read(self, article: _Listed) -> tuple[Reply, Reply]:
        """What everybody can read of it, and what its author can."""
        where = {"draftId": article.article_id, "writeUrl": self._write_url, "homeUrl": self._home_url}
        answer = self._scripts.ask("records", where)
        return answer.reply("article"), answer.reply("record")


def _listed(facts: dict[str, Any]) -> _Listed:
    created_at = datetime.fromtimestamp(int(facts["created_time"]), UTC)
    return _Listed(str(int(facts["id"])), str(facts["title"]), created_at)


def _is_back_at(moment: datetime, created: list[datetime]) -> bool:
    """Whether a list that is in order, as far as it was read, has come past this moment."""
    is_sorted = created == sorted(created, reverse=True)
    return bool(created) and is_sorted and created[-1] < moment


def _demand_answer(reply: Reply) -> None:
    """Raises what concerns the account, and RetryLater for everything else."""
    if reply.is_ok and reply.body:
        return
    error = error_for(reply.seen)
    if isinstance(error, NeedsLogin | NeedsHuman | SiteBusy):
        raise error
    reason = error.reason if error else f"The site did not show its list of articles (status {reply.status or 'none'})."
    raise RetryLater(reason)
