"""Figures that many dashboards share: one question for all of them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from core.errors import NotFound, ServiceUnavailable
from dashboard.shared_figures import SharedFigures, forget_all, shared

READERS = 30


def test_who_comes_first_reads_and_the_others_wait_for_its_answer() -> None:
    figures: SharedFigures[object] = SharedFigures(1000)
    all_are_here = threading.Barrier(READERS)
    asked: list[int] = []

    def read() -> object:
        asked.append(1)
        return object()

    def look(_number: int) -> object:
        all_are_here.wait()
        return figures.get("key", read)

    with ThreadPoolExecutor(READERS) as threads:
        answers = list(threads.map(look, range(READERS)))
    assert len(asked) == 1
    assert all(answer is answers[0] for answer in answers)


def test_another_question_need_not_wait_for_a_slow_one() -> None:
    figures: SharedFigures[str] = SharedFigures(1000)
    is_asked, may_answer = threading.Event(), threading.Event()

    def slow() -> str:
        is_asked.set()
        may_answer.wait()
        return "slow"

    with ThreadPoolExecutor(1) as threads:
        late = threads.submit(figures.get, "slow", slow)
        is_asked.wait()
        assert figures.get("quick", lambda: "quick") == "quick"
        may_answer.set()
        assert late.result() == "slow"


def test_what_has_grown_old_is_read_again() -> None:
    figures: SharedFigures[int] = SharedFigures(0)
    assert [figures.get("key", iter([number]).__next__) for number in (1, 2)] == [1, 2]


def test_an_outage_is_asked_about_once_and_other_errors_by_each() -> None:
    figures: SharedFigures[int] = SharedFigures(1000)
    asked: list[str] = []

    def fail(error: Exception) -> int:
        asked.append(type(error).__name__)
        raise error

    for _ in range(3):
        with pytest.raises(ServiceUnavailable):
            figures.get("away", lambda: fail(ServiceUnavailable("database", "refused", "")))
        with pytest.raises(NotFound):
            figures.get("gone", lambda: fail(NotFound("article", 1)))
    assert sorted(asked) == ["NotFound"] * 3 + ["ServiceUnavailable"]


def test_only_so_many_are_kept_and_the_last_asked_for_stay() -> None:
    figures: SharedFigures[int] = SharedFigures(1000, most=2)
    asked: list[str] = []

    def read(key: str) -> int:
        asked.append(key)
        return len(asked)

    for key in ("a", "b", "a", "c", "a", "b"):
        figures.get(key, partial(read, key))
    assert asked == ["a", "b", "c", "b"]


def test_a_function_answers_by_its_arguments_until_all_is_forgotten() -> None:
    asked: list[tuple[int, int]] = []

    @shared(1000)
    def added(one: int, other: int = 0) -> int:
        asked.append((one, other))
        return one + other

    assert [added(1), added(1), added(1, other=2), added(1, other=2)] == [1, 1, 3, 3]
    assert asked == [(1, 0), (1, 2)]
    forget_all()
    assert added(1) == 1
    assert len(asked) == 3
