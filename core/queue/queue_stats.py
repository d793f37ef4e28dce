"""What the line tells about itself: who waits, who runs, who is parked and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from redis import Redis

from core.queue.key_names import KeyNames
from core.queue.redis_client import guarded
from core.queue.running_entry import RunningEntry


class WaitReason(StrEnum):
    """Why tasks of a user or an account are not their turn although they could go."""

    USER_PAUSED = "user_paused"
    USER_RUNNING = "user_running"
    """The user has as many running as allowed."""
    USER_STARTS = "user_starts"
    """The user has started as many in the last 60 s as allowed."""
    PLATFORM_PAUSED = "platform_paused"
    ACCOUNT_PAUSED = "account_paused"
    ACCOUNT_RUNNING = "account_running"
    """The account has as many running as allowed."""
    ACCOUNT_GAP = "account_gap"
    """The account posted a moment ago and keeps its distance."""


@dataclass(frozen=True, slots=True)
class Parked:
    """`until_ms`: Unix milliseconds; None: until something happens that ends it."""

    reason: WaitReason
    until_ms: int | None

    @classmethod
    def parse(cls, why: str | None) -> Parked | None:
        """From Redis' text 'reason:until', with 'accounts:' before it when all accounts of a user wait."""
        reason, _, until = (why or "").removeprefix("accounts:").partition(":")
        if reason not in set(WaitReason):
            return None
        return cls(WaitReason(reason), int(until) if until.isdigit() and int(until) else None)


@dataclass(frozen=True, slots=True)
class UserLine:
    """One user's part of the line."""

    user_id: int
    waiting: int
    running: int
    parked: Parked | None


@dataclass(frozen=True, slots=True)
class QueueStats:
    """The whole line. `users` holds those with tasks waiting or running, by id."""

    users: tuple[UserLine, ...]
    waiting: int
    running: int
    ready_users: int
    parked_users: int
    paused: dict[str, int | None]
    """'everything' or 'scope:key' → end in Unix milliseconds, None: until somebody resumes it."""


def read_running(redis: Redis, names: KeyNames) -> list[RunningEntry]:
    """All running entries; what is none is left out."""
    with guarded(redis):
        texts = cast("dict[str, str]", redis.hgetall(names.running))
    entries = (RunningEntry.parse(task, text) for task, text in texts.items())
    return [entry for entry in entries if entry is not None]


def read_stats(redis: Redis, names: KeyNames) -> QueueStats:
    """Read the line once, in one round trip."""
    with guarded(redis), redis.pipeline(transaction=True) as pipe:
        pipe.zrange(names.waiting, 0, -1, withscores=True)
        pipe.hgetall(names.running)
        pipe.hgetall(names.why)
        pipe.zcard(names.ready)
        pipe.zcard(names.parked)
        pipe.hgetall(names.pauses)
        waiting_pairs, running_texts, why, ready, parked, pauses = pipe.execute()
    waiting = {int(user): int(count) for user, count in waiting_pairs if user.isdigit()}
    running = _count_by_user(RunningEntry.parse(task, text) for task, text in running_texts.items())
    users = tuple(
        UserLine(user, waiting.get(user, 0), running.get(user, 0), Parked.parse(why.get(str(user))))
        for user in sorted(waiting.keys() | running.keys())
    )
    paused = {field: int(end) or None for field, end in pauses.items() if end.isdigit()}
    return QueueStats(users, sum(waiting.values()), sum(running.values()), ready, parked, paused)


def _count_by_user(entries: Iterable[RunningEntry | None]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for entry in entries:
        if entry is not None:
            counts[entry.user_id] = counts.get(entry.user_id, 0) + 1
    return counts
