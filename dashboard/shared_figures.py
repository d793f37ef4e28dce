"""What many open dashboards show alike: read once by whoever comes first, and for some seconds the same for all.

Not `st.cache_data`: that copies its answer for each reader and takes every argument apart to name it, which costs more
than drawing what was read. Answers are handed out as they are, so they must be values that nobody changes.
"""

from __future__ import annotations

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, ParamSpec, TypeVar

from core.errors import ServiceUnavailable

P = ParamSpec("P")
R = TypeVar("R")

MOST_KEPT = 600
"""Answers of one function; what nobody asked for lately goes first."""
RECENT_SECONDS = 5.0
"""What is kept no longer than this is to show at once what somebody has changed. What is kept longer costs more to
read and hardly changes by one click."""
OUTAGE_SECONDS = 2.0
"""So long nobody asks again after a service was away, however long its answers are good otherwise."""


class _Answer(Generic[R]):
    """To one question. Whoever holds the lock reads it anew, the others wait for what comes."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.fresh_until = 0.0
        self.told: tuple[R] | ServiceUnavailable | None = None


class SharedFigures(Generic[R]):
    """The answers of one function, each by its arguments. Safe between threads."""

    def __init__(self, fresh_seconds: float, most: int = MOST_KEPT) -> None:
        self._fresh_seconds = fresh_seconds
        self._most = most
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, _Answer[R]] = OrderedDict()

    def get(self, key: Hashable, read: Callable[[], R]) -> R:
        """Raises what `read` raises. That a service is away is an answer as well: else each dashboard in turn would
        wait for it."""
        answer = self._answer(key)
        with answer.lock:
            told = answer.told
            if told is None or time.monotonic() >= answer.fresh_until:
                told = self._read(answer, read)
        if isinstance(told, ServiceUnavailable):
            raise told.with_traceback(None)
        return told[0]

    def _read(self, answer: _Answer[R], read: Callable[[], R]) -> tuple[R] | ServiceUnavailable:
        answer.told, fresh_seconds = None, self._fresh_seconds
        told: tuple[R] | ServiceUnavailable
        try:
            told = (read(),)
        except ServiceUnavailable as error:
            told, fresh_seconds = error, min(fresh_seconds, OUTAGE_SECONDS)
        answer.told, answer.fresh_until = told, time.monotonic() + fresh_seconds
        return told

    @property
    def is_recent(self) -> bool:
        """Whether its answers grow old within seconds."""
        return self._fresh_seconds <= RECENT_SECONDS

    def forget(self) -> None:
        """Read everything anew."""
        with self._lock:
            self._answers.clear()

    def _answer(self, key: Hashable) -> _Answer[R]:
        with self._lock:
            answer = self._answers.setdefault(key, _Answer())
            self._answers.move_to_end(key)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
            return answer


_all_figures: list[SharedFigures[Any]] = []


def shared(seconds: float, most: int = MOST_KEPT) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Makes a function whose answers are shared for so long. Its arguments must be hashable and say everything that
    its answer depends on, who may see it first of all. Only for modules that are imported: the file of a page is run
    anew each time, and would begin without any answers."""

    def wrap(read: Callable[P, R]) -> Callable[P, R]:
        figures: SharedFigures[R] = SharedFigures(seconds, most)
        _all_figures.append(figures)

        @functools.wraps(read)
        def reading(*args: P.args, **kwargs: P.kwargs) -> R:
            return figures.get((args, *sorted(kwargs.items())), lambda: read(*args, **kwargs))

        return reading

    return wrap


def forget_all() -> None:
    """As if every answer had grown old."""
    for figures in _all_figures:
        figures.forget()


def forget_recent() -> None:
    """Somebody has changed something: what shows it within seconds is read anew."""
    for figures in _all_figures:
        if figures.is_recent:
            figures.forget()
