"""The database is lost while a start is written down or undone: a start that the row may show still counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.browser.webdriver_pool import WebDriverPool
from core.queue.rate_limiter import UserRateLimiter
from core.store.records import TaskView
from core.store.row_snapshot import DatabaseRows
from core.store.task_store import TaskStore
from core.task_state import Action, TaskStatus
from tests.integration.queue.queue_support import let_time_pass
from tests.servers.local_process import wait_until
from tests.servers.lossy_database import LossyDatabase
from tests.servers.worker_desk import WORKER_ID, WorkerDesk
from tests.servers.worker_lab import DEFAULTS, WorkerLab

LEASE_SECONDS = 1


@pytest.fixture
def lossy(ground: WorkerLab, database_url: str) -> Iterator[LossyDatabase]:
    """The database as the worker reaches it."""
    made = LossyDatabase(database_url)
    ground.store = TaskStore(made, lease_seconds=LEASE_SECONDS)
    yield made
    made.close()


@pytest.fixture
def desk(ground: WorkerLab, lossy: LossyDatabase, tmp_path: Path) -> WorkerDesk:
    """A worker without a browser: nothing begins here."""
    pool = WebDriverPool(1, worker_id=WORKER_ID, run_dir=tmp_path / "run")
    pool.close(0)
    desk = WorkerDesk(ground, pool)
    desk.parts.stopping.set()  # else it calms down after each turn that led to nothing
    return desk


@pytest.fixture
def task(ground: WorkerLab) -> TaskView:
    return ground.submit(ground.bare_account())


def starts(desk: WorkerDesk, task: TaskView) -> int:
    prefix = desk.lab.environment["TOPN_REDIS_PREFIX"]
    limiter = UserRateLimiter(desk.lab.redis, prefix=prefix, defaults=DEFAULTS, rows=DatabaseRows(desk.lab.db))
    return limiter.get_user_stats(task.user_id).starts


def run(desk: WorkerDesk) -> tuple[int, int]:
    """One turn, and how many wait and run in line afterwards."""
    claim = desk.lab.queue.claim()
    assert claim is not None
    desk.worker.run(claim)
    stats = desk.lab.queue.stats()
    return stats.waiting, stats.running


def comes_back_as_started(desk: WorkerDesk, task: TaskView) -> None:
    """The rescuer and the reconcile put it right: in line again, its start counted."""
    lab = desk.lab
    assert lab.status(task) is TaskStatus.RUNNING
    assert starts(desk, task) == 1
    wait_until(lambda: bool(lab.store.expired()), 10, "the lease has ended")
    assert lab.store.rescue(lab.store.expired()[0]) is Action.RESCUE
    let_time_pass(lab.redis, 11, lab.environment["TOPN_REDIS_PREFIX"])
    report = lab.queue.reconcile()
    assert (report.dropped, report.requeued) == (1, 1)
    assert starts(desk, task) == 1
    assert lab.queries.get(task.id).first_claimed_ms is not None


def test_a_take_that_nobody_can_tell_of_keeps_its_start(desk: WorkerDesk, lossy: LossyDatabase, task: TaskView) -> None:
    lossy.lose(writes=2)
    assert run(desk) == (0, 1)
    comes_back_as_started(desk, task)


def test_a_take_that_was_lost_again_before_it_was_seen_keeps_its_start(
    desk: WorkerDesk, lossy: LossyDatabase, task: TaskView
) -> None:
    store = TaskStore(desk.lab.db, lease_seconds=LEASE_SECONDS)

    def rescued() -> None:
        wait_until(lambda: bool(store.expired()), 10, "the lease has ended")
        assert store.rescue(store.expired()[0]) is Action.RESCUE

    lossy.lose(meanwhile=rescued)
    assert run(desk) == (0, 1)
    assert starts(desk, task) == 1


def test_a_take_that_was_not_committed_goes_back_with_its_start(
    desk: WorkerDesk, lossy: LossyDatabase, task: TaskView
) -> None:
    lossy.lose(is_committed=False)
    assert run(desk) == (1, 0)
    assert starts(desk, task) == 0
    assert desk.lab.status(task) is TaskStatus.WAITING


def test_without_a_browser_the_start_is_undone_and_given_back(desk: WorkerDesk, task: TaskView) -> None:
    assert run(desk) == (1, 0)
    assert starts(desk, task) == 0
    assert desk.lab.queries.get(task.id).first_claimed_ms is None


def test_a_start_that_could_not_be_undone_keeps_counting(
    desk: WorkerDesk, lossy: LossyDatabase, task: TaskView
) -> None:
    desk.parts.giving_up.set()  # no patience with the database
    take_and_first_step = 2
    lossy.lose(after=take_and_first_step, is_committed=False)
    assert run(desk) == (0, 1)
    comes_back_as_started(desk, task)
