"""Sentences of core in another language.

core knows no catalogue and says English, also into the database, where the reason of a failure stays for months. So a
sentence is recognised by the form it has in the code, `“{1}” is not a file.`, and its values are put into the same
form in the other language.

What is not recognised stays as it is: words of the site, of an operating system, of a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 4000
"""What is longer is no sentence."""
VALUE = re.compile(r"\{(\d)\}")
SENTENCE_END = re.compile(r"(?<=[.?!]) (?=\S)")
PLACE = re.compile(r"([^:.]{1,80}): (.+)", re.DOTALL)
"""Where something is wrong, and what: `title: is missing.`"""


@dataclass(frozen=True, slots=True)
class _Form:
    pattern: re.Pattern[str]
    translation: str
    letters: int

    @classmethod
    def of(cls, english: str, translation: str) -> _Form:
        parts = VALUE.split(english)
        # Every second part is the number of a value.
        pattern = "".join("(.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
        return cls(re.compile(pattern, re.DOTALL), translation, sum(len(part) for part in parts[::2]))


class SentenceBook:
    """All forms of one language. The most telling form wins: the one that fixes most letters."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        """`entries`: English form → that of the language."""
        self.forms = frozenset(entries)
        self._whole = {english: told for english, told in entries.items() if not VALUE.search(english)}
        forms = [_Form.of(english, told) for english, told in entries.items() if english not in self._whole]
        self._forms = sorted(forms, key=lambda form: -form.letters)
        self.told = lru_cache(maxsize=10_000)(self._told)
        """The sentence in the language, as far as it is known."""

    def _told(self, text: str) -> str:
        return (self._known(text) if len(text) <= LONGEST else None) or text

    def _known(self, text: str) -> str | None:
        """The cases, the first that fits:

        1. One sentence, or a few that are written as one in the code.
        2. Sentences that were put one behind the other.
        3. A place and what is wrong there.
        4. A sentence that quotes others.
        """
        return (
            self._whole.get(text)
            or self._formed(text, may_quote=False)
            or self._several(text)
            or self._at_a_place(text)
            or self._formed(text, may_quote=True)
        )

    def _formed(self, text: str, *, may_quote: bool) -> str | None:
        for form in self._forms:
            found = form.pattern.fullmatch(text)
            if found and (may_quote or not any(SENTENCE_END.search(value) for value in found.groups())):
                values = [self.told(value.strip()) for value in found.groups()]
                return VALUE.sub(lambda number: values[int(number[1]) - 1], form.translation)  # noqa: B023  # at once
        return None

    def _at_a_place(self, text: str) -> str | None:
        found = PLACE.fullmatch(text)
        is_known = found and (found[1] in self._whole or self._known(found[2]))
        return f"{self.told(found[1])}:{self.told(found[2])}" if found and is_known else None

    def _several(self, text: str) -> str | None:
        for end in reversed(list(SENTENCE_END.finditer(text))):
            head = text[: end.start()]
            first = self._whole.get(head) or self._formed(head, may_quote=False) or self._at_a_place(head)
            if first:
                return first + self.told(text[end.end() :])
        return None
