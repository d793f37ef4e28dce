"""Turns go round: between users, between a user's accounts, and by weight."""

from __future__ import annotations

from collections import Counter

from redis import Redis

from core.lane import LimitDefaults, UserLimits
from core.queue.fair_queue import FairQueue
from tests.integration.queue.queue_support import MemoryRows, entry, make_queue

UNLIMITED = LimitDefaults(1000, 10_000, 1000, 0)


def next_owner(queue: FairQueue) -> tuple[int, int]:
    """Whose turn it is; the turn ends at once."""
    claim = queue.claim()
    assert claim is not None
    queue.release(claim)
    return claim.user_id, claim.account_id


def wide_queue(redis: Redis) -> FairQueue:
    return make_queue(redis, MemoryRows(), defaults=UNLIMITED)


def test_a_single_task_goes_next_or_next_but_one_behind_ten_thousand(redis: Redis) -> None:
    queue = wide_queue(redis)
    queue.push([entry(task_id) for task_id in range(1, 10_001)])
    for _ in range(50):
        next_owner(queue)
    queue.push([entry(20_000, user_id=2)])
    assert 2 in [next_owner(queue)[0] for _ in range(2)]


def test_three_users_of_whom_one_hands_in_only_when_its_lane_is_empty(redis: Redis) -> None:
    queue = wide_queue(redis)
    queue.push([entry(task_id, user_id=1 + task_id % 2) for task_id in range(1, 501)])
    queue.push([entry(1000, user_id=3)])
    turns: Counter[int] = Counter()
    for number in range(300):
        user_id, _ = next_owner(queue)
        turns[user_id] += 1
        if user_id == 3:
            queue.push([entry(1001 + number, user_id=3)])
    assert turns == {1: 100, 2: 100, 3: 100}


def test_handing_in_a_turn_later_wins_nothing_either(redis: Redis) -> None:
    """The finish tag of an empty lane is kept until the line has passed it, whoever goes meanwhile."""
    queue = wide_queue(redis)
    queue.push([entry(task_id, user_id=2 + task_id % 4) for task_id in range(1, 801)])
    queue.push([entry(1000)])
    turns: Counter[int] = Counter()
    before = 0
    for number in range(300):
        user_id, _ = next_owner(queue)
        turns[user_id] += 1
        if before == 1:
            queue.push([entry(1001 + number)])
        before = user_id
    assert abs(turns[1] - 60) <= 1


def test_the_same_between_the_accounts_of_one_user(redis: Redis) -> None:
    queue = wide_queue(redis)
    queue.push([entry(task_id, account_id=100 + task_id % 2) for task_id in range(1, 501)])
    queue.push([entry(1000, account_id=102)])
    turns: Counter[int] = Counter()
    for number in range(300):
        _, account_id = next_owner(queue)
        turns[account_id] += 1
        if account_id == 102:
            queue.push([entry(1001 + number, account_id=102)])
    assert turns == {100: 100, 101: 100, 102: 100}


def test_many_accounts_give_no_more_turns(redis: Redis) -> None:
    queue = wide_queue(redis)
    queue.push([entry(task_id, account_id=100 + task_id % 5) for task_id in range(1, 201)])
    queue.push([entry(task_id, user_id=2) for task_id in range(1001, 1201)])
    turns = Counter(next_owner(queue)[0] for _ in range(100))
    assert turns == {1: 50, 2: 50}


def test_weights_share_the_turns(redis: Redis) -> None:
    queue = wide_queue(redis)
    queue.set_limits(UserLimits(1, weight=2.0))
    queue.set_limits(UserLimits(3, weight=0.5))
    for user_id in (1, 2, 3):
        queue.push([entry(user_id * 1000 + number, user_id=user_id) for number in range(300)])
    turns = Counter(next_owner(queue)[0] for _ in range(350))
    assert [abs(turns[user_id] - share) <= 2 for user_id, share in ((1, 200), (2, 100), (3, 50))] == [True] * 3


def test_time_spent_parked_earns_no_credit(redis: Redis) -> None:
    queue = make_queue(redis, MemoryRows(), defaults=LimitDefaults(1000, 10_000, 1000, 0))
    queue.set_limits(UserLimits(1, max_running=1))
    for user_id in (1, 2):
        queue.push([entry(user_id * 1000 + number, user_id=user_id) for number in range(300)])
    first = queue.claim()
    assert first is not None
    assert first.user_id == 1
    assert [next_owner(queue)[0] for _ in range(100)] == [2] * 100
    queue.release(first)
    turns = Counter(next_owner(queue)[0] for _ in range(100))
    assert abs(turns[1] - turns[2]) <= 2


def test_a_claim_given_back_again_and_again_does_not_hold_up_the_others(redis: Redis) -> None:
    queue = wide_queue(redis)
    queue.push([entry(1)] + [entry(task_id, user_id=2) for task_id in range(100, 150)])
    turns: Counter[int] = Counter()
    for _ in range(40):
        claim = queue.claim()
        assert claim is not None
        turns[claim.user_id] += 1
        queue.give_back(claim) if claim.user_id == 1 else queue.release(claim)
    assert turns == {1: 20, 2: 20}


def test_every_user_gets_one_of_the_first_turns(redis: Redis) -> None:
    queue = wide_queue(redis)
    queue.push([entry(user_id * 100 + number, user_id=user_id) for user_id in range(1, 201) for number in range(3)])
    assert len({next_owner(queue)[0] for _ in range(200)}) == 200
