"""A database of a test, and ways to move the line through time without waiting."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from redis import Redis

from core.lane import (
    AccountEnd,
    AccountLimits,
    Claim,
    LaneEntry,
    LimitDefaults,
    Pause,
    RunningRow,
    StartRow,
    UserLimits,
)
from core.queue.fair_queue import FairQueue
from core.queue.queue_stats import Parked

DEFAULTS = LimitDefaults(
    max_running_per_user=10, max_starts_per_minute=20, max_running_per_account=10, account_gap_seconds=0
)


class MemoryRows:
    """Rows in memory, with the moves a worker makes. Implements `RowSnapshot`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.waiting: dict[int, LaneEntry] = {}
        self.running: dict[int, LaneEntry] = {}
        self.first_claimed_ms: dict[int, int] = {}
        self.owner: dict[int, tuple[int, int]] = {}
        self.ended: dict[int, float] = {}
        self.resets: dict[int, int] = {}
        self.limits: dict[int, UserLimits] = {}
        self.limits_of_accounts: dict[int, AccountLimits] = {}
        self.all_pauses: list[Pause] = []

    def add(self, *entries: LaneEntry) -> None:
        """Accept tasks, as the store commits rows."""
        with self.lock:
            for entry in entries:
                self.waiting[entry.task_id] = entry
                self.owner[entry.task_id] = (entry.user_id, entry.account_id)

    def take(self, claim: Claim) -> bool:
        """Waiting → running."""
        with self.lock:
            entry = self.waiting.pop(claim.task_id, None)
            if entry is None:
                return False
            self.running[claim.task_id] = entry
            self.first_claimed_ms.setdefault(claim.task_id, claim.claimed_ms)
            return True

    def undo_take(self, claim: Claim) -> None:
        """Running → waiting, as if never taken."""
        with self.lock:
            self.waiting[claim.task_id] = self.running.pop(claim.task_id)
            if claim.is_fresh:
                del self.first_claimed_ms[claim.task_id]

    def hand_back(self, task_id: int) -> LaneEntry:
        """Running → waiting, to be resumed."""
        with self.lock:
            entry = replace(self.running.pop(task_id), is_resumed=True)
            self.waiting[task_id] = entry
            self.ended[entry.account_id] = time.monotonic()
            return entry

    def finish(self, task_id: int) -> None:
        """Running → final."""
        with self.lock:
            entry = self.running.pop(task_id)
            self.ended[entry.account_id] = time.monotonic()

    def waiting_entries(self, after_id: int, limit: int) -> list[LaneEntry]:
        with self.lock:
            return [self.waiting[key] for key in sorted(self.waiting) if key > after_id][:limit]

    def running_rows(self) -> list[RunningRow]:
        with self.lock:
            return [
                RunningRow(task_id, entry.user_id, entry.account_id, self.first_claimed_ms.get(task_id, 0))
                for task_id, entry in self.running.items()
            ]

    def starts_since(self, since_ms: int) -> list[StartRow]:
        with self.lock:
            return [
                StartRow(task_id, self.owner[task_id][0], started)
                for task_id, started in self.first_claimed_ms.items()
                if started > since_ms and started > self.resets.get(self.owner[task_id][0], 0)
            ]

    def ends_within(self, seconds: float) -> list[AccountEnd]:
        with self.lock:
            ages = {account_id: time.monotonic() - ended for account_id, ended in self.ended.items()}
            return [AccountEnd(account_id, age) for account_id, age in ages.items() if age < seconds]

    def user_limits(self) -> list[UserLimits]:
        return list(self.limits.values())

    def account_limits(self) -> list[AccountLimits]:
        return list(self.limits_of_accounts.values())

    def pauses(self) -> list[Pause]:
        return list(self.all_pauses)

    def save_user_limits(self, limits: UserLimits) -> None:
        self.limits[limits.user_id] = limits

    def save_starts_reset(self, user_id: int, reset_ms: int) -> None:
        self.resets[user_id] = reset_ms


def entry(task_id: int, user_id: int = 1, account_id: int | None = None, **facts: object) -> LaneEntry:
    """A task of a user; without an account, of the user's only one."""
    return replace(
        LaneEntry(task_id, user_id, user_id * 100 if account_id is None else account_id, "zhihu"),
        **facts,  # type: ignore[arg-type]
    )


def make_queue(redis: Redis, rows: MemoryRows, *, prefix: str = "", defaults: LimitDefaults = DEFAULTS) -> FairQueue:
    """A line of its own."""
    return FairQueue(redis, prefix=prefix, defaults=defaults, rows=rows)


def why_waiting(queue: FairQueue) -> Parked | None:
    """What holds back the tasks of user 1 and its account 100."""
    return queue.reasons([(1, 100)]).get((1, 100))


def claims(queue: FairQueue, most: int = 1000) -> list[Claim]:
    """Claim until nothing may go."""
    found: list[Claim] = []
    while len(found) < most and (claim := queue.claim()) is not None:
        found.append(claim)
    return found


_LET_TIME_PASS = """
local prefix, step = ARGV[1], tonumber(ARGV[2])
local function shifted(text) return string.format('%.0f', tonumber(text) - step) end
for _, name in ipairs(redis.call('KEYS', prefix .. '*')) do
    local bare = string.sub(name, #prefix + 1)
    if string.find(bare, ':starts$') or string.find(bare, ':parked$') then
        for _, member in ipairs(redis.call('ZRANGE', name, 0, -1)) do
            redis.call('ZINCRBY', name, -step, member)
        end
    elseif string.find(bare, ':last$') then
        redis.call('SET', name, shifted(redis.call('GET', name)), 'KEEPTTL')
    elseif bare == 'queue:running' then
        for _, task in ipairs(redis.call('HKEYS', name)) do
            local entry = redis.call('HGET', name, task)
            local number, claimed, middle, before, rest = string.match(entry, '^(%d+):(%d+):(.*):(%d*):([^:]*:%a+)$')
            if before ~= '' then before = shifted(before) end
            redis.call('HSET', name, task, table.concat({ number, shifted(claimed), middle, before, rest }, ':'))
        end
    elseif bare == 'queue:pauses' then
        for _, field in ipairs(redis.call('HKEYS', name)) do
            local ends = redis.call('HGET', name, field)
            if ends ~= '0' then redis.call('HSET', name, field, shifted(ends)) end
        end
    end
end
"""


def let_time_pass(redis: Redis, seconds: float, prefix: str = "") -> None:
    """Make everything in the line `seconds` older, at one instant. The scripts themselves only ever ask Redis for
    the time."""
    redis.eval(_LET_TIME_PASS, 0, prefix, str(round(seconds * 1000)))
