"""Which of the browsers that look at pages now are still signed in: one question to the database for all of them, so
that thirty open dashboards ask no more often than one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping

from core.errors import ServiceUnavailable
from core.store.sessions import SessionView

FORGET_SECONDS = 60.0
"""A session that nobody asked about for so long is left out of the question."""


class SessionWatch:
    """An answer is good for `fresh_seconds`, also that the database is away: else each browser in turn would wait for
    it. Safe between threads, of which one asks and the others wait for its answer."""

    def __init__(self, read: Callable[[Collection[int]], Mapping[int, SessionView]], *, fresh_seconds: float) -> None:
        self._read = read
        self._fresh_seconds = fresh_seconds
        self._lock = threading.Lock()
        self._asked_at: dict[int, float] = {}
        self._answer: Mapping[int, SessionView] = {}
        self._error: ServiceUnavailable | None = None
        self._covers: frozenset[int] = frozenset()
        self._fresh_until = 0.0

    def get(self, session_id: int) -> SessionView | None:
        """The living session of this number. Raises ServiceUnavailable."""
        with self._lock:
            now = time.monotonic()
            self._asked_at[session_id] = now
            if now >= self._fresh_until or (session_id not in self._covers and self._error is None):
                self._ask(now)
            if self._error is not None:
                raise self._error
            return self._answer.get(session_id)

    def forget(self) -> None:
        """Ask anew at the next call: somebody was signed out."""
        with self._lock:
            self._fresh_until = 0.0

    def _ask(self, now: float) -> None:
        self._asked_at = {one: at for one, at in self._asked_at.items() if now - at < FORGET_SECONDS}
        self._covers = frozenset(self._asked_at)
        try:
            self._answer, self._error = self._read(self._covers), None
        except ServiceUnavailable as error:
            self._answer, self._error = {}, error
        self._fresh_until = time.monotonic() + self._fresh_seconds
