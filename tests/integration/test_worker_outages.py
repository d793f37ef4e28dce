"""The database or Redis goes away while an article is under way: nothing is lost, nothing is done twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.browser.webdriver_pool import WebDriverPool
from core.task_state import TaskStatus
from tests.conftest import require_program
from tests.practice_site.client import PracticeClient
from tests.servers.local_process import wait_until
from tests.servers.mariadb_server import MariaDbServer
from tests.servers.redis_server import RedisServer
from tests.servers.worker_desk import WORKER_ID, WorkerDesk
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def mariadb(short_folder: Path) -> Iterator[MariaDbServer]:
    """One of its own, which the test may stop."""
    server = MariaDbServer(short_folder / "outage-db", require_program("mariadbd", "mysqld"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_of_its_own(short_folder: Path) -> Iterator[RedisServer]:
    server = RedisServer(short_folder / "outage-redis", require_program("redis-server"), append_only=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def desk(tmp_path: Path, mariadb: MariaDbServer, redis_of_its_own: RedisServer) -> Iterator[WorkerDesk]:
    lab = WorkerLab(
        tmp_path,
        database_url=mariadb.create_database("outage"),
        redis_url=redis_of_its_own.url,
        site=PracticeClient("http://127.0.0.1:9"),
    )
    lab.queue.rebuild()
    pool = WebDriverPool(1, worker_id=WORKER_ID, run_dir=tmp_path / "run", min_free_memory_mb=0)
    desk = WorkerDesk(lab, pool)
    desk.keeper.start()
    yield desk
    desk.keeper.stop()
    pool.close(10)
    lab.close()
    mariadb.drop_database("outage")


def restart_while(server: MariaDbServer, when: threading.Event, down: threading.Event) -> threading.Thread:
    """A thread that stops the database when asked, says so, and starts it again a little later."""

    def work() -> None:
        assert when.wait(60)
        server.process.kill()
        down.set()
        # Longer than the lease of three seconds, so that the row is free to be rescued when it is back.
        threading.Event().wait(4)
        server.start()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.fault("16")
@pytest.mark.parametrize("where", ["on_write", "on_submit"])
def test_a_restart_of_the_database_in_the_middle_is_waited_out(
    desk: WorkerDesk, mariadb: MariaDbServer, where: str
) -> None:
    task = desk.lab.submit(desk.lab.bare_account())
    when, down = threading.Event(), threading.Event()

    def outage(*_: object) -> None:
        when.set()
        assert down.wait(60)

    setattr(desk.platform, where, outage)
    thread = restart_while(mariadb, when, down)
    done = desk.publish(task)
    thread.join(60)
    assert (done.status, done.crash_count, done.retries_used) == (TaskStatus.PUBLISHED, 0, 0), desk.lab.story(task)
    assert (desk.platform.drafts, desk.platform.clicks) == (1, 1)


@pytest.mark.fault("16")
def test_without_a_database_a_turn_goes_back_into_line(desk: WorkerDesk, mariadb: MariaDbServer) -> None:
    desk.lab.submit(desk.lab.bare_account())
    claim = desk.lab.queue.claim()
    assert claim is not None
    mariadb.process.kill()
    desk.worker.run(claim)
    stats = desk.lab.queue.stats()
    assert (stats.waiting, stats.running) == (1, 0)
    mariadb.start()


def test_without_redis_at_the_end_the_outcome_is_recorded_and_the_slot_frees_itself(
    desk: WorkerDesk, redis_of_its_own: RedisServer
) -> None:
    task = desk.lab.submit(desk.lab.bare_account())
    desk.platform.on_submit = redis_of_its_own.process.kill
    assert desk.publish(task).status is TaskStatus.PUBLISHED
    redis_of_its_own.start()

    def is_free() -> bool:
        desk.lab.queue.reconcile()
        return desk.lab.queue.stats().running == 0

    wait_until(is_free, 30, "the slot is free")
    assert desk.lab.queue.stats().waiting == 0
