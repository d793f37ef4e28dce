"""The state of tasks in words, with what only the line knows. Pages and REST show the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core import wiring
from core.errors import ServiceUnavailable
from core.services.queue_overview import WaitFacts
from core.services.say import Say, in_english
from core.services.task_words import TaskWords
from core.store.records import Actor, TaskView
from dashboard.told_times import ToldClock, ToldTime, UtcClock


@dataclass(frozen=True, slots=True)
class TaskState:
    """`ahead`: how many go before it, where that is known. `times`: that stand in the words."""

    words: str
    ahead: int | None = None
    times: tuple[ToldTime, ...] = ()


def describe_all(
    tasks: Sequence[TaskView], actor: Actor, *, zone: ZoneInfo | None = None, say: Say = in_english
) -> list[TaskState]:
    """A list, at the price of one. Times in `zone`, else in UTC, which they say."""
    waits = wiring.get_task_manager().waits(tasks, actor=actor)
    clock = _clock(zone)
    words = _words(clock, say)
    return [_state(words, clock, task, waits.get(task.id)) for task in tasks]


def describe(task: TaskView, actor: Actor, *, zone: ZoneInfo | None = None, say: Say = in_english) -> TaskState:
    """One task, with its place in line."""
    clock = _clock(zone)
    return _state(_words(clock, say), clock, task, wiring.get_task_manager().wait_facts(task, actor=actor))


def _clock(zone: ZoneInfo | None) -> ToldClock:
    return UtcClock() if zone is None else ToldClock(zone)


def _words(clock: ToldClock, say: Say) -> TaskWords:
    return TaskWords(clock, has_workers=has_workers(), say=say)


def _state(words: TaskWords, clock: ToldClock, task: TaskView, wait: WaitFacts | None) -> TaskState:
    sentence = words.state(task, wait)
    return TaskState(sentence, wait.ahead if wait else None, clock.told_in(sentence))


def has_workers() -> bool | None:
    """Whether anybody publishes; None: nobody can tell, Redis is away."""
    try:
        return bool(wiring.get_heartbeats().all())
    except ServiceUnavailable:
        return None
