"""What goes through the line: entries, claims, limits, and what the queue needs from the database.

A lane is the line of one user; inside it every platform account has a lane of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LaneEntry:
    """A task that may go. `priority` 0–9, higher first; a resumed task (one that was started before) goes
    before fresh ones and does not count as a new start."""

    task_id: int
    user_id: int
    account_id: int
    platform: str
    priority: int = 5
    is_resumed: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """One turn given by claim.lua. `claimed_ms` is Redis' time in Unix milliseconds."""

    task_id: int
    user_id: int
    account_id: int
    number: int
    claimed_ms: int
    is_fresh: bool


class PauseScope(StrEnum):
    """What a pause holds back."""

    EVERYTHING = "everything"
    PLATFORM = "platform"
    USER = "user"
    ACCOUNT = "account"
    BATCH = "batch"
    """Kept by the database alone: tasks of a paused batch are not in the line."""


@dataclass(frozen=True, slots=True)
class Pause:
    """`key` is the platform's name or the id, empty for everything. `until_ms` in Unix milliseconds; None:
    until somebody resumes it. The scope BATCH never reaches the queue."""

    scope: PauseScope
    key: str
    until_ms: int | None


MAX_COUNT = 10_000
"""The largest cap, and the most starts in a window."""
MIN_WEIGHT, MAX_WEIGHT = 0.01, 100.0
MAX_GAP_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class UserLimits:
    """Overrides of one user; None means the default."""

    user_id: int
    max_running: int | None = None
    max_starts: int | None = None
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class AccountLimits:
    """Overrides of one account; None means the default. With a gap it posts one article at a time, and is quiet for
    so long after each."""

    account_id: int
    max_running: int | None = None
    gap_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class LimitDefaults:
    """Limits where no override is set. A start window is always 60 s."""

    max_running_per_user: int
    max_starts_per_minute: int
    max_running_per_account: int
    account_gap_seconds: float


@dataclass(frozen=True, slots=True)
class RunningRow:
    """A task that the database says is running, with Redis' time of its first claim."""

    task_id: int
    user_id: int
    account_id: int
    first_claimed_ms: int


@dataclass(frozen=True, slots=True)
class StartRow:
    """A new start that may still count against a window."""

    task_id: int
    user_id: int
    first_claimed_ms: int


@dataclass(frozen=True, slots=True)
class AccountEnd:
    """How long ago, by the database's own clock, the newest of an account's attempts ended."""

    account_id: int
    seconds_ago: float


class RowSnapshot(Protocol):
    """What the queue asks of the database, for a rebuild, a reset and the reconcile."""

    def waiting_entries(self, after_id: int, limit: int) -> list[LaneEntry]:
        """Tasks that may go now (waiting and due, retrying and due, batch not paused), by rising id."""
        ...

    def running_rows(self) -> list[RunningRow]:
        """Every running task."""
        ...

    def starts_since(self, since_ms: int) -> list[StartRow]:
        """Starts first claimed after `since_ms` and after their user's last reset."""
        ...

    def ends_within(self, seconds: float) -> list[AccountEnd]:
        """The accounts of which an attempt has ended within the last so many seconds."""
        ...

    def user_limits(self) -> list[UserLimits]:
        """All overrides of users."""
        ...

    def account_limits(self) -> list[AccountLimits]:
        """All overrides of accounts."""
        ...

    def pauses(self) -> list[Pause]:
        """All pauses in force, except those of batches."""
        ...

    def save_user_limits(self, limits: UserLimits) -> None:
        """Keep a user's overrides."""
        ...

    def save_starts_reset(self, user_id: int, reset_ms: int) -> None:
        """Keep that starts up to `reset_ms` (Redis' time) no longer count for this user."""
        ...


def running_ids(rows: Iterable[RunningRow]) -> set[int]:
    """The ids alone."""
    return {row.task_id for row in rows}
