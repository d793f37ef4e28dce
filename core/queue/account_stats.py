"""How platform accounts stand against their limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from redis import Redis

from core.lane import LimitDefaults
from core.queue.key_names import KeyNames
from core.queue.redis_client import guarded


@dataclass(frozen=True, slots=True)
class AccountStats:
    """One account. `next_post_seconds`: until its gap lets it post again; 0 when it may now. While it is posting that
    is the whole gap, which counts from the end."""

    account_id: int
    running: int
    max_running: int
    gap_seconds: float
    next_post_seconds: float


def read_account_stats(
    redis: Redis, names: KeyNames, defaults: LimitDefaults, account_ids: Sequence[int]
) -> list[AccountStats]:
    """In the order of the ids, in one round trip."""
    if not account_ids:
        return []
    with guarded(redis), redis.pipeline(transaction=False) as pipe:
        pipe.time()
        pipe.hmget(names.account_limits, [str(account) for account in account_ids])
        for account in account_ids:
            pipe.zcard(names.account_running(account))
            pipe.get(names.account_last(account))
        (seconds, micros), overrides, *facts = pipe.execute()
    now_ms = seconds * 1000 + micros // 1000
    return [
        _stats(account, text or "", running, int(last or 0), now_ms, defaults)
        for account, text, running, last in zip(account_ids, overrides, facts[::2], facts[1::2], strict=True)
    ]


def _stats(
    account: int, overrides: str, running: int, last_ms: int, now_ms: int, defaults: LimitDefaults
) -> AccountStats:
    """`overrides` as Redis keeps them: 'running:gap_ms'; an empty part is the default."""
    own_running, _, own_gap_ms = overrides.partition(":")
    gap_seconds = int(own_gap_ms) / 1000 if own_gap_ms else defaults.account_gap_seconds
    # After a clock that was set back the last post counts as of now, as in claim.lua.
    left_ms = (0 if running else min(last_ms, now_ms) - now_ms) + gap_seconds * 1000
    return AccountStats(
        account, running, int(own_running or defaults.max_running_per_account), gap_seconds, max(left_ms / 1000, 0.0)
    )
