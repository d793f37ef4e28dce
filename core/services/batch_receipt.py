"""What became of a file that was handed in."""

from __future__ import annotations

from dataclasses import dataclass

from core.store.records import Accepted


@dataclass(frozen=True, slots=True)
class BatchReceipt:
    """`tasks` are in the order of the file's rows; those handed in before are not new."""

    batch_id: int | None
    tasks: tuple[Accepted, ...]
    is_in_line: bool
    """False: Redis is away; they are put in line once it is back."""

    @property
    def new(self) -> int:
        """How many articles the file added."""
        return sum(task.is_new for task in self.tasks)
