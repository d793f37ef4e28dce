"""What a user may do now, its overrides, and the administrator's reset."""

from __future__ import annotations

from typing import Any

import pytest
from redis import Redis

from core.errors import InvalidInput
from core.lane import UserLimits
from core.queue.fair_queue import FairQueue
from core.queue.queue_stats import WaitReason
from core.queue.rate_limiter import UserRateLimiter
from tests.integration.queue.queue_support import DEFAULTS, MemoryRows, claims, entry, let_time_pass


@pytest.fixture
def limiter(redis: Redis, rows: MemoryRows) -> UserRateLimiter:
    return UserRateLimiter(redis, prefix="", defaults=DEFAULTS, rows=rows)


def test_stats_of_a_user_nobody_has_seen(limiter: UserRateLimiter) -> None:
    stats = limiter.get_user_stats(1)
    assert (stats.running, stats.max_running, stats.starts, stats.max_starts) == (0, 10, 0, 20)
    assert (stats.waiting, stats.next_slot_seconds, stats.parked) == (0, 0.0, None)


def test_of_many_users_in_one_call(
    limiter: UserRateLimiter, queue: FairQueue, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.push([entry(user, user_id=user, account_id=100 + user) for user in range(1, 1203)])
    limiter.set_limits(UserLimits(7, max_running=3))
    asked: list[object] = []
    run = redis.execute_command

    def count(*args: Any, **how: Any) -> Any:
        asked.append(args[0])
        return run(*args, **how)

    monkeypatch.setattr(redis, "execute_command", count)
    found = limiter.get_stats_of(range(1, 1203))
    assert len(asked) == 3
    assert [stats.user_id for stats in found] == list(range(1, 1203))
    assert {stats.waiting for stats in found} == {1}
    assert found[6].max_running == 3
    assert limiter.get_stats_of([]) == []
    assert found[6] == limiter.get_user_stats(7)


def test_stats_say_when_the_next_may_start(limiter: UserRateLimiter, queue: FairQueue, redis: Redis) -> None:
    limiter.set_limits(UserLimits(1, max_starts=3))
    queue.push([entry(task_id) for task_id in range(1, 6)])
    claims(queue)
    let_time_pass(redis, 20)
    stats = limiter.get_user_stats(1)
    assert (stats.running, stats.starts, stats.max_starts, stats.waiting) == (3, 3, 3, 2)
    assert 35 < stats.next_slot_seconds <= 40.001
    assert stats.parked is not None
    assert stats.parked.reason is WaitReason.USER_STARTS


def test_limits_are_saved_and_count_at_once(limiter: UserRateLimiter, queue: FairQueue, rows: MemoryRows) -> None:
    queue.push([entry(task_id, account_id=100 + task_id % 2) for task_id in range(1, 30)])
    assert len(claims(queue)) == 10
    limiter.set_limits(UserLimits(1, max_running=12))
    assert rows.limits[1].max_running == 12
    assert len(claims(queue)) == 2
    limiter.set_limits(UserLimits(1))
    assert limiter.get_user_stats(1).max_running == 10


@pytest.mark.parametrize(
    "limits", [UserLimits(1, max_running=0), UserLimits(1, max_starts=0), UserLimits(1, weight=0.0)]
)
def test_limits_out_of_bounds_are_refused_before_they_are_saved(
    limiter: UserRateLimiter, rows: MemoryRows, limits: UserLimits
) -> None:
    with pytest.raises(InvalidInput):
        limiter.set_limits(limits)
    assert rows.limits == {}


def test_a_reset_forgets_starts_and_wakes_the_user(
    limiter: UserRateLimiter, queue: FairQueue, rows: MemoryRows
) -> None:
    limiter.set_limits(UserLimits(1, max_starts=2))
    queue.push([entry(task_id) for task_id in range(1, 6)])
    held = claims(queue)
    for claim in held:
        queue.release(claim)
    assert len(held) == 2
    reset_ms = limiter.reset(1)
    assert rows.resets == {1: reset_ms}
    assert all(claim.claimed_ms <= reset_ms for claim in held)
    assert len(claims(queue)) == 2
    assert limiter.get_user_stats(1).starts == 2


def test_a_reset_drops_entries_without_a_running_row(
    limiter: UserRateLimiter, queue: FairQueue, rows: MemoryRows
) -> None:
    entries = [entry(1), entry(2), entry(3, user_id=2)]
    rows.add(*entries)
    queue.push(entries)
    one, two, other = sorted(claims(queue), key=lambda claim: claim.task_id)
    rows.take(one)
    queue.confirm(one)
    limiter.reset(1)
    assert limiter.get_user_stats(1).running == 1
    assert queue.confirm(one)
    assert not queue.confirm(two)
    assert queue.confirm(other)


def test_orphans_are_dropped_by_name_alone(queue: FairQueue, rows: MemoryRows) -> None:
    rows.add(entry(1), entry(2))
    one, two = sorted(claims(queue), key=lambda claim: claim.task_id)
    assert queue.drop_orphans(1, {1}) == 1
    assert not queue.confirm(one)
    assert queue.confirm(two)


def test_starts_that_a_reset_forgot_do_not_come_back_with_the_reconcile(
    limiter: UserRateLimiter, queue: FairQueue, rows: MemoryRows, redis: Redis
) -> None:
    rows.add(entry(1))
    queue.push([entry(1)])
    (claim,) = claims(queue)
    rows.take(claim)
    queue.confirm(claim)
    limiter.reset(1)
    rows.resets.clear()
    redis.delete("queue:running", "limit:user:1:running")
    assert queue.reconcile().adopted == 1
    assert limiter.get_user_stats(1).starts == 0


def test_release_frees_the_slot(limiter: UserRateLimiter, queue: FairQueue) -> None:
    queue.push([entry(1)])
    (claim,) = claims(queue)
    assert limiter.release(claim)
    assert not limiter.release(claim)
