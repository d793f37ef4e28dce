"""What people do in the middle of it: cancel, try again, look once more, reset a limit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from core.store.records import Actor, ReviewAnswer, Role, TaskView
from core.store.task_queries import TaskFilter
from core.task_state import BlockReason, TaskStatus
from tests.chaos.nemesis import Blow, Fault, Strike
from tests.chaos.soak_lab import SoakLab

UNDER_WAY = (TaskStatus.WAITING, TaskStatus.RUNNING, TaskStatus.RETRYING)


def owner_of(task: TaskView) -> Actor:
    """Whoever handed it in."""
    return Actor(task.user_name, Role.OPERATOR, task.user_id)


def _ask_for_one(
    wanted: TaskFilter, ask: Callable[[SoakLab, TaskView], object]
) -> Callable[[SoakLab, Strike], Blow | None]:
    def strike(lab: SoakLab, strike: Strike) -> Blow | None:
        found: list[TaskView] = []
        lab.people.ask(lambda: found.extend(lab.people.tasks.list(wanted, actor=Actor.command_line(), limit=300)))
        task = strike.pick(found)
        if task is None:
            return None
        is_done = lab.people.ask(partial(ask, lab, task))
        return Blow(f"task {task.id}, {task.status}" + ("" if is_done else ": refused"))

    return strike


def _cancel(lab: SoakLab, task: TaskView) -> object:
    return lab.people.tasks.cancel(task.id, actor=owner_of(task))


def _retry(lab: SoakLab, task: TaskView) -> object:
    return lab.people.tasks.retry(task.id, actor=owner_of(task))


def _look_again(lab: SoakLab, task: TaskView) -> object:
    return lab.people.tasks.answer_review(task.id, ReviewAnswer.CHECK_AGAIN, actor=owner_of(task))


def _reset_limit(lab: SoakLab, strike: Strike) -> Blow | None:
    owner = strike.pick(lab.owners)
    if owner is None:
        return None
    user_id = owner.account.user_id
    is_done = lab.people.ask(lambda: lab.people.limits.reset(user_id, actor=Actor.command_line()))
    return Blow(f"{owner.account.user_name}" + ("" if is_done else ": refused"))


PEOPLE_FAULTS = (
    Fault("cancel", _ask_for_one(TaskFilter(statuses=UNDER_WAY), _cancel), weight=3),
    Fault("retry", _ask_for_one(TaskFilter(statuses=(TaskStatus.FAILED, TaskStatus.CANCELLED)), _retry), weight=3),
    Fault(
        "check again",
        _ask_for_one(TaskFilter(block_reason=BlockReason.NEEDS_REVIEW), _look_again),
    ),
    Fault("reset a limit", _reset_limit, weight=2),
)
