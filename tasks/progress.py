"""What the terminal of `run_workers.py` shows of the work: a line when the numbers change, a list at the end."""

from __future__ import annotations

from collections.abc import Callable

from core.store.task_queries import TaskFilter, TaskQueries
from core.task_state import TaskStatus

LIST_AT_MOST = 50

SHOWN = {
    TaskStatus.PUBLISHED: "published",
    TaskStatus.DRAFT_SAVED: "saved as draft",
    TaskStatus.RUNNING: "publishing",
    TaskStatus.WAITING: "waiting",
    TaskStatus.RETRYING: "will retry",
    TaskStatus.BLOCKED: "need a person",
    TaskStatus.FAILED: "failed",
    TaskStatus.CANCELLED: "cancelled",
}
"""In this order; a number that is 0 is left out."""


class WorkProgress:
    """`look` now and then."""

    def __init__(self, queries: TaskQueries, say: Callable[[str], None]) -> None:
        self._queries = queries
        self._say = say
        self._last_line = ""

    def look(self) -> bool:
        """Say how far the work is, if that has changed. Whether nothing is left to publish now: nothing waiting
        and due, running or retrying. Raises ServiceUnavailable."""
        counts = self._queries.counts()
        line = ", ".join(f"{counts[status]} {words}" for status, words in SHOWN.items() if counts[status])
        if line != self._last_line:
            self._say(line or "nothing in line")
            self._last_line = line
        return self._queries.remaining().active == 0

    def tell_left_over(self) -> bool:
        """List what a drain leaves behind: scheduled, blocked and failed articles. Whether there is any."""
        statuses = (TaskStatus.WAITING, TaskStatus.BLOCKED, TaskStatus.FAILED)
        left = self._queries.list(TaskFilter(statuses=statuses), limit=LIST_AT_MOST + 1)
        for task in left[:LIST_AT_MOST]:
            state = f"scheduled for {task.run_at:%Y-%m-%d %H:%M} UTC" if task.run_at else str(task.status)
            if task.status is not TaskStatus.WAITING:
                state = ": ".join(str(part) for part in (task.status, task.block_reason, task.error_message) if part)
            self._say(f"left over: {task.public_id} {task.user_name} {task.title!r}: {state}")
        if len(left) > LIST_AT_MOST:
            self._say("left over: and more; `python -m core tasks` lists them all")
        return bool(left)
