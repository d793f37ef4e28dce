"""The walk itself: it finds the shortest way to a broken promise, and where nothing leads on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest

from tests.model.search import NO_WAY_OUT, Explorer, Step, Walk

Ways = dict[int, list[int | tuple[int, bool]]]


def walk(
    ways: Ways,
    *,
    end: int = 9,
    broken_at: int | None = None,
    same: Callable[[int], int] = lambda number: number,
    max_states: int = 100,
) -> Walk[int]:
    """Through a map of numbers, from 0. A way that is a pair (to, False) needs help from outside."""

    def next_steps(here: int) -> Iterator[Step[int]]:
        for way in ways.get(here, []):
            to, helps = way if isinstance(way, tuple) else (way, True)
            yield Step(f"{here}-{to}", to, helps)

    def promises(here: int) -> Iterable[str]:
        return ["not there"] if here == broken_at else []

    return Explorer(next_steps, promises, lambda here: here == end, same).walk(0, max_states=max_states)


def test_everything_is_visited_once() -> None:
    found = walk({0: [1, 2], 1: [3], 2: [3], 3: [0, 9]})
    assert (found.states, found.steps, found.counterexample) == (5, 6, None)


def test_the_shortest_way_to_a_broken_promise_is_told() -> None:
    found = walk({0: [1, 2], 1: [3], 2: [4], 3: [4], 4: [9]}, broken_at=4).counterexample
    assert found is not None
    assert str(found) == "Broken: not there\n  1. 0-2\n  2. 2-4"


def test_a_step_may_break_a_promise_by_itself() -> None:
    steps = [Step("go", 1, broken="no step")]
    explorer = Explorer(lambda _: steps, lambda _: [], lambda _: True, lambda here: here)
    found = explorer.walk(0, max_states=10).counterexample
    assert found is not None
    assert (found.promise, found.trace) == ("no step", ("go",))


@pytest.mark.parametrize("ways", [{0: [1, 9], 1: [1]}, {0: [1, 9], 1: []}, {0: [1, 9], 1: [(9, False)]}])
def test_a_place_without_a_way_on_is_found(ways: Ways) -> None:
    found = walk(ways).counterexample
    assert found is not None
    assert (found.promise, found.trace) == (NO_WAY_OUT, ("0-1",))


def test_states_that_are_the_same_are_one() -> None:
    assert walk({0: [10, 20], 10: [9]}, same=lambda number: 10 if number == 20 else number).states == 3


def test_a_model_that_has_grown_too_large_says_so() -> None:
    with pytest.raises(RuntimeError, match="more than 3"):
        walk({number: [number + 1] for number in range(10)}, max_states=3)
