"""The keeper against real rows: who keeps a lease, who loses it, who is ended."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from core.store.models import PublishTask
from core.store.records import HeldTask
from core.store.task_store import TaskStore
from core.task_state import Step
from tasks.lease_keeper import LeaseKeeper
from tasks.running_attempt import KillReason, RunningAttempt, StepLimits
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

WORKER = "host:1:a"
LIMITS = StepLimits(step_seconds=60, task_seconds=600)


def held(lab: WorkerLab, title: str = "一篇文章", *, lease_seconds: float = 30) -> HeldTask:
    """A task that this worker has just taken."""
    account = lab.accounts.find(1, "zhihu", "main") or lab.bare_account()
    task = lab.submit(account, title)
    store = TaskStore(lab.db, lease_seconds=lease_seconds)
    taken = store.take(task.id, worker_id=WORKER, claimed_ms=1)
    assert taken is not None
    return taken


def keeper(lab: WorkerLab, *attempts: RunningAttempt, lease_seconds: float = 30) -> LeaseKeeper:
    made = LeaseKeeper(TaskStore(lab.db, lease_seconds=lease_seconds), worker_id=WORKER, lease_seconds=lease_seconds)
    for attempt in attempts:
        made.watch(attempt)
    return made


def lease_ends(lab: WorkerLab) -> dict[int, datetime | None]:
    with lab.db.read() as connection:
        return {row.id: row.lease_until for row in connection.execute(select(PublishTask.id, PublishTask.lease_until))}


def test_a_running_attempt_outlives_its_lease(ground: WorkerLab) -> None:
    attempt = RunningAttempt(held(ground, lease_seconds=1), LIMITS)
    watching = keeper(ground, attempt, lease_seconds=1)
    watching.start()
    try:
        other = RunningAttempt(held(ground, "unwatched", lease_seconds=1), LIMITS)
        wait_until(lambda: [e.task_id for e in ground.store.expired()] == [other.held.id], 10, "the other's ended")
    finally:
        watching.stop()
    assert attempt.kill_reason is None


def test_what_another_worker_took_is_ended(ground: WorkerLab) -> None:
    attempt = RunningAttempt(held(ground, lease_seconds=0), LIMITS)
    wait_until(lambda: bool(ground.store.expired()), 5, "the lease has ended")
    assert ground.store.rescue(ground.store.expired()[0]) is not None
    watching = keeper(ground, attempt, lease_seconds=0)
    watching.tick()
    assert attempt.kill_reason is KillReason.LEASE_LOST


def test_what_another_thread_of_the_same_worker_took_is_ended(ground: WorkerLab) -> None:
    """A process that slept past its leases, and then took a task of its own again."""
    earlier = RunningAttempt(held(ground, lease_seconds=0), LIMITS)
    wait_until(lambda: bool(ground.store.expired()), 5, "the lease has ended")
    assert ground.store.rescue(ground.store.expired()[0]) is not None
    taken = ground.store.take(earlier.held.id, worker_id=WORKER, claimed_ms=2)
    assert taken is not None
    now = RunningAttempt(taken, LIMITS)
    watching = keeper(ground, now, earlier, lease_seconds=0)
    watching.tick()
    assert earlier.kill_reason is KillReason.LEASE_LOST
    assert now.kill_reason is None


def test_an_ended_lease_that_nobody_took_is_renewed(ground: WorkerLab) -> None:
    attempt = RunningAttempt(held(ground, lease_seconds=0), LIMITS)
    watching = LeaseKeeper(ground.store, worker_id=WORKER, lease_seconds=0)
    watching.watch(attempt)
    watching.tick()
    assert attempt.kill_reason is None
    assert ground.store.expired() == []


def test_past_its_deadline_it_is_ended_and_its_lease_not_renewed(ground: WorkerLab) -> None:
    late = RunningAttempt(held(ground, "晚了"), StepLimits(step_seconds=-1, task_seconds=600))
    in_time = RunningAttempt(held(ground, "按时"), LIMITS)
    watching = LeaseKeeper(ground.store, worker_id=WORKER, lease_seconds=0)
    watching.watch(late)
    watching.watch(in_time)
    before = lease_ends(ground)
    watching.tick()
    after = lease_ends(ground)
    assert (late.kill_reason, in_time.kill_reason) == (KillReason.DEADLINE, None)
    assert after[late.held.id] == before[late.held.id]
    assert after[in_time.held.id] != before[in_time.held.id]


def test_a_cancelled_task_is_ended_and_no_other(ground: WorkerLab) -> None:
    first, second = RunningAttempt(held(ground, "甲"), LIMITS), RunningAttempt(held(ground, "乙"), LIMITS)
    watching = keeper(ground, first, second)
    ground.store.cancel(first.held.id)
    watching.tick()
    assert first.kill_reason is KillReason.CANCELLED
    assert second.kill_reason is None


def test_an_attempt_that_is_being_written_down_is_not_taken_for_lost(ground: WorkerLab) -> None:
    attempt = RunningAttempt(held(ground), LIMITS)
    watching = keeper(ground, attempt, lease_seconds=0)
    attempt.close()
    ground.store.fail(attempt.held, error_class="Rejected", message="no")
    watching.tick()
    assert attempt.kill_reason is None


def test_a_thread_that_does_not_come_back_is_reported(ground: WorkerLab) -> None:
    attempt = RunningAttempt(held(ground), StepLimits(step_seconds=-1, task_seconds=600))
    told: list[RunningAttempt] = []
    watching = LeaseKeeper(ground.store, worker_id=WORKER, lease_seconds=30, on_stuck=told.append, stuck_seconds=0)
    watching.watch(attempt)

    def is_told() -> bool:
        watching.tick()
        return told == [attempt] * len(told) and bool(told)

    wait_until(is_told, 5, "the hanging thread is reported")
    assert watching.stuck_count() == 1


def test_a_stop_spares_what_is_submitting_until_the_grace_time_ends(ground: WorkerLab) -> None:
    early, late = RunningAttempt(held(ground, "甲"), LIMITS), RunningAttempt(held(ground, "乙"), LIMITS)
    late.enter_submitting()
    watching = keeper(ground, early, late)
    watching.end_all(is_final=False)
    assert (early.kill_reason, late.kill_reason) == (KillReason.STOPPING, None)
    watching.end_all(is_final=True)
    assert late.kill_reason is KillReason.STOPPING


def test_the_heartbeat_learns_what_each_thread_does(ground: WorkerLab) -> None:
    attempt = RunningAttempt(held(ground), LIMITS)
    attempt.enter_step("writing")
    (activity,) = keeper(ground, attempt).activity()
    assert (activity.task_id, activity.public_id, activity.step) == (
        attempt.held.id,
        attempt.held.public_id,
        "writing",
    )
    assert ground.queries.get(attempt.held.id).progress == Step.CLAIMED
    watching = keeper(ground, attempt)
    watching.forget(attempt)
    assert watching.activity() == []


@pytest.mark.parametrize("seconds", [3, 30])
def test_a_lease_is_renewed_often_enough_to_miss_two(ground: WorkerLab, seconds: float) -> None:
    assert keeper(ground, lease_seconds=seconds).interval_seconds <= seconds / 3
