"""Each page when everything has happened: in one language only, with its title, and nothing of what others have."""

from __future__ import annotations

import re
from functools import cache

import pytest
from babel.messages.pofile import read_po
from streamlit.testing.v1 import AppTest

from core import wiring
from core.task_state import TaskStatus
from dashboard.languages import CHINESE, ENGLISH, FOLDER, LANGUAGES, translator
from dashboard.navigation import PAGES, TITLES
from tests.integration.dashboard.busy_world import make_busy
from tests.integration.dashboard.dashboard_world import DashboardWorld
from tests.integration.dashboard.sent_words import sent_words

IDEOGRAPH = re.compile("[\u3400-\u9fff]+")
FEWEST_WORDS = 3
"""Fewer may stand in any text: `At`, `Article`."""


@pytest.fixture
def busy(world: DashboardWorld) -> DashboardWorld:
    make_busy(world)
    return world


@cache
def english_sentences() -> re.Pattern[str]:
    """What of the catalogues is English and long enough to be nothing else, with gaps for its facts."""
    messages: set[str] = set()
    for name in ("topn", "sentences"):
        with (FOLDER / CHINESE / "LC_MESSAGES" / f"{name}.po").open("rb") as source:
            messages.update(str(one.id) for one in read_po(source) if one.id and one.id != one.string)
    parts = {part.strip() for message in messages for part in re.split(r"{\w*[^}]*}", message)}
    long = sorted(part for part in parts if len(re.findall("[A-Za-z]{2,}", part)) >= FEWEST_WORDS)
    return re.compile("|".join(rf"\b{re.escape(part)}" for part in long))


def wrong_language(texts: list[str], language: str) -> list[str]:
    if language == CHINESE:
        return [text for text in texts if english_sentences().search(text.replace("\\", ""))]
    own_name = LANGUAGES[CHINESE]
    return [text for text in texts if IDEOGRAPH.search(text.replace(own_name, ""))]


def check(app: AppTest, language: str, who: str, title: str) -> list[str]:
    """What was sent."""
    assert not app.exception
    texts = sent_words(app)
    assert app.title[0].value == translator(language)(title)
    assert wrong_language(texts, language) == []
    if who == "ada":
        others = {task.public_id for task in wiring.get_task_queries().list() if task.user_name == "bob"}
        assert [text for text in texts if "bob" in text.casefold() or any(one in text for one in others)] == []
    return texts


def test_the_check_finds_what_is_wrong() -> None:
    """Else none of the tests below would say anything."""
    assert len(english_sentences().pattern.split("|")) > len(TITLES)
    assert wrong_language(["Nothing fits. Take a filter away to see more."], CHINESE)
    assert wrong_language(["10:02 Paused\\. Nothing new of it starts\\."], CHINESE)
    assert wrong_language(["没有"], ENGLISH)
    assert not wrong_language(["中文", "ada-failed", "Zhihu"], ENGLISH)
    assert not wrong_language(["没有", "ada-failed", "Zhihu"], CHINESE)


SEEN_BY = [(entry.file, who) for entry in PAGES for who in ("root", "ada") if who == "root" or not entry.is_for_admins]
OWN_ALONE = ("publish", "profile")
"""Pages on which administrators as well see only what is their own."""


@pytest.mark.parametrize(("name", "who"), SEEN_BY)
def test_each_page(busy: DashboardWorld, name: str, who: str) -> None:
    for language in LANGUAGES:
        texts = check(busy.open(name, as_=who, language=language), language, who, TITLES[name])
        if who == "root" and name not in OWN_ALONE:
            assert any("bob" in text for text in texts), "there is something to hide from ada"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_drawer_of_an_article_in_each_state(busy: DashboardWorld, language: str) -> None:
    seen = set()
    for task in wiring.get_task_queries().list():
        if task.user_name == "ada":
            app = busy.open("tasks", language=language, query={"task": task.public_id})
            texts = check(app, language, "ada", TITLES["tasks"])
            assert any(text.replace("\\", "") == task.title for text in texts)
            seen.add((task.status, task.block_reason))
    assert {status for status, _ in seen} == set(TaskStatus)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_drawer_of_anothers_article(busy: DashboardWorld, language: str) -> None:
    """Its address says which one, so only the words are looked at."""
    (task,) = [one for one in wiring.get_task_queries().list() if one.title == "bob-failed"]
    texts = sent_words(busy.open("tasks", language=language, query={"task": task.public_id}))
    assert translator(language)("There is no such article, or it is not yours.") in texts
    assert not any("bob" in text for text in texts)
