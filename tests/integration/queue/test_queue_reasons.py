"""What people are told about the line: why each account waits, and how accounts stand against their limits."""

from __future__ import annotations

import pytest
from redis import Redis

from core.lane import AccountLimits, UserLimits
from core.queue.fair_queue import FairQueue
from core.queue.queue_stats import WaitReason
from core.queue.rate_limiter import UserRateLimiter
from tests.integration.queue.queue_support import DEFAULTS, MemoryRows, claims, entry, let_time_pass


def reads(redis: Redis) -> int:
    """How often Redis has read from its clients: once a round trip."""
    return int(redis.info("stats")["total_reads_processed"])


def test_each_reason_comes_with_the_number_that_is_allowed(queue: FairQueue) -> None:
    queue.set_limits(UserLimits(2, max_running=1))
    queue.set_limits(UserLimits(3, max_starts=2))
    queue.set_account_limits(AccountLimits(400, max_running=1))
    queue.push([entry(number, user_id=1, account_id=100 + number % 3) for number in range(1, 13)])
    queue.push([entry(20 + number, user_id=2) for number in range(3)])
    queue.push([entry(30 + number, user_id=3) for number in range(3)])
    queue.push([entry(40 + number, user_id=4) for number in range(3)])
    claims(queue)
    found = queue.reasons([(1, 100), (2, 200), (3, 300), (4, 400), (9, 900)])
    told = {user: (parked.reason, parked.limit) for (user, _), parked in found.items()}
    assert told == {
        1: (WaitReason.USER_RUNNING, DEFAULTS.max_running_per_user),
        2: (WaitReason.USER_RUNNING, 1),
        3: (WaitReason.USER_STARTS, 2),
        4: (WaitReason.ACCOUNT_RUNNING, 1),
    }
    stats = {user.user_id: user.parked for user in queue.stats().users}
    assert {user: parked.limit for user, parked in stats.items() if parked} == {1: 10, 2: 1, 3: 2, 4: None}


def test_the_reasons_of_a_hundred_cost_no_more_round_trips_than_those_of_one(queue: FairQueue, redis: Redis) -> None:
    queue.push([entry(number, user_id=number) for number in range(1, 101)])
    before = reads(redis)
    queue.reasons([(number, number * 100) for number in range(1, 101)])
    # Redis reads what is sent at once in pieces, of which there are far fewer than articles.
    assert reads(redis) - before < 10
    assert queue.reasons([]) == {}


def test_how_accounts_stand(queue: FairQueue, redis: Redis, rows: MemoryRows) -> None:
    limiter = UserRateLimiter(redis, prefix="", defaults=DEFAULTS, rows=rows)
    queue.set_account_limits(AccountLimits(101, max_running=2, gap_seconds=60))
    queue.push([entry(1, account_id=100), entry(2, account_id=100), entry(3, account_id=101)])
    held = claims(queue)
    plain, slow, unused = limiter.get_account_stats([100, 101, 102])
    assert (plain.running, plain.max_running, plain.gap_seconds, plain.next_post_seconds) == (2, 10, 0, 0)
    assert (slow.running, slow.max_running, slow.gap_seconds) == (1, 2, 60)
    assert slow.next_post_seconds == pytest.approx(60, abs=10)
    assert (unused.account_id, unused.running, unused.next_post_seconds) == (102, 0, 0)
    let_time_pass(redis, 61)
    assert limiter.get_account_stats([101])[0].next_post_seconds == 60, "it counts from the end"
    queue.release(next(claim for claim in held if claim.account_id == 101))
    let_time_pass(redis, 61)
    assert limiter.get_account_stats([101])[0].next_post_seconds == 0
    assert limiter.get_account_stats([]) == []
