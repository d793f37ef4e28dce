"""What people write stands in the sentences of core, so a text may be made to be slow to translate. The work is
counted, never timed."""

from __future__ import annotations

import pytest

from dashboard.languages import CHINESE, sentence_book
from dashboard.sentences import LONGEST, MOST_LOOK_UPS, Form

BOOK = sentence_book(CHINESE)
QUOTE = "“{}” is not the address of an article."


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were held against a form."""
    texts: list[str] = []
    values = Form.values

    def counted(form: Form, text: str) -> list[str] | None:
        texts.append(text)
        return values(form, text)

    monkeypatch.setattr(Form, "values", counted)
    BOOK.told.cache_clear()
    return texts


HOSTILE = {
    "places before sentences": QUOTE.format("a: " * 25 + "x. " * 20),
    "many places before many sentences": QUOTE.format("a: " * 600 + "x. " * 600),
    "sentences after each place": QUOTE.format("a: x. " * 600),
    "quotes in quotes": "“" * 200 + "x" + "” is not a file." * 200,
    "a known sentence without end": "Zhihu is busy. " * 260,
    "known places": "title: " * 500,
    "separators": ", " * 1900,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_work_has_a_bound_whatever_is_written(text: str, compared: list[str]) -> None:
    assert len(text) <= LONGEST
    BOOK.told(text)
    assert len(compared) <= MOST_LOOK_UPS * len(BOOK.by_letters)


def test_twice_the_text_is_not_many_times_the_work(compared: list[str]) -> None:
    def work(places: int, ends: int) -> int:
        compared.clear()
        BOOK.told(QUOTE.format("a: " * places + "x. " * ends))
        return len(compared)

    once = work(25, 25)
    assert work(50, 50) <= 2 * once
    assert work(500, 500) <= 2 * once


def test_what_is_known_is_translated_as_far_as_the_work_goes() -> None:
    told = BOOK.told("Zhihu is busy. " * 200)
    assert told.startswith("知乎繁忙。" * 50)


def test_a_value_may_hold_what_stands_between_values() -> None:
    form = Form.of("{1} is {2}, {3}.", "{3}{1}{2}")
    assert form.values("a is b, c.") == ["a", "b", "c"]
    assert form.values("a is b is c, d, e.") == ["a", "b is c", "d, e"]
    assert form.values(" is , .") is None
    assert form.values("a is b.") is None
    assert form.values("a is b, c") is None
