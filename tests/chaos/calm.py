"""After the storm: waits until everything has come to its end, then lets people do what is theirs to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from core.lane import PauseScope
from core.store.records import Actor, ReviewAnswer, TaskView
from core.store.task_queries import TaskFilter
from core.task_state import BlockReason, TaskStatus
from tests.chaos.history_reader import running_entries
from tests.chaos.people_faults import owner_of
from tests.chaos.soak_lab import SoakLab

DRAIN_SECONDS = 300.0
"""Longest time until nothing is under way any more: an attempt may hang for a whole task's deadline first."""
SLOTS_SECONDS = 30.0
"""Longest time until no slot is taken in Redis: the reconcile looks at those that nobody released."""
LOOK_SECONDS = 1.0
SOON = timedelta(seconds=5)


class Calm:
    """One after the other: `drain`, `let_people_act`, `drain`, `wait_for_slots`."""

    def __init__(self, lab: SoakLab, say: Callable[[str], None]) -> None:
        self._lab = lab
        self._say = say

    def drain(self) -> bool:
        """Wait until nothing is waiting, running or going to be retried. Whether it came so far.

        Owners do not wait for the end of a back-off of five minutes, nor administrators for that of a pause.
        """
        deadline = time.monotonic() + DRAIN_SECONDS
        while self._lab.lab.queries.remaining().active:
            if time.monotonic() > deadline:
                return False
            self._end_pauses()
            for task in self._lab.lab.queries.list(TaskFilter(statuses=(TaskStatus.RETRYING,)), limit=1000):
                if task.run_at is not None and task.run_at > datetime.now(UTC) + SOON:
                    self._ask(lambda task: self._lab.people.tasks.reschedule(task.id, None, actor=owner_of(task)), task)
            time.sleep(LOOK_SECONDS)
        return True

    def let_people_act(self) -> int:
        """Who has something to answer or to try again does so, having looked at the site. How many tasks go on."""
        waiting = self._lab.lab.queries.list(TaskFilter(statuses=(TaskStatus.BLOCKED, TaskStatus.FAILED)), limit=1000)
        online = {post["id"] for post in self._lab.site.posts()}
        for task in waiting:
            if task.block_reason is BlockReason.NEEDS_REVIEW:
                self._ask(partial(self._review, online), task)
            else:
                self._ask(lambda task: self._lab.people.tasks.retry(task.id, actor=owner_of(task)), task)
        return len(waiting)

    def wait_for_slots(self) -> None:
        """Wait, for a while, until Redis counts nothing as running."""
        deadline = time.monotonic() + SLOTS_SECONDS
        while running_entries(self._lab) and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)

    def _review(self, online: set[str], task: TaskView) -> None:
        tasks, actor = self._lab.people.tasks, owner_of(task)
        if task.remote_draft_id in online:
            link = f"{self._lab.lab.environment['TOPN_ZHIHU_WRITE_URL']}/p/{task.remote_draft_id}"
            tasks.answer_review(task.id, ReviewAnswer.ONLINE, link, actor=actor)
        else:
            tasks.answer_review(task.id, ReviewAnswer.PUBLISH_AGAIN, actor=actor)

    def _end_pauses(self) -> None:
        people = self._lab.people
        for pause in people.pauses.list(actor=Actor.command_line()):
            if pause.scope is PauseScope.ACCOUNT:
                people.ask(partial(people.pauses.resume, PauseScope.ACCOUNT, pause.key, actor=Actor.command_line()))

    def _ask(self, what: Callable[[TaskView], object], task: TaskView) -> None:
        if not self._lab.people.ask(lambda: what(task)):
            self._say(f"task {task.id} ({task.status}) could not be moved on by its owner")
