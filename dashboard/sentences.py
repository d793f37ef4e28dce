"""Sentences of core in another language.

core knows no catalogue and says English, also into the database, where the reason of a failure stays for months. So a
sentence is recognised by the form it has in the code, `“{1}” is not a file.`, and its values are put into the same
form in the other language.

What is not recognised stays as it is: words of the site, of an operating system, of a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 4000
"""What is longer is no sentence."""
MOST_LOOK_UPS = 500
"""So often all forms are held against parts of one text: what people write may look like sentences without end."""
MOST_ENDS = 6
"""So many ends of sentences are looked at in search of the end of one: no form of ours has more."""
DEEPEST = 6
"""So deep may sentences quote sentences."""
VALUE = re.compile(r"\{(\d)\}")
SENTENCE_END = re.compile(r"(?<=[.?!]) (?=\S)")
PLACE = re.compile(r"([^:.]{1,80}): (.+)", re.DOTALL)
"""Where something is wrong, and what: `title: is missing.`"""


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence with places for values, and its translation."""

    parts: tuple[str, ...]
    """What stands before, between and behind the values."""
    translation: str
    letters: int

    @classmethod
    def of(cls, english: str, translation: str) -> Form:
        """`english`: as in the code, its values numbered in their order."""
        parts = tuple(VALUE.split(english)[::2])  # every second one is the number of a value
        return cls(parts, translation, sum(len(part) for part in parts))

    def values(self, text: str) -> list[str] | None:
        """The values, each as short as can be, if this text has the form. Takes time by the length of the text alone,
        which a pattern of `.+?` does not."""
        first, *between, last = self.parts
        if not (text.startswith(first) and text.endswith(last)):
            return None
        values, start, end = [], len(first), len(text) - len(last)
        for part in between:
            found = text.find(part, start + 1, end)
            if found < 0:
                return None
            values.append(text[start:found])
            start = found + len(part)
        return [*values, text[start:end]] if start < end else None


class SentenceBook:
    """All forms of one language. The most telling form wins: the one that fixes most letters."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        """`entries`: English form → that of the language."""
        self.forms = frozenset(entries)
        self.whole = {english: told for english, told in entries.items() if not VALUE.search(english)}
        forms = [Form.of(english, told) for english, told in entries.items() if english not in self.whole]
        self.by_letters = sorted(forms, key=lambda form: -form.letters)
        self.told = lru_cache(maxsize=10_000)(self._told)
        """The sentence in the language, as far as it is known."""

    def _told(self, text: str) -> str:
        return _Reading(self).told(text) if len(text) <= LONGEST else text


class _Reading:
    """Reads one text, looking up no more than a text of ours needs: what is left then stays as it is."""

    def __init__(self, book: SentenceBook) -> None:
        self._book = book
        self._look_ups_left = MOST_LOOK_UPS
        self._known: dict[tuple[str, bool], str | None] = {}
        self._firsts: dict[tuple[str, int], tuple[str, str] | None] = {}

    def told(self, text: str, depth: int = 0) -> str:
        """As far as it is known: what follows the first unknown sentence stays as it is."""
        told = []
        while text and depth <= DEEPEST and (found := self._first(text, depth)):
            told.append(found[0])
            text = found[1]
        return "".join([*told, text])

    def _first(self, text: str, depth: int) -> tuple[str, str] | None:
        # Remembered, because the same rest is come to by many ways.
        if (text, depth) not in self._firsts:
            self._firsts[text, depth] = self._find_first(text, depth)
        return self._firsts[text, depth]

    def _find_first(self, text: str, depth: int) -> tuple[str, str] | None:
        """The first sentence, translated, and the rest. The cases, the first that fits:

        1. One sentence, or a few that are written as one in the code.
        2. Sentences that were put one behind the other.
        3. A place and what is wrong there.
        4. A sentence that quotes others.
        """
        if known := self._one(text, depth):
            return known, ""
        for head, rest in _beginnings(text):
            if known := self._one(head, depth) or self._at_a_place(head, depth):
                return known, rest
        known = self._at_a_place(text, depth) or self._one(text, depth, may_quote=True)
        return (known, "") if known else None

    def _one(self, text: str, depth: int, *, may_quote: bool = False) -> str | None:
        key = text, may_quote
        if key not in self._known and self._look_ups_left:
            self._look_ups_left -= 1
            self._known[key] = self._look_up(text, depth, may_quote=may_quote)
        return self._known.get(key)

    def _look_up(self, text: str, depth: int, *, may_quote: bool) -> str | None:
        if text in self._book.whole:
            return self._book.whole[text]
        for form in self._book.by_letters:
            found = form.values(text)
            if found and (may_quote or not any(SENTENCE_END.search(value) for value in found)):
                values = [self.told(value.strip(), depth + 1) for value in found]
                return VALUE.sub(lambda number: values[int(number[1]) - 1], form.translation)  # noqa: B023  # at once
        return None

    def _at_a_place(self, text: str, depth: int) -> str | None:
        found = PLACE.fullmatch(text) if depth < DEEPEST else None
        if not found:
            return None
        place, what = found.groups()
        is_known = place in self._book.whole or self._first(what, depth + 1)
        return f"{self.told(place, depth + 1)}:{self.told(what, depth + 1)}" if is_known else None


def _beginnings(text: str) -> Iterator[tuple[str, str]]:
    """The first sentences of a text and its rest, the longest beginning first."""
    ends = [end for end, _ in zip(SENTENCE_END.finditer(text), range(MOST_ENDS), strict=False)]
    for end in reversed(ends):
        yield text[: end.start()], text[end.end() :]
