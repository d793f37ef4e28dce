"""The write page as the publisher uses it: open a draft, empty it, write it, see it stored."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from html import unescape
from typing import Final
from urllib.parse import urlsplit

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from core.errors import AlreadyPublished, DraftLost, PublishError, RetryLater
from core.publishing.blocks import BlockReader
from core.publishing.content import text_of_html, visible
from core.publishing.page_scripts import Answer, PageScripts, Reply
from core.publishing.publisher import Article, DraftProgress
from core.publishing.zhihu_page import OWN_PICTURE_HOSTS, SELECTORS, error_for
from core.publishing.zhihu_panel import has_settings

EMPTYING_TRIES: Final = 3
LAST_BMP: Final = "\uffff"
SELECT_ALL: Final = "getSelection().selectAllChildren(arguments[0])"
UNREACHED: Final = "chrome-error:"
"""How the address of the browser's own error page begins."""


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft as the site has it on record."""

    draft_id: str
    title: str
    text: str


class ZhihuEditor:
    """One write page in one browser. `patience_seconds` is the longest wait for the page, and again for the
    site to store what was written."""

    def __init__(self, driver: WebDriver, scripts: PageScripts, write_url: str, patience_seconds: float) -> None:
        self._driver = driver
        self._scripts = scripts
        self._write_url = write_url
        self._patience_seconds = patience_seconds
        self._was_emptied = False
        """The site may be saving the empty text just now, and have the same article stored from before."""

    def edit_url(self, draft_id: str) -> str:
        """The address of a draft's write page."""
        return f"{self._write_url}/p/{draft_id}/edit"

    def show(self, draft_id: str | None) -> None:
        """Open the write page, unless this draft is open already."""
        address = self.edit_url(draft_id) if draft_id else f"{self._write_url}/write"
        if not draft_id or self._driver.current_url.split("?", 1)[0] != address:
            self._scripts.visit(address)

    def write(self, article: Article, draft_id: str | None, progress: DraftProgress) -> str:
        """Write title and body into the open editor and return the draft's id once the site gave one."""
        facts = _facts_of(article)
        deadline = time.monotonic() + self._patience_seconds
        is_written = False
        emptied = 0
        while True:
            state = {"draftId": draft_id, "isEmptied": self._was_emptied, "isWritten": is_written}
            answer = self._scripts.ask("write", {**facts, **state})
            if draft_id is None and answer.text("draftId"):
                draft_id = answer.text("draftId")
                progress.draft_created(draft_id)
            if answer.kind == "written":
                progress.content_written()
                return draft_id or answer.text("draftId")
            if answer.kind == "full" and emptied < EMPTYING_TRIES:
                emptied += 1
                self._empty()
            elif answer.kind in ("waiting", "unwritten") and time.monotonic() < deadline:
                is_written = answer.kind == "unwritten"
            else:
                raise _not_written(answer, draft_id)

    def wait_until_stored(self, article: Article, draft_id: str) -> StoredDraft:
        """Wait until the site's own record holds the whole article. Raises RetryLater when it does not."""
        deadline = time.monotonic() + self._patience_seconds
        facts = {**_facts_of(article), "draftId": draft_id, "mustSaveAgain": self._was_emptied or has_settings(article)}
        is_typed = max(article.title) > LAST_BMP  # ChromeDriver cannot type emoji.
        while True:
            answer = self._scripts.ask("saved", facts)
            if answer.kind == "stored":
                return stored_draft(draft_id, answer.reply("record"))
            if answer.text("lack") == "title" and not is_typed:
                is_typed = True
                self._type_title(article.title)
            elif answer.kind != "waiting" or time.monotonic() > deadline:
                raise _not_stored(answer, draft_id)

    def _empty(self) -> None:
        """Real keys, for the editor's own state must lose the text. But the key for all selects the whole page where
        the text ends in a table, a line or a picture: a script selects, and Shift makes the editor look at it. The
        last key turns what is left of the first block, a heading or a list item, into a paragraph."""
        body = self._driver.find_element(By.CSS_SELECTOR, str(SELECTORS["body"]))
        body.send_keys(Keys.SHIFT)
        self._driver.execute_script(SELECT_ALL, body)
        body.send_keys(Keys.SHIFT)
        body.send_keys(Keys.DELETE, Keys.BACKSPACE)
        self._was_emptied = True

    def _type_title(self, title: str) -> None:
        """With real keys, where the page ignores a title that was set by script."""
        field = self._driver.find_element(By.CSS_SELECTOR, str(SELECTORS["title"]))
        field.clear()
        field.send_keys(title)


def stored_draft(draft_id: str, record: Reply) -> StoredDraft:
    """The site's record of a draft, read."""
    body = record.body
    return StoredDraft(draft_id, str(body.get("title") or ""), text_of_html(str(body.get("content") or "")))


def already_published(draft_id: str) -> AlreadyPublished:
    """For a draft that may not be written to: it would change an article that people read."""
    return AlreadyPublished(
        f"Draft {draft_id} has been published already, outside this task. Look at it on the site; "
        "hand the article in again if it is another one."
    )


def refuse_record(record: Reply, draft_id: str) -> PublishError:
    """Why this draft cannot be written to, by the site's own record of it."""
    if record.is_ok and record.body.get("state") == "published":
        return already_published(draft_id)
    if record.is_missing:
        return DraftLost(f"Draft {draft_id} is no longer on the site.")
    known = error_for(record.seen)
    if known or not record.body:
        return known or RetryLater(f"The site did not tell about draft {draft_id} (status {record.status}).")
    return RetryLater(f"The site's record of draft {draft_id} cannot be read (status {record.status}).")


def not_opened(answer: Answer, draft_id: str | None) -> PublishError:
    """Why the write page did not come to be ready."""
    if answer.kind == "record":
        return refuse_record(answer.reply("record"), draft_id or "")
    if answer.kind == "reply":
        answer_error = error_for(answer.reply("reply").seen)
        return answer_error or RetryLater("The site refused a request of the write page.")
    if answer.text("url").startswith(UNREACHED):
        return RetryLater("The site could not be reached: the connection broke while its page was opened.")
    place = urlsplit(answer.text("url")).path or "the write page"
    return error_for(answer.seen) or RetryLater(
        f"{place} did not show what is needed in time. The site is slow, or its page has changed."
    )


def _not_written(answer: Answer, draft_id: str | None) -> PublishError:
    if answer.kind == "full":
        return RetryLater("The editor could not be emptied.")
    if answer.kind != "unwritten":
        return not_opened(answer, draft_id)
    known = error_for(answer.seen)
    if known:
        return known
    if not answer.facts.get("hasBody"):
        length, count = answer.facts.get("bodyLength"), answer.facts.get("wordCount")
        return RetryLater(f"The editor did not take the whole text ({length} characters, counts {count}).")
    status = answer.facts.get("saveStatus")
    return RetryLater(f"The site did not make a draft (its last reply: {status or 'none'}).")


def _not_stored(answer: Answer, draft_id: str) -> PublishError:
    if answer.kind in ("trouble", "record", "reply"):
        return not_opened(answer, draft_id)
    known = error_for(answer.seen)
    if known:
        return known
    lack = {"title": "another title", "text": "not the whole text", "pictures": "pictures not yet taken over"}
    found = lack.get(answer.text("lack"), "nothing of it")
    length = len(visible(stored_draft(draft_id, answer.reply("record")).text))
    return RetryLater(f"The site has stored {found} of draft {draft_id} ({length} characters).")


def _facts_of(article: Article) -> dict[str, object]:
    blocks = BlockReader.read(article.html)
    pictures = [unescape(source) for source in re.findall(r'<img src="([^"]*)"', article.html)]
    return {
        "title": article.title,
        "html": article.html,
        "pieces": [visible(block.text) for block in blocks if block.text],
        "textLength": article.text_length or sum(len(visible(block.text)) for block in blocks),
        "pictures": [source for source in pictures if not _is_own(source)],
    }


def _is_own(source: str) -> bool:
    host = urlsplit(source).hostname or ""
    return host.endswith(OWN_PICTURE_HOSTS)
