"""One claim at a time: order, caps, window, fencing, and what does not belong in a lane."""

from __future__ import annotations

import logging
import pickle
import re

import pytest
from redis import Redis

from core.lane import AccountLimits, Claim, UserLimits
from core.queue.fair_queue import FairQueue
from core.queue.key_names import EXPIRING_KEYS, PERMANENT_KEYS
from core.queue.queue_stats import WaitReason
from tests.integration.queue.queue_support import MemoryRows, claims, entry, let_time_pass, make_queue, why_waiting


def ids(found: list[Claim]) -> list[int]:
    return [claim.task_id for claim in found]


def test_an_empty_line_has_no_turn(queue: FairQueue) -> None:
    assert queue.claim() is None


def test_pushing_twice_is_pushing_once(queue: FairQueue) -> None:
    assert queue.push([entry(1), entry(2), entry(1)]) == 2
    assert queue.push([entry(2)]) == 0
    assert ids(claims(queue)) == [1, 2]


def test_ten_thousand_are_pushed_in_chunks(queue: FairQueue) -> None:
    entries = [entry(task_id) for task_id in range(1, 10_001)]
    assert queue.push(entries) == 10_000
    assert queue.push(entries) == 0
    assert queue.stats().waiting == 10_000


def test_a_running_id_is_refused(queue: FairQueue) -> None:
    queue.push([entry(1)])
    claim = queue.claim()
    assert claim is not None
    assert queue.push([entry(1)]) == 0
    assert queue.claim() is None
    assert queue.release(claim)
    assert queue.push([entry(1)]) == 1


def test_resumed_then_priority_then_age(queue: FairQueue) -> None:
    queue.push([entry(1, priority=0), entry(2), entry(3, priority=9), entry(4), entry(5, is_resumed=True)])
    assert ids(claims(queue)) == [5, 3, 2, 4, 1]


def test_a_new_priority_counts_when_pushed_again(queue: FairQueue) -> None:
    queue.push([entry(1), entry(2), entry(3)])
    assert queue.push([entry(3, priority=9)]) == 0
    assert ids(claims(queue)) == [3, 1, 2]


def test_a_claim_says_whose_and_when(queue: FairQueue) -> None:
    queue.push([entry(7, user_id=3, account_id=44)])
    claim = queue.claim()
    assert claim is not None
    assert (claim.task_id, claim.user_id, claim.account_id, claim.is_fresh) == (7, 3, 44, True)
    queue.push([entry(8, user_id=3, account_id=44, is_resumed=True)])
    later = queue.claim()
    assert later is not None
    assert not later.is_fresh
    assert later.number > claim.number
    assert later.claimed_ms >= claim.claimed_ms


def test_running_cap_of_a_user(queue: FairQueue) -> None:
    queue.push([entry(task_id, account_id=100 + task_id % 3) for task_id in range(1, 16)])
    held = claims(queue)
    assert len(held) == 10
    assert queue.stats().users[0].parked is not None
    assert queue.stats().users[0].parked.reason is WaitReason.USER_RUNNING  # type: ignore[union-attr]
    queue.release(held[0])
    assert len(claims(queue)) == 1


def test_running_cap_of_an_account(queue: FairQueue) -> None:
    queue.set_account_limits(AccountLimits(100, max_running=2))
    queue.push([entry(task_id, account_id=100) for task_id in range(1, 6)])
    queue.push([entry(task_id, account_id=101) for task_id in range(6, 8)])
    held = claims(queue)
    assert sorted(ids(held)) == [1, 2, 6, 7]
    parked = why_waiting(queue)
    assert parked is not None
    assert parked.reason is WaitReason.ACCOUNT_RUNNING
    queue.release(next(claim for claim in held if claim.account_id == 101))
    assert queue.claim() is None
    queue.release(next(claim for claim in held if claim.account_id == 100))
    assert ids(claims(queue)) == [3]


def test_window_opens_a_millisecond_after_sixty_seconds(queue: FairQueue, redis: Redis, rows: MemoryRows) -> None:
    queue.set_limits(UserLimits(1, max_starts=3))
    queue.push([entry(task_id) for task_id in range(1, 6)])
    held = claims(queue)
    assert ids(held) == [1, 2, 3]
    for claim in held:
        queue.release(claim)
    parked = why_waiting(queue)
    assert parked is not None
    assert parked.reason is WaitReason.USER_STARTS
    assert parked.until_ms == held[0].claimed_ms + 60_001
    let_time_pass(redis, 50)
    assert queue.claim() is None
    let_time_pass(redis, 10.1)
    assert ids(claims(queue)) == [4, 5]


def test_a_lowered_limit_waits_until_enough_starts_have_passed(queue: FairQueue, redis: Redis) -> None:
    queue.push([entry(task_id) for task_id in range(1, 20)])
    for number in range(4):
        claim = queue.claim()
        assert claim is not None
        queue.release(claim)
        let_time_pass(redis, 5 if number < 3 else 0)
    queue.set_limits(UserLimits(1, max_starts=2))
    assert queue.claim() is None
    parked = why_waiting(queue)
    assert parked is not None
    third = redis.zrange("limit:user:1:starts", 2, 2)[0]
    assert parked.until_ms == redis.zscore("limit:user:1:starts", str(third)) + 60_001  # type: ignore[operator]


def test_a_resumed_task_goes_while_the_window_is_full(queue: FairQueue) -> None:
    queue.set_limits(UserLimits(1, max_starts=2))
    queue.push([entry(task_id, account_id=100) for task_id in range(1, 6)])
    assert len(claims(queue)) == 2
    assert queue.push([entry(50, account_id=101), entry(51, account_id=101, is_resumed=True)]) == 2
    assert ids(claims(queue)) == [51]
    queue.push([entry(52, account_id=100, is_resumed=True), entry(53, account_id=101, is_resumed=True)])
    assert sorted(ids(claims(queue))) == [52, 53]
    assert queue.claim() is None


def test_resumed_tasks_do_not_fill_the_window(queue: FairQueue) -> None:
    queue.set_limits(UserLimits(1, max_starts=2))
    queue.push([entry(task_id, is_resumed=True) for task_id in range(1, 5)])
    queue.push([entry(task_id) for task_id in range(5, 9)])
    assert ids(claims(queue)) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("end", ["release", "give_back"])
def test_a_freed_slot_wakes_a_resumed_task_although_the_window_is_full(queue: FairQueue, end: str) -> None:
    queue.set_limits(UserLimits(1, max_starts=2))
    queue.set_account_limits(AccountLimits(200, max_running=1))
    queue.push([entry(1, account_id=200, is_resumed=True), entry(2), entry(3)])
    first = next(claim for claim in claims(queue) if claim.task_id == 1)
    queue.push([entry(4), entry(5, account_id=200, is_resumed=True)])
    assert queue.claim() is None
    assert getattr(queue, end)(first)
    claimed = queue.claim()
    assert claimed is not None
    assert claimed.account_id == 200


def test_release_is_fenced_by_the_claim_number(queue: FairQueue) -> None:
    queue.push([entry(1)])
    old = queue.claim()
    assert old is not None
    assert queue.give_back(old)
    new = queue.claim()
    assert new is not None
    assert (new.task_id, new.number > old.number) == (1, True)
    assert not queue.release(old)
    assert not queue.give_back(old)
    assert not queue.confirm(old)
    assert queue.stats().running == 1
    assert queue.confirm(new)
    assert queue.release(new)
    assert not queue.release(new)


def test_give_back_wakes_a_user_who_waits_for_the_window(queue: FairQueue) -> None:
    queue.set_limits(UserLimits(1, max_starts=1))
    queue.push([entry(1), entry(2)])
    (claim,) = claims(queue)
    assert queue.give_back(claim, requeue=False)
    assert ids(claims(queue)) == [2]


def test_garbage_does_not_open_a_full_window(queue: FairQueue, redis: Redis) -> None:
    queue.set_limits(UserLimits(1, max_starts=1))
    queue.push([entry(1)])
    assert queue.claim() is not None
    redis.zadd("queue:user:1:account:100", {"garbage": 1})
    queue.push([entry(2)])
    queue.push([entry(3, account_id=101, is_resumed=True)])
    assert ids(claims(queue)) == [3]


def test_give_back_without_requeue(queue: FairQueue) -> None:
    queue.push([entry(1)])
    claim = queue.claim()
    assert claim is not None
    assert queue.give_back(claim, requeue=False)
    assert queue.claim() is None
    assert queue.missing([entry(1)]) == [entry(1)]


def test_remove_takes_only_what_waits(queue: FairQueue) -> None:
    queue.push([entry(1), entry(2)])
    claim = queue.claim()
    assert claim is not None
    assert not queue.remove(1, 1, 100)
    assert queue.remove(2, 1, 100)
    assert not queue.remove(2, 1, 100)
    assert queue.claim() is None
    assert queue.stats().waiting == 0


def test_missing_names_those_neither_in_line_nor_running(queue: FairQueue) -> None:
    queue.push([entry(1), entry(2)])
    queue.claim()
    assert queue.missing([entry(1), entry(2), entry(3)]) == [entry(3)]


def test_missing_names_those_whose_priority_has_not_reached_the_line(queue: FairQueue) -> None:
    queue.push([entry(1), entry(2)])
    raised = [entry(1), entry(2, priority=9)]
    assert queue.missing(raised) == [entry(2, priority=9)]
    queue.push(queue.missing(raised))
    assert queue.missing(raised) == []
    assert queue.stats().waiting == 2
    assert ids(claims(queue)) == [2, 1]


@pytest.mark.parametrize("garbage", [pickle.dumps(print), b"007", b"-1", b"1e3", b"12345678901234567", b""])
def test_garbage_in_a_lane_is_dropped_and_logged(
    queue: FairQueue, redis: Redis, garbage: bytes, caplog: pytest.LogCaptureFixture, logs_to_caplog: None
) -> None:
    queue.push([entry(1)])
    redis.zadd("queue:user:1:account:100", {garbage: 1})
    redis.zadd("queue:user:1", {garbage: -1})
    redis.zadd("queue:ready", {garbage: -1})
    with caplog.at_level(logging.WARNING):
        assert ids(claims(queue)) == [1]
    assert caplog.text.count("dropped what is not a row id") == 3
    assert redis.zcard("queue:user:1:account:100") == 0


@pytest.mark.parametrize(
    "name", ["queue:ready", "queue:running", "queue:now", "queue:user:1", "limit:user:1:starts", "queue:number"]
)
def test_a_key_of_another_type_is_healed_from_the_database(
    queue: FairQueue, redis: Redis, rows: MemoryRows, name: str
) -> None:
    rows.add(entry(1), entry(2))
    queue.push([entry(1), entry(2)])
    redis.delete(name)
    redis.hset(name, "planted", "x") if name != "queue:running" else redis.set(name, "planted")
    assert ids(claims(queue)) == [1, 2]


def test_every_key_ends_by_itself_or_is_on_the_permanent_list(queue: FairQueue, redis: Redis, rows: MemoryRows) -> None:
    queue.set_account_limits(AccountLimits(101, gap_seconds=5))
    queue.set_limits(UserLimits(2, max_starts=1))
    queue.push([entry(task_id, user_id=1 + task_id % 3, account_id=100 + task_id % 3) for task_id in range(1, 60)])
    held = claims(queue)
    queue.release(held[0])
    queue.give_back(held[1])
    queue.reconcile()
    pipe = redis.pipeline()
    for name in redis.scan_iter():
        pipe.pttl(name)
        permanent = any(_matches(shape, name) for shape in PERMANENT_KEYS)
        expiring = any(_matches(shape, name) for shape in EXPIRING_KEYS)
        assert permanent != expiring, f"{name} must be on exactly one list"
        assert permanent or redis.pttl(name) > 0, f"{name} has no time to live"


def _matches(shape: str, name: str) -> bool:
    return re.fullmatch(shape, name) is not None


def test_nothing_is_left_of_a_user_whose_tasks_are_done(queue: FairQueue, redis: Redis) -> None:
    queue.push([entry(task_id) for task_id in range(1, 4)])
    for claim in claims(queue):
        queue.confirm(claim)
        queue.release(claim)
    left = {name for name in redis.scan_iter() if redis.pttl(name) < 0}
    assert left <= {"queue:epoch", "queue:number", "queue:now", "queue:tags"}


def test_two_lines_share_a_redis_under_different_prefixes(redis: Redis) -> None:
    one = make_queue(redis, MemoryRows(), prefix="one:")
    two = make_queue(redis, MemoryRows(), prefix="two:")
    one.push([entry(1)])
    assert two.claim() is None
    assert one.claim() is not None
    assert all(name.startswith(("one:", "two:")) for name in redis.scan_iter())


def test_places_ahead(queue: FairQueue) -> None:
    queue.push([entry(task_id) for task_id in range(1, 31)])
    queue.push([entry(task_id, user_id=2) for task_id in range(31, 33)])
    assert queue.ahead_of(1, 1, 100) == 0
    assert queue.ahead_of(11, 1, 100) == 12
    assert queue.ahead_of(32, 2, 200) == 2
    assert queue.ahead_of(99, 1, 100) is None


def test_stats_count_everything(queue: FairQueue) -> None:
    queue.push([entry(task_id) for task_id in range(1, 13)] + [entry(50, user_id=2)])
    claims(queue)
    stats = queue.stats()
    assert [(line.user_id, line.waiting, line.running) for line in stats.users] == [(1, 2, 10), (2, 0, 1)]
    assert (stats.waiting, stats.running, stats.ready_users, stats.parked_users) == (2, 11, 0, 1)


def test_waiting_ends_with_a_push_and_when_a_lane_falls_due(queue: FairQueue, redis: Redis) -> None:
    queue.push([entry(1)])
    queue.wait_for_wake(4)
    assert redis.llen("queue:wake") == 0
    claim = queue.claim()
    assert claim is not None
    queue.set_account_limits(AccountLimits(100, gap_seconds=0.2))
    queue.push([entry(2)])
    assert queue.release(claim)
    redis.delete("queue:wake")
    assert queue.claim() is None
    queue.wait_for_wake(4)
    assert queue.claim() is not None, "woke when the gap ended"
