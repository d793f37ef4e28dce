"""The state of tasks in words, with what only the line knows. Pages and REST show the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core import wiring
from core.errors import ServiceUnavailable
from core.services.local_clock import LocalClock
from core.services.queue_overview import WaitFacts
from core.services.say import Say, in_english
from core.services.task_words import TaskWords
from core.settings import get_settings
from core.store.records import Actor, TaskView


@dataclass(frozen=True, slots=True)
class TaskState:
    """`ahead`: how many go before it, where that is known."""

    words: str
    ahead: int | None = None


def describe_all(
    tasks: Sequence[TaskView], actor: Actor, *, zone: ZoneInfo | None = None, say: Say = in_english
) -> list[TaskState]:
    """A list, at the price of one. Times in `zone`, else in that of the settings."""
    waits = wiring.get_task_manager().waits(tasks, actor=actor)
    words = _words(zone, say)
    return [_state(words, task, waits.get(task.id)) for task in tasks]


def describe(task: TaskView, actor: Actor, *, zone: ZoneInfo | None = None, say: Say = in_english) -> TaskState:
    """One task, with its place in line."""
    return _state(_words(zone, say), task, wiring.get_task_manager().wait_facts(task, actor=actor))


def _words(zone: ZoneInfo | None, say: Say) -> TaskWords:
    return TaskWords(LocalClock(zone or get_settings().zone), has_workers=has_workers(), say=say)


def _state(words: TaskWords, task: TaskView, wait: WaitFacts | None) -> TaskState:
    return TaskState(words.state(task, wait), wait.ahead if wait else None)


def has_workers() -> bool | None:
    """Whether anybody publishes; None: nobody can tell, Redis is away."""
    try:
        return bool(wiring.get_heartbeats().all())
    except ServiceUnavailable:
        return None
