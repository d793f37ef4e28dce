"""No sentence that core can show to a person is without its Chinese: found in the source, and put together as it is
put together at run time."""

from __future__ import annotations

import re

import pytest

from core import errors
from core.errors import Fault, InvalidInput, TopnError
from core.services.timeline_words import sentence
from core.store.records import TaskEvent
from core.store.refusals import HINTS
from core.store.task_events import EventKind
from dashboard.languages import CHINESE, ENGLISH, sayer, sentence_book, translator
from dashboard.sentences import VALUE, SentenceBook
from tests.unit.sentences_in_code import names, sentences
from tests.unit.test_task_words import NOW

SAID = sentences()
NAMES_OF_THINGS = {"Cookie", "JSON", "UTC", "CSV", "TOP", "TOPN", "HttpOnly", "Redis"}


def chinese(text: str) -> str:
    return translator(CHINESE)(text)


def english_in(words: str) -> list[str]:
    return [word for word in re.findall(r"[A-Za-z]{2,}", words) if word not in NAMES_OF_THINGS]


def test_the_source_was_read() -> None:
    assert "There is no {1} {2}." in SAID
    assert "“{1}” is not the address of an article." in SAID
    assert "Zhihu is busy." in SAID


@pytest.mark.parametrize("form", sorted(SAID))
def test_every_sentence_of_core_has_its_chinese(form: str) -> None:
    filled = VALUE.sub(lambda number: f"值{number[1]}", form)
    told = sentence_book(CHINESE).told(filled)
    assert told != filled or not english_in(form)
    assert set(re.findall(r"值\d", told)) == set(re.findall(r"值\d", filled))


@pytest.mark.parametrize("name", sorted(names()))
def test_every_thing_has_a_chinese_name(name: str) -> None:
    assert english_in(chinese(name)) == []


def test_nothing_in_the_catalogue_is_said_no_more() -> None:
    composed = {
        "Article {1} {2}.", "{1} cannot be used: {2}", "Name or password is wrong, or the user is disabled.",
        "The database", "The vault", "database", "account", "batch", "everything", "line", "lines", "mode", "none",
        "format", "column", "role", "user", "quiet", "stop", "start",
    }  # fmt: skip
    assert sentence_book(CHINESE).forms - SAID - names() - composed == set()


ERRORS = [
    errors.NotFound("article", "7"),
    errors.NotAllowed("小王", "change limits"),
    errors.SignInRefused(12),
    errors.SignInRefused(0),
    errors.Conflict("Account 7", "has articles, whose history needs it.", "Choose another name."),
    errors.Repeated("7"),
    errors.ReferenceTaken("Row 3 of this file", "7"),
    errors.QueueFull(3, 4, 5),
    errors.SignedInAsAnother("小王", "小李"),
    errors.CancelRequested(7),
    errors.LeaseLost(7, 2),
    InvalidInput([Fault("title", "the title is empty.", "Write one of 1 to 100 characters.")]),
    InvalidInput([Fault("link", "“一” is not the address of an article.", "Shorten it.")]),
    errors.ServiceUnavailable("database", "the connection was lost.", "Check the disk where it is."),
]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS[:-1], ids=lambda error: type(error).__name__)
def test_an_error_is_said_whole(error: TopnError) -> None:
    assert english_in(chinese(str(error))) == []


@pytest.mark.parametrize("hint", sorted(set(HINTS)))
def test_why_something_is_not_possible(hint: str) -> None:
    error = errors.NotPossible("7", "cancel", "was submitted and is still being checked", hint)
    assert english_in(chinese(str(error))) == []


def test_every_error_is_looked_at() -> None:
    """A new class of errors comes with its sentence here, or is one that carries the words of others."""
    carriers = {"TopnError", "SettingsError", "PublishError", "CommitInDoubt", "DatabaseReplaced", "PoolTimeout"}
    known = carriers | {type(error).__name__ for error in ERRORS} | {"NotPossible", "TooLate"}
    found = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, TopnError)}
    of_publishing = {name for name in found if issubclass(getattr(errors, name), errors.PublishError)}
    assert found - of_publishing - known == set()


def test_sentences_one_behind_the_other() -> None:
    told = "Zhihu asks this account to slow down. The site says: 操作过于频繁。"
    assert chinese(told) == "知乎要求该账号放慢速度。网站提示:操作过于频繁。"
    told = (
        "Its worker died or its browser broke 3 times: the article itself is the likely cause. It was submitted before "
    )
    told += "and may be online: look on the site, then answer here."
    assert english_in(chinese(told)) == []


def test_what_others_say_stays_as_it_is() -> None:
    assert chinese("Connection refused by peer") == "Connection refused by peer"
    assert chinese("x" * 5000) == "x" * 5000
    assert translator(ENGLISH)("There is no article 7.") == "There is no article 7."


def test_the_most_telling_form_wins() -> None:
    book = SentenceBook(
        {"{1} is wrong.": "{1}不对。", "The name {1} is wrong.": "名称{1}不对。", "{1}: {2}!": "{2},{1}!"}
    )
    assert book.told("The name 甲 is wrong.") == "名称甲不对。"
    assert book.told("甲 is wrong. 乙 is wrong.") == "甲不对。乙不对。"
    assert book.told("乙: 甲!") == "甲,乙!"


def test_where_something_is_wrong() -> None:
    assert chinese("priority: 12 is not from 0 to 9. 9 goes first.") == "优先级:12 不在 0 到 9 之间。9 最先。"
    assert chinese("title: is missing.") == "标题:没有填写。"


@pytest.mark.parametrize("kind", [EventKind.FAILED, EventKind.BLOCKED, EventKind.WILL_RETRY, EventKind.HANDED_BACK])
def test_the_reason_in_a_timeline(kind: EventKind) -> None:
    reason = "It was submitted, but the site still has it as a draft."
    words = sentence(TaskEvent(1, 1, NOW, kind, None, {"error_message": reason, "reason": reason}), say=sayer(CHINESE))
    assert english_in(words) == []
