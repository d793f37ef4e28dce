"""A running entry as Redis holds it: who holds which task since when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_PARTS = 9


class EntryState(StrEnum):
    """How much is known of a running entry."""

    CLAIMED = "claimed"
    """A turn was given; the row may not be taken yet. The worker confirms it; after 10 s the reconcile gives
    it back when the row is not running."""
    TAKEN = "taken"
    """The worker took the row. It releases it; when the row stops running first, the reconcile does."""
    ADOPTED = "adopted"
    """Entered because the row runs, after Redis lost its own entry. The reconcile removes it."""


@dataclass(frozen=True, slots=True)
class RunningEntry:
    """`text` is the whole entry: a change since it was read shows in it."""

    task_id: int
    number: int
    claimed_ms: int
    user_id: int
    account_id: int
    call: str
    state: EntryState
    text: str

    @classmethod
    def parse(cls, task: str, text: str) -> RunningEntry | None:
        """None when somebody else wrote it."""
        parts = text.split(":")
        numbers = (task, *parts[:4])
        if len(parts) != _PARTS or not all(part.isascii() and part.isdigit() for part in numbers):
            return None
        if parts[8] not in set(EntryState):
            return None
        task_id, number, claimed_ms, user_id, account_id = map(int, numbers)
        return cls(task_id, number, claimed_ms, user_id, account_id, parts[7], EntryState(parts[8]), text)
