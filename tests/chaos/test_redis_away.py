"""Redis is away for longer than a lease, then back with what it had: never more of a user run than allowed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.task_state import TaskStatus
from tests.chaos.ending import stop_and_check
from tests.chaos.history import Limits
from tests.conftest import require_program
from tests.practice_site.client import PracticeClient
from tests.practice_site.faults import Fault
from tests.servers.local_process import wait_until
from tests.servers.redis_server import RedisServer
from tests.servers.worker_lab import WorkerLab
from tests.worker_fixtures import closed_clean

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CAP = 2
LEASE_SECONDS = 3
ARTICLES = 7


@pytest.fixture
def redis_of_its_own(short_folder: Path) -> Iterator[RedisServer]:
    """With an append-only file: what it knew before is what it knows when it is back."""
    server = RedisServer(short_folder / "away", require_program("redis-server"), append_only=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def lab(tmp_path: Path, redis_of_its_own: RedisServer, practice_site: PracticeClient) -> Iterator[WorkerLab]:
    database_url = f"sqlite:///{tmp_path / 'test.sqlite3'}"
    made = WorkerLab(tmp_path, database_url=database_url, redis_url=redis_of_its_own.url, site=practice_site)
    made.environment |= {"TOPN_MAX_RUNNING_PER_USER": str(CAP), "TOPN_LEASE_SECONDS": str(LEASE_SECONDS)}
    with closed_clean(made) as clean:
        yield clean


@pytest.mark.fault("28")
@pytest.mark.parametrize("is_worker_killed", [False, True])
def test_never_more_than_the_cap(lab: WorkerLab, redis_of_its_own: RedisServer, is_worker_killed: bool) -> None:
    """Those that run meanwhile finish without Redis. Or their worker dies then, and nobody can tell the line."""
    account, on_site = lab.account()
    lab.site.set_fault(Fault.PAGE_SLOW, on_site, seconds=60, times=CAP)
    tasks = [lab.submit(account, f"文章 {number}") for number in range(ARTICLES)]
    workers = [lab.worker(drivers=CAP, index=number) for number in (1, 2)]
    wait_until(lambda: lab.site.faults()[0]["fired"] == CAP, 60, "as many as may are under way")
    redis_of_its_own.process.kill()
    if is_worker_killed:
        busy = next(worker for worker in workers if lab.driver_processes(worker.pid))
        busy.kill()
        busy.wait(10)
        workers.remove(busy)
    # The fault is its length: leases and whatever else is counted in the line run out meanwhile.
    time.sleep(LEASE_SECONDS + 2)
    lab.site.let_go()
    counts = lab.queries.counts()
    assert counts[TaskStatus.RUNNING] + counts[TaskStatus.WAITING] + counts[TaskStatus.PUBLISHED] == ARTICLES
    redis_of_its_own.start()
    for task in tasks:
        done = lab.wait_for(task, TaskStatus.PUBLISHED, TaskStatus.FAILED, TaskStatus.BLOCKED, timeout=120)
        assert done.status is TaskStatus.PUBLISHED, lab.story(task)
    stop_and_check(lab, *workers, limits=Limits(max_running=CAP, max_starts=1000))
