"""The database goes away under an idle worker: it logs once, waits, and goes on."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.task_state import TaskStatus
from tests.conftest import require_program
from tests.practice_site.client import PracticeClient
from tests.servers.local_process import wait_until
from tests.servers.mariadb_server import MariaDbServer
from tests.servers.redis_server import RedisServer
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def mariadb(short_folder: Path) -> Iterator[MariaDbServer]:
    server = MariaDbServer(short_folder / "away-db", require_program("mariadbd", "mysqld"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def away_lab(
    tmp_path: Path, mariadb: MariaDbServer, redis_server: RedisServer, practice_site: PracticeClient
) -> Iterator[WorkerLab]:
    """With a database that the test may stop."""
    made = WorkerLab(
        tmp_path,
        database_url=mariadb.create_database(f"t{uuid.uuid4().hex[:12]}"),
        redis_url=redis_server.url,
        site=practice_site,
    )
    yield made
    made.close()


def warnings(lab: WorkerLab, service: str) -> list[str]:
    """What the worker logged of this service's outage."""
    return [line["event"] for line in lab.log() if line["level"] == "warning" and line.get("service") == service]


def errors(lab: WorkerLab) -> list[str]:
    return [line["event"] for line in lab.log() if line["level"] in ("error", "critical")]


@pytest.mark.fault("16")
def test_the_database_restarts_under_an_idle_worker(away_lab: WorkerLab, mariadb: MariaDbServer) -> None:
    lab = away_lab
    account, on_site = lab.account()
    lab.worker()
    lab.wait_for(lab.submit(account, "甲"), TaskStatus.PUBLISHED)
    mariadb.process.kill()
    wait_until(lambda: warnings(lab, "database") != [], 30, "the loops noticed")
    wait_until(lambda: lab.log_size_is_steady(seconds=4), 60, "nothing more is logged")
    mariadb.start()
    lab.wait_for(lab.submit(account, "乙"), TaskStatus.PUBLISHED)
    assert warnings(lab, "database") == ["waiting for a service"]
    assert errors(lab) == []
    assert [post["post_count"] for post in lab.site.posts(on_site)] == [1, 1]
