"""What a user may do now, and the calls that change it. Pages, REST and the command line ask here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from redis import Redis

from core.lane import Claim, LimitDefaults, RowSnapshot, UserLimits
from core.queue.account_stats import AccountStats, read_account_stats
from core.queue.fair_queue import FairQueue
from core.queue.key_names import KeyNames
from core.queue.live_overrides import user_text
from core.queue.lua_scripts import CHUNK, LuaScripts
from core.queue.queue_stats import Parked
from core.queue.redis_client import server_ms


@dataclass(frozen=True, slots=True)
class UserStats:
    """How one user stands against the limits."""

    user_id: int
    running: int
    max_running: int
    starts: int
    """New starts in the last 60 s, since the last reset."""
    max_starts: int
    waiting: int
    """Tasks in line now; those due later are not."""
    next_slot_seconds: float
    """Until the window lets a new start in; 0 when it does now. (A user at `max_running` also waits for one to
    finish, which nobody can foretell.)"""
    parked: Parked | None
    """What holds back the user's whole line, if anything."""


class UserRateLimiter:
    """At most `max_running` at once and `max_starts` new starts in any rolling 60 s: an exact log, no estimate."""

    def __init__(self, redis: Redis, *, prefix: str, defaults: LimitDefaults, rows: RowSnapshot) -> None:
        self._redis = redis
        self._defaults = defaults
        self._rows = rows
        self._names = KeyNames(prefix)
        self._scripts = LuaScripts(redis, prefix)
        self._queue = FairQueue(redis, prefix=prefix, defaults=defaults, rows=rows)

    def get_user_stats(self, user_id: int) -> UserStats:
        """Raises ServiceUnavailable when Redis is away."""
        return self.get_stats_of([user_id])[0]

    def get_stats_of(self, user_ids: Sequence[int]) -> list[UserStats]:
        """How users stand, in the order of the ids: one call of Redis for 500 of them. Raises ServiceUnavailable."""
        defaults = (self._defaults.max_running_per_user, self._defaults.max_starts_per_minute)
        found: list[UserStats] = []
        for start in range(0, len(user_ids), CHUNK):
            chunk = user_ids[start : start + CHUNK]
            replies = self._scripts.run("user_stats", *defaults, *chunk)
            found += [_stats(user_id, *reply) for user_id, reply in zip(chunk, replies, strict=True)]
        return found

    def get_account_stats(self, account_ids: Sequence[int]) -> list[AccountStats]:
        """How accounts stand, in the order of the ids. Raises ServiceUnavailable when Redis is away."""
        return read_account_stats(self._redis, self._names, self._defaults, account_ids)

    def set_limits(self, limits: UserLimits) -> None:
        """Save a user's overrides and let them count from the next claim on; None means the default.

        Raises InvalidInput for values out of bounds, before anything is saved.
        """
        user_text(limits)
        self._rows.save_user_limits(limits)
        self._queue.set_limits(limits)

    def reset(self, user_id: int) -> int:
        """Forget the user's starts so far, drop its running entries without a running row, and look at it again.

        Returns the moment in Unix milliseconds of Redis' clock; starts up to it no longer count. The database
        comes first: should this end half-way, the user is held back too long at worst, never too short.
        """
        reset_ms = server_ms(self._redis)
        self._rows.save_starts_reset(user_id, reset_ms)
        self._scripts.run("reset", user_id, reset_ms)
        self._queue.drop_orphans(user_id)
        return reset_ms

    def release(self, claim: Claim) -> bool:
        """Free the slot of an attempt that is over, see `FairQueue.release`."""
        return self._queue.release(claim)


def _stats(
    user_id: int, running: int, cap: int, starts: int, limit: int, waiting: int, wait_ms: int, why: str
) -> UserStats:
    """From a reply of user_stats.lua."""
    return UserStats(user_id, running, cap, starts, limit, waiting, wait_ms / 1000, Parked.parse(why))
