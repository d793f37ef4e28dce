"""What the terminal of `run_workers.py` shows of the work: a line when the numbers change, a list at the end."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.services.local_clock import LocalClock
from core.services.task_words import STATUS_WORDS, TaskWords
from core.store.task_queries import Remaining, TaskFilter, TaskQueries
from core.task_state import FINAL_STATUSES, TaskStatus

LIST_AT_MOST = 50
COUNTING_SHARE = 0.02
"""Finished articles are counted for at most this share of the time: a million of them take half a second."""


class WorkProgress:
    """`look` now and then."""

    def __init__(
        self,
        queries: TaskQueries,
        say: Callable[[str], None],
        clock: LocalClock,
        *,
        counting_share: float = COUNTING_SHARE,
    ) -> None:
        self._queries = queries
        self._words = TaskWords(clock, has_workers=None)
        self._say = say
        self._counting_share = counting_share
        self._last_line = ""
        self._remaining: Remaining | None = None
        self._finished: dict[TaskStatus, int] = {}
        self._is_finished_old = True
        self._count_again_at = 0.0

    def look(self) -> bool:
        """Say how far the work is, if that has changed. Whether nothing is left to publish now: nothing waiting
        and due, running or retrying. Raises ServiceUnavailable."""
        remaining = self._queries.remaining()
        if remaining != self._remaining:
            # What is finished was open before: these numbers alone tell when to count those.
            self._remaining, self._is_finished_old = remaining, True
        is_idle = remaining.active == 0
        if self._is_finished_old and (is_idle or time.monotonic() >= self._count_again_at):
            self._count_finished()
        self._tell(remaining)
        return is_idle

    def _count_finished(self) -> None:
        began = time.monotonic()
        self._finished = self._queries.counts(statuses=FINAL_STATUSES)
        now = time.monotonic()
        self._is_finished_old = False
        self._count_again_at = now + (now - began) / self._counting_share

    def _tell(self, remaining: Remaining) -> None:
        counts = {
            TaskStatus.WAITING: remaining.waiting + remaining.scheduled,
            TaskStatus.RUNNING: remaining.running,
            TaskStatus.RETRYING: remaining.retrying,
            TaskStatus.BLOCKED: remaining.blocked,
            **self._finished,
        }
        line = ", ".join(_counted(status, counts[status]) for status in STATUS_WORDS if counts[status])
        if line != self._last_line:
            self._say(line or "No articles yet.")
            self._last_line = line

    def tell_left_over(self) -> bool:
        """List what a drain leaves behind: scheduled, blocked and failed articles. Whether there is any."""
        statuses = (TaskStatus.WAITING, TaskStatus.BLOCKED, TaskStatus.FAILED)
        left = self._queries.list(TaskFilter(statuses=statuses), limit=LIST_AT_MOST + 1)
        if left:
            self._say("Left over:")
        for task in left[:LIST_AT_MOST]:
            self._say(f"  {task.public_id}  {task.user_name}: “{task.title}”: {self._words.state(task)}")
        if len(left) > LIST_AT_MOST:
            self._say("  and more; `python -m core tasks` lists them all.")
        return bool(left)


def _counted(status: TaskStatus, number: int) -> str:
    return f"{number} {STATUS_WORDS[status]}"
