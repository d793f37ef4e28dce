"""Many browsers, one question about who is still signed in."""

from __future__ import annotations

import threading
from collections.abc import Collection
from datetime import UTC, datetime

import pytest

from core.errors import ServiceUnavailable
from core.store.records import Role
from core.store.sessions import SessionView
from dashboard.session_watch import SessionWatch

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Sessions:
    """What the database would answer; counts how often it was asked."""

    def __init__(self, *living: int) -> None:
        self.living = set(living)
        self.is_away = False
        self.asked: list[frozenset[int]] = []

    def read(self, ids: Collection[int]) -> dict[int, SessionView]:
        self.asked.append(frozenset(ids))
        if self.is_away:
            raise ServiceUnavailable("database", "refused", "")
        return {one: SessionView(one, one, "ada", Role.OPERATOR, NOW, NOW, NOW) for one in self.living & set(ids)}


def test_after_a_first_look_at_each_there_is_one_question_for_all() -> None:
    sessions = Sessions(*range(30))
    watch = SessionWatch(sessions.read, fresh_seconds=1000)
    for _ in range(2):
        assert all(watch.get(number) is not None for number in range(30))
    assert len(sessions.asked) == 30
    watch.forget()
    assert all(watch.get(number) is not None for number in range(30))
    assert sessions.asked[30:] == [frozenset(range(30))]


def test_who_was_signed_out_is_told_so_at_the_next_question() -> None:
    sessions = Sessions(1, 2)
    watch = SessionWatch(sessions.read, fresh_seconds=0)
    assert watch.get(1) is not None
    sessions.living.remove(1)
    assert watch.get(1) is None
    assert watch.get(2) is not None
    assert watch.get(3) is None


def test_an_outage_is_asked_about_once_and_ends_by_itself() -> None:
    sessions = Sessions(1, 2)
    sessions.is_away = True
    watch = SessionWatch(sessions.read, fresh_seconds=1000)
    for number in (1, 2, 1):
        with pytest.raises(ServiceUnavailable):
            watch.get(number)
    assert len(sessions.asked) == 1
    sessions.is_away = False
    watch.forget()  # as after `fresh_seconds`
    assert watch.get(2) is not None


def test_threads_that_come_together_share_one_question() -> None:
    sessions = Sessions(1)
    watch = SessionWatch(sessions.read, fresh_seconds=1000)
    start = threading.Barrier(20)

    def look() -> None:
        start.wait()
        assert watch.get(1) is not None

    threads = [threading.Thread(target=look) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sessions.asked) == 1
