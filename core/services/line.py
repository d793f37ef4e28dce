"""Puts committed articles in line. Redis may be away: the article is safe, and the workers' maintenance puts
it in line within seconds of Redis' return."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from core.errors import ServiceUnavailable
from core.lane import LaneEntry
from core.queue.fair_queue import FairQueue
from core.store.records import Accepted, NewTask, TaskView
from core.store.task_queries import TaskQueries
from core.telemetry import get_logger

CHUNK = 1000

QueueSource: TypeAlias = "Callable[[], FairQueue]"
"""Gives the queue when it is needed. Asking may start Redis, and may fail where nothing else would."""

logger = get_logger(__name__)


class Line:
    """The queue as services use it: what Redis' absence stops here, is made good later."""

    def __init__(self, queue: QueueSource, queries: TaskQueries) -> None:
        self._queue = queue
        self._queries = queries

    def push(self, entries: Sequence[LaneEntry]) -> bool:
        """Put tasks in line. False when Redis is away."""
        try:
            for start in range(0, len(entries), CHUNK):
                self._queue().push(entries[start : start + CHUNK])
        except ServiceUnavailable as error:
            logger.warning("not in line yet, will be put there", tasks=len(entries), reason=str(error))
            return False
        return True

    def push_new(self, tasks: Sequence[NewTask], accepted: Sequence[Accepted]) -> bool:
        """Put those in line that were just accepted and may go at once; the others come when they are due."""
        return self.push(
            [
                LaneEntry(one.task_id, task.user_id, task.account_id, task.platform, task.priority)
                for task, one in zip(tasks, accepted, strict=True)
                if one.is_new and task.run_at is None
            ]
        )

    def remove(self, tasks: Iterable[TaskView]) -> None:
        """Take tasks out of the line. What stays there because Redis is away is dropped when its turn comes."""
        try:
            queue = self._queue()
            for task in tasks:
                queue.remove(task.id, task.user_id, task.account_id)
        except ServiceUnavailable as error:
            logger.warning("still in line, will be dropped in its turn", reason=str(error))

    def place_again(self, task: TaskView) -> None:
        """After a change of time or priority: out of the line, and in again where it belongs now."""
        self.remove([task])
        entry = self._queries.entry(task.id)
        if entry is not None:
            self.push([entry])

    def place_all_again(self, old: Sequence[LaneEntry], new: Sequence[LaneEntry]) -> None:
        """After a change of many: out of the line, and in again those that may go now."""
        try:
            queue = self._queue()
            for entry in old:
                queue.remove(entry.task_id, entry.user_id, entry.account_id)
        except ServiceUnavailable as error:
            logger.warning("still in line, will be dropped in its turn", reason=str(error))
        self.push(new)
