"""After a flush the line is made anew from the database, once, and nobody gets over a limit."""

from __future__ import annotations

import threading

import pytest
from redis import Redis

from core.errors import ServiceUnavailable
from core.lane import AccountLimits, Claim, Pause, PauseScope, UserLimits
from core.queue.fair_queue import FairQueue
from tests.integration.queue.queue_support import MemoryRows, claims, entry, let_time_pass, make_queue


def run(queue: FairQueue, rows: MemoryRows, most: int = 1000) -> list[Claim]:
    """Claim and take until nothing may go."""
    held = claims(queue, most)
    for claim in held:
        assert rows.take(claim)
        assert queue.confirm(claim)
    return held


def test_lines_running_and_windows_come_back(queue: FairQueue, rows: MemoryRows, redis: Redis) -> None:
    entries = [entry(task_id, account_id=100 + task_id % 2) for task_id in range(1, 101)]
    rows.add(*entries)
    queue.push(entries)
    for claim in run(queue, rows):
        rows.finish(claim.task_id)
        queue.release(claim)
    assert len(run(queue, rows)) == 10
    redis.flushall()
    assert queue.claim() is None, "10 run and 20 have started"
    stats = queue.stats()
    assert (stats.waiting, stats.running) == (80, 10)
    assert queue.missing(rows.waiting_entries(0, 1000)) == []
    for task_id in list(rows.running):
        rows.finish(task_id)
    queue.reconcile()
    assert queue.claim() is None, "the window is still full"
    let_time_pass(redis, 61)
    assert len(claims(queue)) == 10


def test_caps_weights_pauses_and_gaps_come_back(queue: FairQueue, rows: MemoryRows, redis: Redis) -> None:
    rows.limits[1] = UserLimits(1, max_running=3, max_starts=5, weight=2.0)
    rows.limits_of_accounts[200] = AccountLimits(200, max_running=1, gap_seconds=600)
    rows.all_pauses.append(Pause(PauseScope.USER, "3", None))
    entries = [entry(task_id, user_id=1 + task_id % 3) for task_id in range(1, 31)]
    rows.add(*entries)
    redis.flushall()
    held = run(queue, rows)
    assert sorted(claim.user_id for claim in held) == [1, 1, 1, 2]
    let_time_pass(redis, 300)
    for claim in held:
        rows.finish(claim.task_id)
        rows.first_claimed_ms[claim.task_id] -= 300_000
    redis.flushall()
    assert {claim.user_id for claim in claims(queue)} == {1}, "the gap of 600 s counts from the last end"
    assert queue.stats().paused == {"user:3": None}


def test_starts_before_a_reset_stay_forgotten(queue: FairQueue, rows: MemoryRows, redis: Redis) -> None:
    rows.limits[1] = UserLimits(1, max_starts=2)
    rows.add(*(entry(task_id) for task_id in range(1, 9)))
    assert len(run(queue, rows)) == 2
    rows.save_starts_reset(1, max(rows.first_claimed_ms.values()))
    redis.flushall()
    assert len(run(queue, rows)) == 2


def test_a_claim_from_before_the_flush_is_void(queue: FairQueue, rows: MemoryRows, redis: Redis) -> None:
    rows.add(entry(1))
    old = queue.claim()
    assert old is not None
    redis.flushall()
    new = queue.claim()
    assert new is not None
    assert rows.take(old)
    assert not queue.confirm(old)
    rows.undo_take(old)
    assert not queue.give_back(old)
    assert not queue.release(old)
    assert rows.take(new)
    assert queue.confirm(new)


def test_what_was_pushed_between_flush_and_rebuild_stays(queue: FairQueue, rows: MemoryRows, redis: Redis) -> None:
    queue.claim()
    redis.flushall()
    rows.add(entry(1))
    queue.push([entry(1)])
    assert [claim.task_id for claim in claims(queue)] == [1]


def test_one_process_rebuilds_and_the_others_wait(rows: MemoryRows, redis: Redis) -> None:
    rows.add(*(entry(task_id, user_id=1 + task_id % 7) for task_id in range(1, 301)))
    reads: list[int] = []
    real = rows.running_rows

    def counted() -> list[object]:
        reads.append(1)
        return list(real())

    rows.running_rows = counted  # type: ignore[assignment, method-assign]
    queues = [make_queue(redis, rows) for _ in range(8)]
    found: list[Claim] = []

    def work(queue: FairQueue) -> None:
        for _ in range(40):
            claim = queue.claim()
            if claim is None:
                queue.wait_for_wake(0.05)
            else:
                found.append(claim)

    threads = [threading.Thread(target=work, args=(each,)) for each in queues]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reads) == 1
    assert len({claim.task_id for claim in found}) == len(found) == 70


def test_a_flush_during_a_rebuild_starts_it_over(rows: MemoryRows, redis: Redis) -> None:
    rows.add(*(entry(task_id) for task_id in range(1, 6)))
    real = rows.running_rows
    flushes = iter([True])

    def flush_once() -> list[object]:
        if next(flushes, False):
            redis.flushall()
        return list(real())

    rows.running_rows = flush_once  # type: ignore[assignment, method-assign]
    queue = make_queue(redis, rows)
    assert queue.claim() is None
    assert not redis.exists("queue:epoch")
    assert len(claims(queue)) == 5


def test_a_flush_before_the_last_step_of_a_rebuild_starts_it_over(rows: MemoryRows, redis: Redis) -> None:
    rows.add(entry(1))
    real = rows.waiting_entries
    flushes = iter([True])

    def flush_at_the_end(after_id: int, limit: int) -> list[object]:
        found = real(after_id, limit)
        if not found and next(flushes, False):
            redis.flushall()
        return list(found)

    rows.waiting_entries = flush_at_the_end  # type: ignore[assignment, method-assign]
    queue = make_queue(redis, rows)
    assert queue.claim() is None
    assert not redis.exists("queue:epoch")
    assert len(claims(queue)) == 1


def test_an_unreachable_database_lets_the_lock_go(rows: MemoryRows, redis: Redis) -> None:
    def away() -> list[object]:
        raise ServiceUnavailable("The database", "it is away.", "Start it.")

    real, rows.running_rows = rows.running_rows, away  # type: ignore[assignment, method-assign]
    rows.add(entry(1))
    queue = make_queue(redis, rows)
    with pytest.raises(ServiceUnavailable, match="database"):
        queue.claim()
    rows.running_rows = real  # type: ignore[method-assign]
    assert queue.claim() is not None, "no lock is left behind"


def test_a_rebuild_from_scratch_forgets_what_the_database_does_not_know(
    queue: FairQueue, rows: MemoryRows, redis: Redis
) -> None:
    queue.push([entry(1), entry(2)])
    queue.claim()
    redis.set("somebody:elses", "1")
    redis.set("queue:user:x", "looks like ours but is not")
    rows.add(entry(3))
    assert queue.rebuild()
    assert [claim.task_id for claim in claims(queue)] == [3]
    assert redis.mget("somebody:elses", "queue:user:x") == ["1", "looks like ours but is not"]


def test_the_reconcile_rebuilds_a_lost_line(queue: FairQueue, rows: MemoryRows, redis: Redis) -> None:
    rows.add(entry(1))
    redis.flushall()
    assert queue.reconcile().is_rebuilt
    assert not queue.reconcile().is_rebuilt
    assert queue.stats().waiting == 1


def test_one_bad_row_does_not_keep_the_others_out(queue: FairQueue, rows: MemoryRows, redis: Redis) -> None:
    rows.limits[1] = UserLimits(1, max_starts=0)
    rows.limits[2] = UserLimits(2, max_starts=1)
    rows.add(entry(1, platform="not:a platform"), entry(2), entry(3, user_id=2), entry(4, user_id=2))
    assert sorted(claim.task_id for claim in claims(queue)) == [2, 3]
