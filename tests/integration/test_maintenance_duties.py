"""What the leader does: every row that may go gets into the line, and every dead worker's task is handed on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from core.lane import Claim
from core.store.leadership import MaintenanceLock
from core.store.records import TaskView
from core.store.row_snapshot import DatabaseRows
from core.store.task_store import TaskStore
from core.task_state import MAX_CRASHES, TaskStatus
from tasks.maintenance import PAGE, Maintenance, MaintenanceParts
from tasks.service_watch import ServiceWatch
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab


def maintenance(lab: WorkerLab, holder: str = "host:1:a") -> Maintenance:
    parts = MaintenanceParts(
        store=lab.store,
        queries=lab.queries,
        rows=DatabaseRows(lab.db),
        queue=lab.queue,
        lock=MaintenanceLock(lab.db),
        run_dir=lab.data_dir / "run",
        watch=ServiceWatch(),
    )
    return Maintenance(parts, holder=holder)


def claim(lab: WorkerLab) -> Claim:
    found = lab.queue.claim()
    assert found is not None
    return found


def take_and_die(lab: WorkerLab, task: TaskView, worker_id: str = "host:9:dead") -> None:
    """As a worker that is killed right after it took the row, under a lease that has just ended."""
    taken = claim(lab)
    assert taken.task_id == task.id
    held = TaskStore(lab.db, lease_seconds=0).take(task.id, worker_id=worker_id, claimed_ms=taken.claimed_ms)
    assert held is not None
    wait_until(lambda: bool(lab.store.expired()), 5, "the lease has ended")


def test_rows_that_never_reached_the_line_are_pushed(ground: WorkerLab) -> None:
    account = ground.bare_account()
    task = ground.submit(account, is_pushed=False)
    assert ground.queue.claim() is None
    maintenance(ground).push_missing()
    assert claim(ground).task_id == task.id


def test_a_priority_changed_while_redis_was_away_reaches_the_line(ground: WorkerLab) -> None:
    account = ground.bare_account()
    first, second = ground.submit(account, "first"), ground.submit(account, "second")
    ground.store.reprioritise(second.id, 9)
    maintenance(ground).push_missing()
    assert [claim(ground).task_id, claim(ground).task_id] == [second.id, first.id]


def test_the_search_for_missing_rows_goes_through_all_pages(ground: WorkerLab) -> None:
    account = ground.bare_account()
    ground.fill(account, PAGE + 3)
    maintenance(ground).push_missing()
    assert ground.queue.stats().waiting == PAGE + 3


def test_what_is_due_is_pushed_and_what_is_not_stays(ground: WorkerLab) -> None:
    account = ground.bare_account()
    soon = ground.submit(account, "soon", run_at=datetime.now(UTC) + timedelta(seconds=0.5))
    ground.submit(account, "later", run_at=datetime.now(UTC) + timedelta(hours=1))
    duties = maintenance(ground)

    def is_in_line() -> bool:
        duties.push_due()
        return ground.queue.stats().waiting == 1

    wait_until(is_in_line, 10, "the due one is in line")
    assert claim(ground).task_id == soon.id


def test_a_retry_is_pushed_when_its_time_has_come(ground: WorkerLab) -> None:
    task = ground.submit(ground.bare_account())
    first = claim(ground)
    held = ground.store.take(task.id, worker_id="host:2:b", claimed_ms=first.claimed_ms)
    assert held is not None
    ground.store.retry_later(held, delay_seconds=0, error_class="RetryLater", message="502", uses_retry=True)
    ground.queue.release(first)
    maintenance(ground).push_due()
    second = claim(ground)
    assert (second.task_id, second.is_fresh) == (task.id, False)


def test_a_dead_workers_task_is_in_line_again_at_once_as_no_new_start(ground: WorkerLab) -> None:
    task = ground.submit(ground.bare_account())
    take_and_die(ground, task)
    maintenance(ground).rescue()
    assert ground.queries.get(task.id).crash_count == 1
    again = claim(ground)
    assert (again.task_id, again.is_fresh) == (task.id, False)


def test_three_crashes_fail_the_task_and_free_its_slot(ground: WorkerLab) -> None:
    task = ground.submit(ground.bare_account())
    for _ in range(MAX_CRASHES):
        take_and_die(ground, task)
        maintenance(ground).rescue()
    assert ground.status(task) is TaskStatus.FAILED
    assert ground.queue.stats().running == 0
    assert ground.queue.claim() is None


def test_a_cancelled_task_of_a_dead_worker_is_cancelled(ground: WorkerLab) -> None:
    task = ground.submit(ground.bare_account())
    take_and_die(ground, task)
    ground.store.cancel(task.id)
    maintenance(ground).rescue()
    assert ground.status(task) is TaskStatus.CANCELLED
    assert ground.queue.stats().running == 0


def test_after_a_flush_the_line_is_as_before(ground: WorkerLab) -> None:
    account = ground.bare_account()
    running, waiting = ground.submit(account, "running"), ground.submit(account, "waiting")
    first = claim(ground)
    assert ground.store.take(running.id, worker_id="host:2:b", claimed_ms=first.claimed_ms) is not None
    for key in ground.redis.scan_iter(f"{ground.environment['TOPN_REDIS_PREFIX']}*"):
        ground.redis.delete(key)
    maintenance(ground).reconcile()
    stats = ground.queue.stats()
    assert (stats.waiting, stats.running) == (1, 1)
    assert claim(ground).task_id == waiting.id


@pytest.fixture
def two_leaders(ground: WorkerLab) -> Iterator[tuple[Maintenance, Maintenance]]:
    first, second = maintenance(ground, "host:1:a"), maintenance(ground, "host:2:b")
    first.start()
    wait_until(lambda: MaintenanceLock(ground.db).holder() == "host:1:a", 10, "the first leads")
    second.start()
    yield first, second
    first.stop()
    second.stop()


def test_one_leads_and_the_next_takes_over_when_it_stops(
    ground: WorkerLab, two_leaders: tuple[Maintenance, Maintenance]
) -> None:
    first, _ = two_leaders
    task = ground.submit(ground.bare_account(), is_pushed=False)
    wait_until(lambda: ground.queue.stats().waiting == 1, 30, "the leader found the missing row")
    assert MaintenanceLock(ground.db).holder() == "host:1:a"
    first.stop()
    wait_until(lambda: MaintenanceLock(ground.db).holder() == "host:2:b", 10, "the second leads")
    take_and_die(ground, task)
    wait_until(lambda: ground.queries.get(task.id).crash_count == 1, 15, "the second rescues")


def test_a_failing_duty_does_not_hold_up_the_others(ground: WorkerLab, monkeypatch: pytest.MonkeyPatch) -> None:
    task = ground.submit(ground.bare_account())
    take_and_die(ground, task)
    duties = maintenance(ground)

    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(duties._duties[0], "do", fail)  # noqa: SLF001  # the first in the order of the round
    duties.tick()
    assert ground.queries.get(task.id).crash_count == 1


def test_a_round_without_leadership_does_nothing(ground: WorkerLab) -> None:
    assert MaintenanceLock(ground.db).try_acquire("host:3:c")
    task = ground.submit(ground.bare_account(), is_pushed=False)
    maintenance(ground).tick()
    assert ground.queue.missing([entry for entry in [ground.queries.entry(task.id)] if entry]) != []


def test_to_lead_on_after_a_long_duty_is_no_news(ground: WorkerLab) -> None:
    """A hanging Redis holds up each duty for longer than a leader believes in its leadership."""
    first, second = maintenance(ground), maintenance(ground, "host:2:b")
    with capture_logs() as lines:
        for _round in range(3):
            first.tick()
            first._leader_until = first._ask_again_at = 0.0  # noqa: SLF001  # as when a duty took that long
        second.tick()
        first.stop()
        second._ask_again_at = 0.0  # noqa: SLF001
        second.tick()
    assert [line["event"] for line in lines if "leads" in line["event"]] == ["leads the maintenance"] * 2
