"""Fixtures of the chaos tests: servers that a test may stop, flush or suspend."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import require_program
from tests.practice_site.client import PracticeClient
from tests.servers.redis_server import RedisServer
from tests.servers.warm_start import WarmStart
from tests.servers.worker_lab import WorkerLab
from tests.worker_fixtures import closed_clean


@pytest.fixture
def own_redis(short_folder: Path) -> Iterator[RedisServer]:
    """A Redis for one test, which may do to it what it likes."""
    server = RedisServer(short_folder / "own-redis", require_program("redis-server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def lab_with_own_redis(
    tmp_path: Path,
    own_redis: RedisServer,
    practice_site: PracticeClient,
    database_url: str,
    warm_start: WarmStart,
) -> Iterator[WorkerLab]:
    """A lab, once on SQLite and once on MariaDB, that nobody shares the Redis with."""
    with closed_clean(
        WorkerLab(
            tmp_path,
            database_url=database_url,
            redis_url=own_redis.url,
            site=practice_site,
            warm_start=warm_start,
        )
    ) as made:
        yield made
