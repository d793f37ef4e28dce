"""What became of a file that was handed in."""

from __future__ import annotations

from dataclasses import dataclass

from core.store.records import Accepted


@dataclass(frozen=True, slots=True)
class BatchReceipt:
    """`tasks` are in the order of the file's rows; those handed in before are not new."""

    tasks: tuple[Accepted, ...]
    is_in_line: bool
    """False: Redis is away; they are put in line once it is back."""

    @property
    def new(self) -> int:
        """How many articles the file added."""
        return sum(task.is_new for task in self.tasks)

    @property
    def batch_id(self) -> int | None:
        """The batch of the new articles. Without any, the one that all of them are in; None when they came in
        several ways, since rows with references may have come with other files."""
        new = {task.batch_id for task in self.tasks if task.is_new}
        batches = new or {task.batch_id for task in self.tasks}
        return batches.pop() if len(batches) == 1 else None
