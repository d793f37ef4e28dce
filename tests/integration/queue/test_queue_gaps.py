"""The gap between two posts of an account: its attempts are that far apart, from the end of one to the next."""

from __future__ import annotations

import pytest
from redis import Redis

from core.lane import AccountLimits, Claim, UserLimits
from core.queue.fair_queue import FairQueue
from core.queue.queue_stats import WaitReason
from core.queue.redis_client import server_ms
from tests.integration.queue.queue_support import MemoryRows, claims, entry, let_time_pass, why_waiting

GAP = AccountLimits(100, gap_seconds=30)


def ids(found: list[Claim]) -> list[int]:
    return [claim.task_id for claim in found]


def gap_ends(queue: FairQueue) -> int | None:
    """Until when the account waits for its gap; None: nobody knows yet."""
    assert queue.claim() is None
    parked = why_waiting(queue)
    assert parked is not None
    assert parked.reason is WaitReason.ACCOUNT_GAP
    return parked.until_ms


def claim_one(queue: FairQueue) -> Claim:
    (claim,) = claims(queue)
    return claim


def test_none_begins_while_another_may_still_post(queue: FairQueue, redis: Redis) -> None:
    queue.set_account_limits(GAP)
    queue.push([entry(1), entry(2, is_resumed=True), entry(3, account_id=101)])
    first, other = claims(queue)
    assert ids([first, other]) == [2, 3]
    assert gap_ends(queue) is None
    let_time_pass(redis, 600)
    assert gap_ends(queue) is None
    before = server_ms(redis)
    assert queue.release(first)
    until = gap_ends(queue)
    assert until is not None
    assert before <= until - 30_000 <= server_ms(redis)
    let_time_pass(redis, 29)
    assert queue.claim() is None
    let_time_pass(redis, 2)
    assert ids(claims(queue)) == [1]


def test_without_a_gap_an_account_posts_side_by_side(queue: FairQueue) -> None:
    queue.push([entry(1), entry(2)])
    assert ids(claims(queue)) == [1, 2]


def test_a_gap_set_while_several_run_counts_from_the_last_of_them(queue: FairQueue, redis: Redis) -> None:
    queue.push([entry(1), entry(2), entry(3)])
    first, second, _third = claims(queue)
    queue.set_account_limits(GAP)
    queue.push([entry(4)])
    queue.release(first)
    queue.release(second)
    let_time_pass(redis, 31)
    assert gap_ends(queue) is None
    queue.release(_third)
    assert gap_ends(queue) is not None
    let_time_pass(redis, 31)
    assert ids(claims(queue)) == [4]


def test_a_parked_account_with_a_resumed_task_goes_when_due_although_the_window_is_full(
    queue: FairQueue, redis: Redis
) -> None:
    queue.set_limits(UserLimits(1, max_starts=1))
    queue.set_account_limits(GAP)
    queue.push([entry(1), entry(2, account_id=101), entry(3, account_id=100)])
    first = claim_one(queue)
    queue.push([entry(4, account_id=100, is_resumed=True)])
    queue.release(first)
    assert queue.claim() is None
    let_time_pass(redis, 31)
    assert ids(claims(queue)) == [4]


def test_give_back_returns_the_start_and_the_gap(queue: FairQueue, redis: Redis) -> None:
    queue.set_limits(UserLimits(1, max_starts=2))
    queue.set_account_limits(GAP)
    queue.push([entry(1), entry(2)])
    queue.release(claim_one(queue))
    let_time_pass(redis, 31)
    assert queue.give_back(claim_one(queue))
    again = queue.claim()
    assert again is not None, "neither the start nor the gap of the claim given back counts"
    assert again.task_id == 2
    assert redis.zcard("limit:user:1:starts") == 2


def test_give_back_wakes_an_account_that_waits_for_its_gap(queue: FairQueue) -> None:
    queue.set_account_limits(GAP)
    queue.push([entry(1), entry(2)])
    assert queue.give_back(claim_one(queue), requeue=False)
    assert ids(claims(queue)) == [2]


def test_give_back_remembers_the_end_before(queue: FairQueue, redis: Redis) -> None:
    queue.set_account_limits(AccountLimits(100, gap_seconds=10))
    queue.push([entry(1), entry(2)])
    queue.release(claim_one(queue))
    let_time_pass(redis, 11)
    queue.give_back(claim_one(queue))
    queue.set_account_limits(AccountLimits(100, gap_seconds=60))
    assert gap_ends(queue) is not None, "the first one ended 11 s ago"


def test_an_attempt_that_the_reconcile_ends_has_used_the_account(
    queue: FairQueue, redis: Redis, rows: MemoryRows
) -> None:
    """A worker was killed after its row was finished, or its task was handed on: it may just have posted."""
    rows.limits_of_accounts[100] = GAP
    rows.add(entry(1), entry(2))
    claim = claim_one(queue)
    rows.take(claim)
    assert queue.confirm(claim)
    let_time_pass(redis, 600)
    rows.finish(1)
    assert queue.reconcile().dropped == 1
    assert gap_ends(queue) is not None


def test_a_claim_that_was_never_taken_has_not_used_it(queue: FairQueue, redis: Redis, rows: MemoryRows) -> None:
    rows.limits_of_accounts[100] = GAP
    rows.add(entry(1))
    claim_one(queue)
    let_time_pass(redis, 11)
    assert queue.reconcile().dropped == 1
    assert ids(claims(queue)) == [1]


def test_a_reset_of_its_user_leaves_the_gap(queue: FairQueue, redis: Redis, rows: MemoryRows) -> None:
    rows.limits_of_accounts[100] = GAP
    rows.add(entry(1), entry(2))
    claim = claim_one(queue)
    rows.take(claim)
    queue.confirm(claim)
    rows.finish(1)
    queue.drop_orphans(1)
    assert gap_ends(queue) is not None
    assert not queue.release(claim)
    assert gap_ends(queue) is not None


@pytest.mark.parametrize("is_running", [True, False])
def test_a_flush_keeps_the_gap(queue: FairQueue, redis: Redis, rows: MemoryRows, is_running: bool) -> None:
    """Of what runs, and of what ended a moment ago, also when its start is long past."""
    rows.limits_of_accounts[100] = GAP
    rows.add(entry(1), entry(2))
    claim = claim_one(queue)
    rows.take(claim)
    rows.first_claimed_ms[1] -= 3_600_000
    if not is_running:
        rows.finish(1)
    redis.flushall()
    until = gap_ends(queue)
    assert (until is None) == is_running
    if is_running:
        rows.finish(1)
        queue.reconcile()
    let_time_pass(redis, 29)
    assert queue.claim() is None
    let_time_pass(redis, 2)
    assert ids(claims(queue)) == [2]


def test_a_flush_long_after_the_last_post_keeps_nobody_waiting(
    queue: FairQueue, redis: Redis, rows: MemoryRows
) -> None:
    rows.limits_of_accounts[100] = GAP
    rows.add(entry(1), entry(2))
    rows.take(claim_one(queue))
    rows.finish(1)
    rows.ended[100] -= 31
    redis.flushall()
    assert ids(claims(queue)) == [2]
