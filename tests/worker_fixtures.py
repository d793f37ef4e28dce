"""A whole TOP_N for tests that run real worker processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.browser.cleaner import clean_orphans
from tests.practice_site.client import PracticeClient
from tests.servers.redis_server import RedisServer
from tests.servers.worker_lab import WorkerLab


@pytest.fixture
def lab(tmp_path: Path, redis_server: RedisServer, practice_site: PracticeClient) -> Iterator[WorkerLab]:
    """A TOP_N of its own on SQLite, with the practice site. Nothing of it may be left afterwards but what a killed
    worker left when no other was there to clean up."""
    made = WorkerLab(
        tmp_path,
        database_url=f"sqlite:///{tmp_path / 'test.sqlite3'}",
        redis_url=redis_server.url,
        site=practice_site,
    )
    made.queue.rebuild()
    yield made
    made.close()
    clean_orphans(made.data_dir / "run")
    assert made.driver_processes() == [], "browser processes were left behind"
    assert [entry for entry in (made.data_dir / "run").glob("*/*") if entry.is_dir()] == []


@pytest.fixture
def ground(tmp_path: Path, redis_server: RedisServer, database_url: str) -> Iterator[WorkerLab]:
    """Database and line without a site, once on SQLite and once on MariaDB."""
    made = WorkerLab(
        tmp_path, database_url=database_url, redis_url=redis_server.url, site=PracticeClient("http://127.0.0.1:9")
    )
    made.queue.rebuild()
    yield made
    made.close()
