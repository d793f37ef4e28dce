"""The settings below the text of Zhihu's write page: cover, topics, column. Set by real clicks and keys."""

from __future__ import annotations

import base64
from typing import Final

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.remote.webelement import WebElement

from core.errors import PublishError, Rejected, RetryLater
from core.publishing.content import visible
from core.publishing.page_scripts import PageScripts
from core.publishing.publisher import Article, Picture
from core.publishing.zhihu_page import SELECTORS, error_for

CHOICE_SECONDS: Final = 8.0
"""How long a list of choices may take to show the one that is looked for."""
_CLICK_TRIES: Final = 5
_SEARCHES: Final = 2
_ABSENT: Final = "absent"
GLANCE_SECONDS: Final = 0.1


class ZhihuPanel:
    """The panel in one open write page."""

    def __init__(self, scripts: PageScripts) -> None:
        self._scripts = scripts

    def set_up(self, article: Article) -> None:
        """Choose what the article asks for. Raises Rejected when the site does not offer it."""
        if not has_settings(article):
            return
        if self._find(_text("toColumn"), seconds=GLANCE_SECONDS) is None:
            self._need("button", _text("settings")).click()
        if article.cover is not None:
            self._hand_in_cover(article.cover)
        for topic in article.topics:
            self._add_topic(topic.strip())
        if article.column:
            self._choose_column(article.column.strip())

    def _hand_in_cover(self, cover: Picture) -> None:
        data = base64.b64encode(cover.data).decode()
        name = f"{cover.sha256[:16]}.{cover.media_type.rpartition('/')[2]}"
        answer = self._scripts.ask("cover", {"data": data, "mediaType": cover.media_type, "name": name})
        if answer.kind != "done":
            raise error_for(answer.seen) or RetryLater("Zhihu did not take the cover in time.")

    def _add_topic(self, topic: str) -> None:
        if self._find_topic(topic, GLANCE_SECONDS):
            return
        self._need("button", _text("addTopic")).click()
        self._choose_offered(topic)
        if not self._find_topic(topic, CHOICE_SECONDS):
            raise RetryLater(f"Zhihu did not take the topic “{topic}”.")

    def _choose_offered(self, topic: str) -> None:
        """Search for the topic and click it. Each key starts a search of its own, and the replies may come in
        any order: only the site's reply to the search for the whole topic tells that there is none."""
        search = self._need(_text("topicSearch"))
        offered = f"{_text('popover')} button"
        for _search in range(_SEARCHES):
            search.clear()
            search.send_keys(topic)
            if self._click(offered, topic):
                return
            if self._offer("topicRequest", topic, search=topic) == _ABSENT:
                raise Rejected(f"Zhihu does not offer the topic “{topic}”. Choose another one or leave it out.")
        raise RetryLater(f"Zhihu did not show the topic “{topic}” in time. If there is no such topic, leave it out.")

    def _find_topic(self, topic: str, seconds: float) -> bool:
        """Whether the topic is among the chosen ones. A sign for removing it may follow its name."""
        args = {"selector": _text("chosenTopic"), "label": topic, "isBeginning": True}
        return self._scripts.ask("find", args, wait_seconds=seconds).kind == "found"

    def _choose_column(self, column: str) -> None:
        self._need(_text("toColumn")).click()
        combobox = self._need(_text("columnChoice"))
        if visible(combobox.text) == visible(column):
            return
        combobox.click()
        if not self._click(_text("columnOption"), column):
            if self._offer("columnsRequest", column) == _ABSENT:
                raise Rejected(f"This account has no column “{column}”. Correct the name or leave it out.")
            raise RetryLater(f"Zhihu did not show the column “{column}” in time.")
        if self._find(_text("columnChoice"), column, CHOICE_SECONDS) is None:
            raise RetryLater(f"Zhihu did not take the column “{column}”.")

    def _offer(self, request: str, label: str, *, search: str = "") -> str:
        """What the site's own reply says of a choice, see `offered.js`."""
        args = {"request": request, "search": search, "label": label}
        return self._scripts.ask("offered", args, wait_seconds=GLANCE_SECONDS).kind

    def _find(self, selector: str, label: str = "", seconds: float = CHOICE_SECONDS) -> WebElement | None:
        answer = self._scripts.ask("find", {"selector": selector, "label": label}, wait_seconds=seconds)
        if answer.kind == "trouble":
            raise _trouble(error_for(answer.seen))
        element = answer.facts.get("element")
        return element if isinstance(element, WebElement) else None

    def _click(self, selector: str, label: str) -> bool:
        """Click a choice once it is offered. A list that is still being filled replaces its entries: what was
        replaced before the click is looked for again."""
        for _try in range(_CLICK_TRIES):
            element = self._find(selector, label)
            if element is None:
                return False
            try:
                element.click()
            except StaleElementReferenceException:
                continue
            return True
        raise RetryLater(f"The list with {label} does not come to rest.")

    def _need(self, selector: str, label: str = "") -> WebElement:
        element = self._find(selector, label)
        if element is None:
            raise RetryLater(f"The write page shows no {label or selector}. It may have changed.")
        return element


def has_settings(article: Article) -> bool:
    """Whether the article asks for anything in this panel."""
    return bool(article.cover or article.topics or article.column)


def _text(name: str) -> str:
    return str(SELECTORS[name])


def _trouble(error: PublishError | None) -> PublishError:
    return error or RetryLater("The write page showed an error while its settings were filled in.")
