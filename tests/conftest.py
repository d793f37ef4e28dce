"""Fixtures every kind of test shares: real servers, started once a run."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.servers.mariadb_server import MariaDbServer
from tests.servers.redis_server import RedisServer

IN_CI = bool(os.environ.get("CI"))
pytest_plugins = ["tests.site_fixtures", "tests.worker_fixtures"]


def require_program(*names: str) -> str:
    """Path of the first of these programs that is there. Missing: skips on a laptop, fails in CI."""
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    message = f"none of {', '.join(names)} is installed; `make setup` says how to get it"
    if IN_CI:
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a short path, for sockets (a socket's path may have 107 bytes)."""
    with tempfile.TemporaryDirectory(prefix="topn-test-") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def redis_server(short_folder: Path) -> Iterator[RedisServer]:
    """One real Redis for the whole run. Use `redis_client`, which starts empty."""
    server = RedisServer(short_folder / "redis", require_program("redis-server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_client(redis_server: RedisServer) -> Iterator[redis.Redis]:
    """A client of an empty Redis."""
    with redis.Redis(port=redis_server.port, decode_responses=True) as client:
        client.flushall()
        yield client


@pytest.fixture(scope="session")
def mariadb_server(short_folder: Path) -> Iterator[MariaDbServer]:
    """One real MariaDB for the whole run."""
    server = MariaDbServer(short_folder / "mariadb", require_program("mariadbd", "mysqld"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "mariadb"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once on SQLite and once on MariaDB."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.sqlite3'}"
        return
    server: MariaDbServer = request.getfixturevalue("mariadb_server")
    name = f"t{uuid.uuid4().hex[:12]}"
    yield server.create_database(name)
    server.drop_database(name)
