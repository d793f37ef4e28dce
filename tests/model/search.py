"""Walks through every state that a model can reach, shortest ways first, and tells the way to the first fault.

Knows nothing of what it walks through. Called by `tests.model.publish_once`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

S = TypeVar("S", bound=Hashable)


NO_WAY_OUT = "from everywhere a way leads to an end or to a person"


class Step(NamedTuple, Generic[S]):
    """One thing that may happen next. `helps`: it needs no new fault and no person, it just goes on."""

    label: str
    state: S
    helps: bool = True
    broken: str = ""


@dataclass(frozen=True)
class Counterexample:
    """What was broken, and what happened until then."""

    promise: str
    trace: tuple[str, ...]

    def __str__(self) -> str:
        lines = (f"{number:3}. {label}" for number, label in enumerate(self.trace, 1))
        return "\n".join([f"Broken: {self.promise}", *lines])


@dataclass(frozen=True)
class Walk(Generic[S]):
    """What a walk found: how many states, and the shortest way to a broken promise if there is one."""

    states: int
    steps: int
    counterexample: Counterexample | None


class Explorer(Generic[S]):
    """One walk. `next_steps` may mark a step as broken; `promises` are asked of each state, `is_settled` tells
    where nothing has to follow; `same` maps states that differ in names only to one of them."""

    def __init__(
        self,
        next_steps: Callable[[S], Iterable[Step[S]]],
        promises: Callable[[S], Iterable[str]],
        is_settled: Callable[[S], bool],
        same: Callable[[S], Hashable],
    ) -> None:
        self._next_steps = next_steps
        self._promises = promises
        self._is_settled = is_settled
        self._same = same
        self._numbers: dict[Hashable, int] = {}
        self._states: list[S] = []
        self._came_from: list[tuple[int, str]] = []
        self._helped_by: list[list[int]] = []
        self._steps = 0

    def walk(self, start: S, *, max_states: int) -> Walk[S]:
        """Raises RuntimeError beyond `max_states`: the model has grown too large to be walked through."""
        self._add(start, self._same(start), -1, "")
        number = 0
        while number < len(self._states):
            if number > max_states:
                raise RuntimeError(f"more than {max_states} states")
            for step in self._next_steps(self._states[number]):
                found = self._follow(number, step)
                if found is not None:
                    return Walk(len(self._states), self._steps, found)
            number += 1
        return Walk(len(self._states), self._steps, self._stranded())

    def _follow(self, number: int, step: Step[S]) -> Counterexample | None:
        self._steps += 1
        if step.broken:
            return Counterexample(step.broken, (*self._trace(number), step.label))
        key = self._same(step.state)
        known = self._numbers.get(key)
        target = self._add(step.state, key, number, step.label) if known is None else known
        if step.helps:
            self._helped_by[target].append(number)
        if known is None:
            for promise in self._promises(step.state):
                return Counterexample(promise, self._trace(target))
        return None

    def _add(self, state: S, key: Hashable, came_from: int, label: str) -> int:
        number = len(self._states)
        self._numbers[key] = number
        self._states.append(state)
        self._came_from.append((came_from, label))
        self._helped_by.append([])
        return number

    def _trace(self, number: int) -> tuple[str, ...]:
        return tuple(reversed(list(self._labels_back(number))))

    def _labels_back(self, number: int) -> Iterator[str]:
        while number > 0:
            number, label = self._came_from[number]
            yield label

    def _stranded(self) -> Counterexample | None:
        """The first state from which no way leads to a settled one, by going back from all settled ones."""
        reached = [self._is_settled(state) for state in self._states]
        frontier = [number for number, is_settled in enumerate(reached) if is_settled]
        while frontier:
            for number in self._helped_by[frontier.pop()]:
                if not reached[number]:
                    reached[number] = True
                    frontier.append(number)
        if all(reached):
            return None
        return Counterexample(NO_WAY_OUT, self._trace(reached.index(False)))
