"""Times as pages tell them: short where they are read, and in full, with date and zone, when the pointer rests on
them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from core.services.local_clock import LocalClock
from dashboard.text import clock, full_clock

ToldTime = tuple[str, datetime]
"""A moment, and how it was told."""


class ToldTimes:
    """The times of one element: what `clock` and `take` were given stands in its `help`."""

    def __init__(self, told: Iterable[ToldTime] = ()) -> None:
        self._told = list(told)

    def clock(self, moment: datetime | None) -> str:
        """The moment in short; empty for none."""
        words = clock(moment)
        if moment is not None:
            self._told.append((words, moment))
        return words

    @property
    def help(self) -> str | None:
        """For the tooltip, as Markdown: one time in full, or a line for each. None when no time was told."""
        lines = {full_clock(moment): words for words, moment in self._told}
        if len(lines) < 2:  # noqa: PLR2004 - a single time needs no name
            return next(iter(lines), None)
        return "  \n".join(f"{words} · {full}" for full, words in lines.items())


class ToldClock(LocalClock):
    """The clock of sentences, which remembers what it told."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__(zone)
        self._told: list[ToldTime] = []

    def say(self, moment: datetime) -> str:
        """As every clock says it."""
        return self._remember(super().say(moment), moment)

    def say_about(self, moment: datetime) -> str:
        """An estimate."""
        return self._remember(super().say_about(moment), moment)

    def told_in(self, sentence: str) -> tuple[ToldTime, ...]:
        """The times that stand in this sentence, in its order, of those told since the last one."""
        told, self._told = self._told, []
        return tuple(sorted((one for one in told if one[0] in sentence), key=lambda one: sentence.index(one[0])))

    def _remember(self, words: str, moment: datetime) -> str:
        self._told.append((words, moment))
        return words


class UtcClock(ToldClock):
    """For whoever reads over the API, wherever that is: `10:42 UTC`, as all other times there."""

    def __init__(self) -> None:
        super().__init__(ZoneInfo("UTC"))

    def _say(self, moment: datetime, today: str) -> str:
        return f"{super()._say(moment, today)} UTC"
