"""What the line tells about itself: who waits, who runs, who is parked and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import cast

from redis import Redis

from core.lane import LimitDefaults
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
    """The account is posting, or did a moment ago, and keeps its distance."""


@dataclass(frozen=True, slots=True)
class Parked:
    """`until_ms`: Unix milliseconds; None: until something happens that ends it. `limit`: how many are allowed,
    where a limit on a number is the reason and the number is known."""

    reason: WaitReason
    until_ms: int | None
    limit: int | None = None

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


def read_stats(redis: Redis, names: KeyNames, defaults: LimitDefaults) -> QueueStats:
    """Read the line once, in one round trip."""
    with guarded(redis), redis.pipeline(transaction=True) as pipe:
        pipe.zrange(names.waiting, 0, -1, withscores=True)
        pipe.hgetall(names.running)
        pipe.hgetall(names.why)
        pipe.zcard(names.ready)
        pipe.zcard(names.parked)
        pipe.hgetall(names.pauses)
        pipe.hgetall(names.user_limits)
        waiting_pairs, running_texts, why, ready, parked, pauses, limits = pipe.execute()
    waiting = {int(user): int(count) for user, count in waiting_pairs if user.isdigit()}
    running = _count_by_user(RunningEntry.parse(task, text) for task, text in running_texts.items())
    users = tuple(
        UserLine(
            user,
            waiting.get(user, 0),
            running.get(user, 0),
            _of_user(Parked.parse(why.get(str(user))), limits.get(str(user)), defaults),
        )
        for user in sorted(waiting.keys() | running.keys())
    )
    paused = {field: int(end) or None for field, end in pauses.items() if end.isdigit()}
    return QueueStats(users, sum(waiting.values()), sum(running.values()), ready, parked, paused)


def read_reasons(
    redis: Redis, names: KeyNames, defaults: LimitDefaults, places: Collection[tuple[int, int]]
) -> dict[tuple[int, int], Parked]:
    """What holds back the tasks in line of each (user, account): the account's own reason before its user's. Who
    is in turn is left out. One round trip for all."""
    order = sorted(set(places))
    if not order:
        return {}
    with guarded(redis), redis.pipeline(transaction=False) as pipe:
        for user, account in order:
            pipe.hget(names.accounts_why(user), str(account))
        users, accounts = ([str(place[level]) for place in order] for level in (0, 1))
        pipe.hmget(names.why, users)
        pipe.hmget(names.user_limits, users)
        pipe.hmget(names.account_limits, accounts)
        *own_reasons, user_reasons, user_limits, account_limits = pipe.execute()
    found: dict[tuple[int, int], Parked] = {}
    for place, own, users_own, user_text, account_text in zip(
        order, own_reasons, user_reasons, user_limits, account_limits, strict=True
    ):
        parked = _of_user(Parked.parse(own) or Parked.parse(users_own), user_text, defaults)
        if parked is not None and parked.reason is WaitReason.ACCOUNT_RUNNING:
            parked = replace(parked, limit=_first(account_text) or defaults.max_running_per_account)
        if parked is not None:
            found[place] = parked
    return found


def _of_user(parked: Parked | None, overrides: str | None, defaults: LimitDefaults) -> Parked | None:
    """With the number that a user's limit allows: the override, as Redis keeps it ('running:starts:weight'), or
    the default."""
    if parked is not None and parked.reason is WaitReason.USER_RUNNING:
        return replace(parked, limit=_first(overrides) or defaults.max_running_per_user)
    if parked is not None and parked.reason is WaitReason.USER_STARTS:
        return replace(parked, limit=_first((overrides or "").partition(":")[2]) or defaults.max_starts_per_minute)
    return parked


def _first(text: str | None) -> int | None:
    """The number before the first colon, if one stands there."""
    number = (text or "").partition(":")[0]
    return int(number) if number.isdigit() else None


def _count_by_user(entries: Iterable[RunningEntry | None]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for entry in entries:
        if entry is not None:
            counts[entry.user_id] = counts.get(entry.user_id, 0) + 1
    return counts
