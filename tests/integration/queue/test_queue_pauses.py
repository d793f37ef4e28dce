"""Pauses hold back from the next claim on, end by themselves or by hand, and come back after a flush."""

from __future__ import annotations

import pytest
from redis import Redis

from core.lane import Pause, PauseScope
from core.queue.fair_queue import FairQueue
from core.queue.queue_stats import WaitReason
from core.queue.redis_client import server_ms
from tests.integration.queue.queue_support import MemoryRows, claims, entry, let_time_pass, why_waiting

SCOPES = [
    (PauseScope.EVERYTHING, ""),
    (PauseScope.PLATFORM, "zhihu"),
    (PauseScope.USER, "1"),
    (PauseScope.ACCOUNT, "100"),
]
REASONS = {
    PauseScope.PLATFORM: WaitReason.PLATFORM_PAUSED,
    PauseScope.USER: WaitReason.USER_PAUSED,
    PauseScope.ACCOUNT: WaitReason.ACCOUNT_PAUSED,
}


@pytest.mark.parametrize(("scope", "key"), SCOPES)
def test_a_pause_holds_until_it_is_resumed(queue: FairQueue, redis: Redis, scope: PauseScope, key: str) -> None:
    queue.push([entry(1), entry(2)])
    assert queue.claim() is not None
    queue.pause(Pause(scope, key, None))
    assert queue.claim() is None
    if scope in REASONS:
        parked = why_waiting(queue)
        assert parked is not None
        assert (parked.reason, parked.until_ms) == (REASONS[scope], None)
    let_time_pass(redis, 100_000)
    assert queue.claim() is None
    queue.resume(scope, key)
    assert queue.claim() is not None


@pytest.mark.parametrize(("scope", "key"), SCOPES)
def test_a_pause_ends_by_itself(queue: FairQueue, redis: Redis, scope: PauseScope, key: str) -> None:
    queue.push([entry(1)])
    queue.pause(Pause(scope, key, server_ms(redis) + 30_000))
    assert queue.claim() is None
    let_time_pass(redis, 29)
    assert queue.claim() is None
    let_time_pass(redis, 1.1)
    assert queue.claim() is not None
    assert queue.stats().paused == {}


@pytest.mark.parametrize(("scope", "key"), SCOPES[1:])
def test_a_pause_holds_back_nobody_else(queue: FairQueue, scope: PauseScope, key: str) -> None:
    queue.pause(Pause(scope, key, None))
    queue.push([entry(1), entry(2, user_id=2, platform="other")])
    assert [claim.task_id for claim in claims(queue)] == [2]


def test_another_account_goes_on_while_one_is_paused(queue: FairQueue) -> None:
    queue.push([entry(1, account_id=100), entry(2, account_id=101)])
    queue.pause(Pause(PauseScope.ACCOUNT, "100", None))
    assert [claim.task_id for claim in claims(queue)] == [2]


def test_the_longer_of_two_pauses_counts(queue: FairQueue, redis: Redis) -> None:
    now = server_ms(redis)
    queue.pause(Pause(PauseScope.ACCOUNT, "100", now + 60_000))
    queue.pause(Pause(PauseScope.ACCOUNT, "100", now + 10_000))
    assert queue.stats().paused == {"account:100": now + 60_000}
    queue.pause(Pause(PauseScope.ACCOUNT, "100", None))
    queue.pause(Pause(PauseScope.ACCOUNT, "100", now + 10_000))
    assert queue.stats().paused == {"account:100": None}


def test_resuming_a_platform_wakes_thousands(queue: FairQueue) -> None:
    queue.pause(Pause(PauseScope.PLATFORM, "zhihu", None))
    queue.push([entry(user_id, user_id=user_id) for user_id in range(1, 2001)])
    assert queue.claim() is None
    assert queue.stats().parked_users == 2000
    queue.resume(PauseScope.PLATFORM, "zhihu")
    assert queue.stats().ready_users == 2000
    assert len(claims(queue, 3000)) == 2000


def test_a_batch_is_no_matter_of_the_line(queue: FairQueue) -> None:
    with pytest.raises(ValueError, match="batch"):
        queue.pause(Pause(PauseScope.BATCH, "1", None))


def test_the_reconcile_brings_pauses_in_line_with_the_database(queue: FairQueue, rows: MemoryRows) -> None:
    queue.claim()
    rows.all_pauses.append(Pause(PauseScope.USER, "1", None))
    assert queue.reconcile().overrides_changed == 1
    queue.push([entry(1)])
    assert queue.claim() is None
    rows.all_pauses.clear()
    assert queue.reconcile().overrides_changed == 1
    assert queue.claim() is not None
    assert queue.reconcile().overrides_changed == 0


def test_a_pause_lifted_while_the_reconcile_reads_is_not_made_again(
    queue: FairQueue, rows: MemoryRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.claim()
    pause = Pause(PauseScope.USER, "1", None)
    rows.all_pauses.append(pause)
    real = rows.user_limits

    def read_then_lift() -> list[object]:
        rows.all_pauses.clear()
        queue.resume(pause.scope, pause.key)
        return list(real())

    monkeypatch.setattr(rows, "user_limits", read_then_lift)
    queue.reconcile()
    assert queue.stats().paused == {}


def test_a_pause_made_while_the_reconcile_reads_is_not_lifted(
    queue: FairQueue, rows: MemoryRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.claim()
    pause = Pause(PauseScope.USER, "1", None)
    real = rows.user_limits

    def read_then_pause() -> list[object]:
        limits = real()
        if pause not in rows.all_pauses:
            rows.all_pauses.append(pause)
            queue.pause(pause)
        return list(limits)

    monkeypatch.setattr(rows, "user_limits", read_then_pause)
    queue.reconcile()
    assert queue.stats().paused == {"user:1": None}
