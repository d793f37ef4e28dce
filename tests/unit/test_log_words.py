"""What workers log is told in words on the page Logs, in both languages."""

from __future__ import annotations

import ast
import re

import pytest

from core.services.log_words import EVENTS, FACTS, LEVELS, WORDS, event_words, fact_words
from core.settings import ROOT
from dashboard.languages import CHINESE, sayer
from tests.unit.sentences_in_code import LOGGED
from tests.unit.test_task_words import INTERNAL

REPORTED = LOGGED | {"report"}


def logged_events() -> set[str]:
    """The phrases that stand in calls of a logger, of core and of the workers."""
    found: set[str] = set()
    for folder in ("core", "tasks"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(
                        func=ast.Attribute(value=ast.Name(id="logger")) | ast.Name(id="report"),
                        args=[ast.Constant(value=str(event)), *_],
                    ):
                        found.add(event)
                    case _:
                        pass
    return found


def test_every_event_has_its_words_and_no_other_has() -> None:
    events = logged_events()
    assert {"settled", "worker starts", "pushed"} <= events
    assert set(EVENTS) - events == {"log lines were lost"}
    assert events - set(EVENTS) == set()


def all_words() -> list[str]:
    values = {word for words in WORDS.values() for word in words.values()}
    return sorted({*EVENTS.values(), *LEVELS.values(), *FACTS.values(), *values, "yes", "no"})


@pytest.mark.parametrize("words", all_words())
def test_they_are_told_in_chinese_and_without_words_of_the_inside(words: str) -> None:
    assert not any(word in words.lower().split() for word in INTERNAL)
    chinese = sayer(CHINESE)(words)
    assert chinese != words
    assert not [
        word for word in re.findall("[A-Za-z]{2,}", chinese) if word not in {"Redis", "root", "Selenium", "Cookie"}
    ]


def test_facts() -> None:
    assert fact_words("became", "retry_later") == "became: will retry"
    assert fact_words("action", "rescue_fail") == "became: failed"
    assert fact_words("error_class", "BrowserLost") == "kind of fault: The browser broke"
    assert fact_words("delay_seconds", 9.855278767238516) == "seconds until the next try: 9.9"
    assert fact_words("is_clean", value=True) == "in good order: yes"
    assert fact_words("service", "database", say=sayer(CHINESE)) == "服务:数据库"
    assert fact_words("reason", "Zhihu is busy.", say=sayer(CHINESE)) == "原因:知乎繁忙。"
    assert fact_words("orphan_task_id", 90) == "number of the article: 90"
    assert fact_words("redis_pid", 7, say=sayer(CHINESE)) == "redis_pid:7"


def test_a_librarys_line_has_none() -> None:
    assert event_words("urllib3.connectionpool: Retrying") is None
