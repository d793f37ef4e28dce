"""Zhihu columns: articles written in the site's own write page, by the account's own sign-in.

The page's own scripts send every request that changes something; this only fills in, clicks and reads. When
the site asks for a human, the attempt stops and says so.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

from selenium.common.exceptions import ElementClickInterceptedException, WebDriverException
from selenium.webdriver.remote.webelement import WebElement

from core.errors import DraftChanged, DraftLost, NeedsHuman, NeedsLogin, PublishError, Rejected, RetryLater, SiteBusy
from core.publishing.addresses import zhihu_draft_url
from core.publishing.content import content_hash, visible
from core.publishing.page_scripts import Answer, PageScripts, translate_page_errors
from core.publishing.publisher import (
    AccountIdentity,
    Article,
    Browser,
    DraftProgress,
    FindOutcome,
    Published,
    Refused,
    SavedDraft,
    SearchOutcome,
    SubmitOutcome,
    SubmittedDraft,
    Unknown,
    WantedArticle,
)
from core.publishing.zhihu_editor import ZhihuEditor, already_published, not_opened, stored_draft
from core.publishing.zhihu_list import ZhihuList
from core.publishing.zhihu_page import NOBODY, error_for
from core.publishing.zhihu_panel import ZhihuPanel
from core.publishing.zhihu_records import ZhihuRecords

SCRIPT_SHARE: Final = 0.8
"""A script gives up on its own this much before the driver would, and can then say what it saw."""


class ZhihuPublisher:
    """The platform `zhihu`. All times in seconds: `script_seconds` is the driver's script timeout,
    `patience_seconds` the longest wait for a page or for the site's own saving, `verdict_seconds` the longest
    wait for what came of a click."""

    platform = "zhihu"
    one_article_per_draft = True
    """A draft's id is the article's id: publishing it again changes the article, it makes no second one. One
    click may do so, too: Chromium itself repeats a request, also a POST, when a connection that it has used before
    breaks without an answer, and tells neither the page nor us."""
    lists_every_article = True
    """Assumed, as the above: what is under review stands in the creator's own list, or at least in the account's
    number of articles, which `ZhihuList` compares with the list."""

    def __init__(
        self,
        write_url: str,
        home_url: str,
        *,
        script_seconds: float = 20,
        patience_seconds: float = 60,
        verdict_seconds: float = 45,
    ) -> None:
        self._write_url = write_url.rstrip("/")
        self._home_url = home_url.rstrip("/")
        self._wait_seconds = script_seconds * SCRIPT_SHARE
        self._patience_seconds = patience_seconds
        self._verdict_seconds = verdict_seconds

    def draft_url(self, draft_id: str) -> str:
        """Where a person can open the draft."""
        return zhihu_draft_url(self._write_url, draft_id)

    def check_account(self, browser: Browser) -> AccountIdentity:
        """Ask the site who is signed in. A slow or broken answer is RetryLater, never NeedsLogin."""
        scripts = self._scripts(browser)
        scripts.visit(f"{self._home_url}/api/v4/me")
        answer = scripts.ask("document")
        reply = answer.reply("reply")
        body = reply.body
        if reply.is_ok and body.get("id") and body.get("name") != NOBODY:
            return AccountIdentity(str(body["id"]), str(body.get("name", "")))
        if reply.is_ok and body.get("name") == NOBODY:
            raise NeedsLogin("Zhihu does not know this account. Sign in again and hand in fresh cookies.")
        raise (
            error_for(reply.seen)
            or error_for(answer.seen)
            or RetryLater(f"Zhihu did not say who is signed in (status {reply.status or 'none'}).")
        )

    def write_draft(
        self, browser: Browser, article: Article, draft_id: str | None, progress: DraftProgress
    ) -> SavedDraft:
        """Write the article into the given draft, emptied first, or else into a new one; read it back.

        Raises DraftLost when a given draft is gone from the site, and Rejected when it has been published
        meanwhile.
        """
        with translate_page_errors():
            editor = self._editor(browser)
            draft_id = self._write(browser, editor, article, draft_id, progress)
            ZhihuPanel(self._scripts(browser)).set_up(article)
            stored = editor.wait_until_stored(article, draft_id)
        length = len(visible(stored.text))
        return SavedDraft(draft_id, stored.title, length, content_hash(stored.title, stored.text))

    def submit(self, browser: Browser, draft: SavedDraft) -> SubmitOutcome:
        """Click publish once and read what came of it.

        Whatever is raised before the click is an error of its class; once the click may have happened, only
        what the site itself says is an error or a refusal, and everything else is Unknown.
        """
        scripts = self._scripts(browser)
        with translate_page_errors():
            button = self._ready_button(browser, scripts, draft)
        if isinstance(button, Published):
            return button
        self._click_once(button)
        try:
            answer = self._wait_for_verdict(scripts, draft)
        except (RetryLater, WebDriverException) as error:
            return Unknown(f"After the click: {_first_line(error)}", self.draft_url(draft.draft_id))
        return self._judge(scripts, draft, answer)

    def find_published(self, browser: Browser, draft: SubmittedDraft) -> FindOutcome:
        """Read the site's own records: the draft's, the article's, then the account's list."""
        scripts = self._scripts(browser)
        try:
            scripts.visit(self._article_url(draft.draft_id))
            return self._records(scripts).find(draft)
        except RetryLater as error:
            return Unknown(error.reason, self._article_url(draft.draft_id))

    def find_by_title(self, browser: Browser, wanted: WantedArticle) -> SearchOutcome:
        """Read the creator's own list, as far back as needed."""
        scripts = self._scripts(browser)
        articles = ZhihuList(scripts, self._write_url, self._home_url)
        try:
            scripts.visit(articles.address)
            return articles.find(wanted)
        except RetryLater as error:
            return Unknown(error.reason, articles.address)

    def _scripts(self, browser: Browser) -> PageScripts:
        return PageScripts(browser.driver, self._wait_seconds)

    def _editor(self, browser: Browser) -> ZhihuEditor:
        return ZhihuEditor(browser.driver, self._scripts(browser), self._write_url, self._patience_seconds)

    def _records(self, scripts: PageScripts) -> ZhihuRecords:
        return ZhihuRecords(scripts, self._write_url, self._home_url)

    def _write(
        self,
        browser: Browser,
        editor: ZhihuEditor,
        article: Article,
        draft_id: str | None,
        progress: DraftProgress,
    ) -> str:
        """A draft may be gone because it has become an article."""
        try:
            editor.show(draft_id)
            return editor.write(article, draft_id, progress)
        except DraftLost:
            if draft_id and isinstance(self._records(self._scripts(browser)).find_by_id(draft_id), Published):
                raise already_published(draft_id) from None
            raise

    def _article_url(self, article_id: str) -> str:
        return f"{self._write_url}/p/{article_id}"

    def _ready_button(self, browser: Browser, scripts: PageScripts, draft: SavedDraft) -> WebElement | Published:
        """The publish button of the opened draft, which is still the one that was saved."""
        self._editor(browser).show(draft.draft_id)
        deadline = time.monotonic() + self._patience_seconds
        while (answer := scripts.ask("ready", {"draftId": draft.draft_id})).kind == "waiting":
            if time.monotonic() > deadline:
                break
        if answer.kind == "record" and answer.reply("record").body.get("state") == "published":
            return self._records(scripts).published(draft.draft_id)
        if answer.kind != "ready":
            raise not_opened(answer, draft.draft_id)
        stored = stored_draft(draft.draft_id, answer.reply("record"))
        if draft.content_hash and content_hash(stored.title, stored.text) != draft.content_hash:
            raise DraftChanged(f"Draft {draft.draft_id} was changed on the site since it was saved.")
        button: WebElement = answer.facts["button"]
        return button

    def _click_once(self, button: WebElement) -> None:
        """A real pointer click. An error may come after the page got the click, so none is believed, but one:
        when another element covers the button, the driver says so instead of clicking."""
        try:
            button.click()
        except ElementClickInterceptedException as error:
            raise RetryLater(f"Something covers the publish button: {_first_line(error)}") from error
        except WebDriverException:
            return

    def _wait_for_verdict(self, scripts: PageScripts, draft: SavedDraft) -> Answer:
        deadline = time.monotonic() + self._verdict_seconds
        is_confirmed = False
        while True:
            answer = scripts.ask("verdict", {"draftId": draft.draft_id, "isConfirmed": is_confirmed})
            if answer.kind == "confirm":
                is_confirmed = True
                with suppress(WebDriverException):
                    answer.facts["button"].click()
            elif answer.kind != "waiting" or time.monotonic() > deadline:
                return answer

    def _judge(self, scripts: PageScripts, draft: SavedDraft, answer: Answer) -> SubmitOutcome:
        """The signs in the order in which they are to be trusted: 1. the address; 2. the site's own record;
        3. a receipt with code 0; 4. a refusal; 5. nothing that proves anything."""
        records = self._records(scripts)
        if answer.kind == "address":
            return records.published(draft.draft_id)
        # What the records cannot tell, because of the account's state, the receipt may.
        with suppress(NeedsLogin, NeedsHuman, SiteBusy):
            found = records.find_by_id(draft.draft_id)
            if isinstance(found, Published):
                return found
        receipt = answer.reply("receipt")
        if answer.kind == "receipt" and receipt.is_success:
            return records.published(draft.draft_id)
        error = error_for(receipt.seen if answer.kind == "receipt" else answer.seen)
        return self._refusal(draft, answer, error)

    def _refusal(self, draft: SavedDraft, answer: Answer, error: PublishError | None) -> SubmitOutcome:
        """What a no means. Only one that is certain is raised or told as a refusal: an answer of the site to the
        publish request, or a trouble on a page that never sent one. A reply that is lost or 5xx is no answer,
        and a page that has left may have sent its request: the article may be online."""
        receipt = answer.reply("receipt")
        is_answered = answer.kind == "receipt" and receipt.is_answered
        if is_answered or (answer.kind == "trouble" and not answer.facts["isSent"]):
            if error and not isinstance(error, Rejected):
                raise error
            if receipt.is_missing:
                raise DraftLost(f"Draft {draft.draft_id} was gone when it was to be published.")
            said = receipt.seen.words or f"status {receipt.status}"
            return Refused(error.reason if error else f"Zhihu refuses this article. The site says: {said}")
        reason = error.reason if error else "the site gave no sign in time"
        return Unknown(f"After the click: {reason}", answer.text("url") or self.draft_url(draft.draft_id))


def _first_line(error: Exception) -> str:
    return str(error).removeprefix("Message: ").split("\n", 1)[0]
