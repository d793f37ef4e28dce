"""Running entries against running rows: what the reconcile drops, requeues, adopts and leaves alone."""

from __future__ import annotations

import threading

from redis import Redis

from core.lane import Claim, UserLimits
from core.queue.fair_queue import FairQueue
from tests.integration.queue.queue_support import MemoryRows, claims, entry, let_time_pass


def claim_one(queue: FairQueue, rows: MemoryRows, task_id: int = 1) -> Claim:
    """One task, accepted and claimed; its row still waits."""
    rows.add(entry(task_id))
    queue.push([entry(task_id)])
    claim = queue.claim()
    assert claim is not None
    assert claim.task_id == task_id
    return claim


def test_a_young_claim_gets_its_time(queue: FairQueue, rows: MemoryRows, redis: Redis) -> None:
    claim = claim_one(queue, rows)
    let_time_pass(redis, 9)
    assert queue.reconcile().dropped == 0
    assert rows.take(claim)
    assert queue.confirm(claim)


def test_a_claim_never_taken_is_back_in_line_with_its_start(queue: FairQueue, rows: MemoryRows, redis: Redis) -> None:
    queue.set_limits(UserLimits(1, max_starts=1))
    rows.limits[1] = UserLimits(1, max_starts=1)
    lost = claim_one(queue, rows)
    let_time_pass(redis, 11)
    report = queue.reconcile()
    assert (report.dropped, report.requeued) == (1, 1)
    again = queue.claim()
    assert again is not None, "the start was given back, so the window has room"
    assert rows.take(lost), "the slow worker takes the row after all"
    assert not queue.confirm(lost), "and is told that its claim is void"
    rows.undo_take(lost)
    assert not queue.give_back(lost)
    assert rows.take(again)
    assert queue.confirm(again)


def test_a_start_that_happened_stays_counted(queue: FairQueue, rows: MemoryRows, redis: Redis) -> None:
    claim = claim_one(queue, rows)
    rows.take(claim)
    queue.confirm(claim)
    rows.hand_back(1)
    report = queue.reconcile()
    assert (report.dropped, report.requeued) == (1, 1)
    again = queue.claim()
    assert again is not None
    assert not again.is_fresh
    assert redis.zcard("limit:user:1:starts") == 1


def test_a_worker_that_died_between_the_record_and_the_release(queue: FairQueue, rows: MemoryRows) -> None:
    claim = claim_one(queue, rows)
    rows.take(claim)
    queue.confirm(claim)
    rows.finish(1)
    report = queue.reconcile()
    assert (report.dropped, report.requeued) == (1, 0)
    assert queue.stats().running == 0
    assert not queue.release(claim)


def test_a_running_row_without_an_entry_is_adopted_and_counts(queue: FairQueue, rows: MemoryRows, redis: Redis) -> None:
    claim = claim_one(queue, rows)
    rows.take(claim)
    queue.confirm(claim)
    for name in ("queue:running", "limit:user:1:running", "limit:account:100:running", "limit:user:1:starts"):
        redis.delete(name)
    assert queue.reconcile().adopted == 1
    assert queue.stats().running == 1
    assert redis.zcard("limit:user:1:starts") == 1
    assert queue.push([entry(1)]) == 0, "it runs"
    assert not queue.release(claim), "the entry is no longer that of this claim"
    rows.finish(1)
    assert queue.reconcile().dropped == 1
    assert queue.stats().running == 0


def test_the_reconcile_leaves_what_runs_alone(queue: FairQueue, rows: MemoryRows, redis: Redis) -> None:
    claim = claim_one(queue, rows)
    rows.take(claim)
    queue.confirm(claim)
    let_time_pass(redis, 3600)
    report = queue.reconcile()
    assert (report.adopted, report.dropped) == (0, 0)
    assert queue.release(claim)


def test_confirming_while_the_reconcile_decides_wins(queue: FairQueue, rows: MemoryRows, redis: Redis) -> None:
    """The row is taken and confirmed after the reconcile has read that it waits: the entry must stay."""
    claim = claim_one(queue, rows)
    let_time_pass(redis, 11)
    real = rows.waiting_entries
    confirmed: list[bool] = []

    def take_right_after(after_id: int, limit: int) -> list[object]:
        found = real(after_id, limit)
        if not confirmed:
            assert rows.take(claim)
            confirmed.append(queue.confirm(claim))
        return list(found)

    rows.waiting_entries = take_right_after  # type: ignore[assignment, method-assign]
    report = queue.reconcile()
    assert confirmed == [True]
    assert report.dropped == 0
    assert queue.release(claim)


def test_a_clock_set_back_does_not_hold_lanes_back(queue: FairQueue, rows: MemoryRows, redis: Redis) -> None:
    queue.set_limits(UserLimits(1, max_starts=1))
    rows.limits[1] = UserLimits(1, max_starts=1)
    queue.claim()
    queue.reconcile()
    first = claim_one(queue, rows)
    rows.take(first)
    queue.confirm(first)
    rows.add(entry(2))
    queue.push([entry(2)])
    assert queue.claim() is None
    # Seen from here a clock set back by an hour is a line whose times lie an hour ahead.
    let_time_pass(redis, -3600)
    redis.incrby("queue:clock", 3_600_000)
    queue.reconcile()
    assert queue.claim() is None, "the start counts as of now"
    let_time_pass(redis, 61)
    assert queue.claim() is not None, "and for 60 s from now, not for an hour"


def test_a_claim_from_before_the_clock_was_set_back_does_not_stay_for_an_hour(
    queue: FairQueue, rows: MemoryRows, redis: Redis
) -> None:
    claim_one(queue, rows)
    let_time_pass(redis, -3600)
    report = queue.reconcile()
    assert (report.dropped, report.requeued) == (1, 1)


def test_many_threads_and_a_reconcile_lose_nothing(queue: FairQueue, rows: MemoryRows, redis: Redis) -> None:
    entries = [entry(task_id, user_id=1 + task_id % 4) for task_id in range(1, 73)]
    rows.add(*entries)
    queue.push(entries)
    done: list[int] = []
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            claim = queue.claim()
            if claim is None:
                queue.wait_for_wake(0.05)
            elif not rows.take(claim):
                queue.give_back(claim, requeue=False)
            elif not queue.confirm(claim):
                rows.undo_take(claim)
            else:
                rows.finish(claim.task_id)
                done.append(claim.task_id)
                queue.release(claim)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(200):
        queue.reconcile()
        if len(done) == len(entries):
            break
        queue.push(queue.missing(rows.waiting_entries(0, 1000)))
    stop.set()
    for thread in threads:
        thread.join()
    assert sorted(done) == [each.task_id for each in entries]
    assert claims(queue) == []
    queue.reconcile()
    assert queue.stats().running == 0
