"""MariaDB is killed in the middle: no acknowledged row is lost, and the workers go on with new connections."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import ServiceUnavailable
from core.store.records import AccountView, TaskView
from core.task_state import TaskStatus
from tests.chaos.aftermath import all_tasks
from tests.chaos.ending import stop_and_check
from tests.conftest import require_program
from tests.practice_site.client import PracticeClient
from tests.servers.local_process import wait_until
from tests.servers.mariadb_server import MariaDbServer
from tests.servers.redis_server import RedisServer
from tests.servers.worker_lab import WorkerLab
from tests.worker_fixtures import closed_clean

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRST, AFTERWARDS = 8, 4


@pytest.fixture
def mariadb(short_folder: Path) -> Iterator[MariaDbServer]:
    """One that the test may kill."""
    server = MariaDbServer(short_folder / "killed-db", require_program("mariadbd", "mysqld"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def lab(
    tmp_path: Path, mariadb: MariaDbServer, redis_server: RedisServer, practice_site: PracticeClient
) -> Iterator[WorkerLab]:
    database_url = mariadb.create_database(f"t{uuid.uuid4().hex[:12]}")
    made = WorkerLab(tmp_path, database_url=database_url, redis_url=redis_server.url, site=practice_site)
    with closed_clean(made) as clean:
        yield clean


class Owner(threading.Thread):
    """Hands in one article after the other, also while the database is away, and notes what was acknowledged."""

    def __init__(self, lab: WorkerLab, account: AccountView) -> None:
        super().__init__()
        self.acknowledged: list[TaskView] = []
        self.refusals = 0
        self.may_end = threading.Event()
        self._lab = lab
        self._account = account

    def run(self) -> None:
        after = 0
        while after < AFTERWARDS:
            try:
                # The same reference again until it is acknowledged: nobody knows what became of the first.
                reference = f"order-{len(self.acknowledged)}"
                task = self._lab.submit(self._account, f"后来的 {reference}", client_ref=reference)
            except ServiceUnavailable:
                self.refusals += 1
                self.may_end.wait(0.1)
            else:
                self.acknowledged.append(task)
                after += self.may_end.is_set()
                self.may_end.wait(0.5)


@pytest.mark.fault("16")
def test_the_database_is_killed_while_articles_are_published(lab: WorkerLab, mariadb: MariaDbServer) -> None:
    accounts = [lab.account(f"user-{number}")[0] for number in range(4)]
    tasks = [lab.submit(accounts[number % 4], f"文章 {number}") for number in range(FIRST)]
    workers = [lab.worker(drivers=2, index=number) for number in (1, 2)]
    wait_until(lambda: lab.queries.counts()[TaskStatus.PUBLISHED] >= 1, 60, "the first is published")
    owner = Owner(lab, accounts[0])
    owner.start()
    wait_until(lambda: owner.acknowledged != [], 10, "one more is handed in")
    mariadb.process.kill()
    wait_until(lambda: owner.refusals > 0, 30, "the database is away")
    mariadb.start()
    owner.may_end.set()
    owner.join(60)
    assert len(owner.acknowledged) >= AFTERWARDS
    for task in [*tasks, *owner.acknowledged]:
        done = lab.wait_for(task, TaskStatus.PUBLISHED, TaskStatus.FAILED, TaskStatus.BLOCKED)
        assert done.status is TaskStatus.PUBLISHED, lab.story(task)
    assert {task.id for task in [*tasks, *owner.acknowledged]} == {task.id for task in all_tasks(lab)}
    for number in (1, 2):
        assert [line for line in lab.log(f"worker-{number}") if line["level"] in ("error", "critical")] == []
    stop_and_check(lab, *workers)
