"""What Zhihu itself has on record about a draft and its article. Only reads."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from core.errors import NeedsHuman, NeedsLogin, RetryLater, SiteBusy
from core.publishing.content import text_of_html, visible
from core.publishing.page_scripts import Answer, PageScripts, Reply
from core.publishing.publisher import FindOutcome, Published, StillDraft, SubmittedDraft, Unknown
from core.publishing.zhihu_page import UNDER_REVIEW, error_for


class ZhihuRecords:
    """Reads from inside a page of the site, so that the account's sign-in goes along."""

    def __init__(self, scripts: PageScripts, write_url: str, home_url: str) -> None:
        self._scripts = scripts
        self._write_url = write_url
        self._home_url = home_url

    def find(self, draft: SubmittedDraft) -> FindOutcome:
        """By the draft's id, then, when the site has no record of the draft, by the account's list."""
        found = self.find_by_id(draft.draft_id)
        return found if found is not None else self._find_in_list(draft)

    def find_by_id(self, draft_id: str) -> FindOutcome | None:
        """None: the site has neither a draft nor an article of this id.

        Cases: 1. the draft's record says published; 2. the article can be read by everybody, whatever the
        draft's record says (it may lag); 3. the record says draft; 4. there is no record; 5. no proof.
        """
        try:
            answer = self._read(draft_id)
        except RetryLater as error:
            return Unknown(error.reason, self._url(draft_id))
        record, article = answer.reply("record"), answer.reply("article")
        state = record.body.get("state") if record.is_ok else None
        is_public = article.is_ok and str(article.body.get("id")) == draft_id
        if state == "published" or is_public:
            is_hidden = article.is_missing
            return Published(draft_id, self._url(draft_id), "under_review" if is_hidden else "public")
        if state == "draft":
            return StillDraft()
        if record.is_missing:
            return None
        return _no_proof(record, answer.text("url"))

    def published(self, draft_id: str) -> Published:
        """An article of which it is known that it is published: find out whether everybody can read it."""
        state = "public"
        with suppress(RetryLater):
            state = "under_review" if self._read(draft_id).reply("article").is_missing else "public"
        return Published(draft_id, self._url(draft_id), state)

    def _find_in_list(self, draft: SubmittedDraft) -> FindOutcome:
        """The draft's own entry proves it. Another article of this title does only when account, time and
        length fit as well, and when there is just one."""
        address = f"{self._home_url}/creator/manage/creation/article"
        self._scripts.visit(address)
        answer = self._scripts.ask("list", {"draftId": draft.draft_id, "title": draft.title, "homeUrl": self._home_url})
        if answer.kind != "list":
            return Unknown("the site's records of the draft are gone and its list does not show it", address)
        candidates: list[dict[str, Any]] = answer.facts["candidates"]
        for candidate in candidates:
            if candidate["id"] == draft.draft_id:
                state = "under_review" if UNDER_REVIEW in candidate["words"] else "public"
                return Published(draft.draft_id, self._url(draft.draft_id), state)
        me = str(answer.reply("me").body.get("id") or "")
        fitting = [str(candidate["id"]) for candidate in candidates if _fits(candidate["article"], draft, me)]
        if len(fitting) == 1:
            return Published(fitting[0], self._url(fitting[0]))
        return Unknown(
            f"the draft is gone and {len(fitting) or 'no'} listed articles fit its title, time and length", address
        )

    def _read(self, draft_id: str) -> Answer:
        return self._scripts.ask(
            "records", {"draftId": draft_id, "writeUrl": self._write_url, "homeUrl": self._home_url}
        )

    def _url(self, article_id: str) -> str:
        return f"{self._write_url}/p/{article_id}"


def _no_proof(record: Reply, last_url: str) -> Unknown:
    """Raises what concerns the account; everything else proves nothing."""
    error = error_for(record.seen)
    if isinstance(error, NeedsLogin | NeedsHuman | SiteBusy):
        raise error
    reason = error.reason if error else f"the site did not tell about the draft (status {record.status or 'none'})"
    return Unknown(reason, last_url)


def _fits(article: dict[str, Any], draft: SubmittedDraft, me: str) -> bool:
    reply = Reply(int(article["status"]), str(article["text"]))
    body = reply.body
    author = body.get("author")
    submitted_at = draft.submitted_at if draft.submitted_at.tzinfo else draft.submitted_at.replace(tzinfo=UTC)
    created = datetime.fromtimestamp(int(body.get("created") or 0), UTC)
    return (
        reply.is_ok
        and visible(str(body.get("title"))) == visible(draft.title)
        and isinstance(author, dict)
        and bool(me)
        and str(author.get("id")) == me
        and created >= submitted_at.replace(microsecond=0)
        and len(visible(text_of_html(str(body.get("content") or "")))) == draft.text_length
    )
