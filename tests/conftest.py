"""Fixtures every kind of test shares: real servers, started once a run."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis  # noqa: F401 - before `gc.freeze`: it looks for who holds its random numbers
import pytest
import redis
import structlog

from tests.servers.mariadb_server import MariaDbServer
from tests.servers.migrated_tables import MigratedFile, MigratedTables
from tests.servers.redis_server import RedisServer

IN_CI = bool(os.environ.get("CI"))
pytest_plugins = [
    "tests.certificates",
    "tests.chaos.fault_marks",
    "tests.leftovers",
    "tests.order_of_files",
    "tests.site_fixtures",
    "tests.worker_fixtures",
]


def pytest_collection_finish() -> None:
    """All tests and all that they import stay until the end of the run. The collector of garbage, which pages set off
    all the time, need not look through them again each time."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(autouse=True)
def logging_of_one_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test does to logging ends with it: and no logger keeps how its first line went."""
    configure = structlog.configure

    def without_cache(**options: Any) -> None:
        configure(**{**options, "cache_logger_on_first_use": False})

    monkeypatch.setattr(structlog, "configure", without_cache)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a short path, for sockets (a socket's path may have 107 bytes)."""
    with tempfile.TemporaryDirectory(prefix="topn-test-") as name:
        yield Path(name)


@pytest.fixture
def short_tmpdir() -> Iterator[Path]:
    """An empty folder for one test to use as TMPDIR: `tmp_path` is too long for the sockets that Redis and browsers
    make there."""
    with tempfile.TemporaryDirectory(prefix="t-") as name:
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


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> MigratedFile:
    """Migrated tables on SQLite, to be copied."""
    return MigratedFile(tmp_path_factory.mktemp("migrated"))


@pytest.fixture(scope="session")
def migrated_tables(mariadb_server: MariaDbServer) -> MigratedTables:
    """Migrated tables on MariaDB, to be copied."""
    return MigratedTables(mariadb_server)


@pytest.fixture(params=["sqlite", "mariadb"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with TOP_N's tables, once on SQLite and once on MariaDB."""
    if request.param == "sqlite":
        files: MigratedFile = request.getfixturevalue("migrated_file")
        yield files.copy(tmp_path / "test.sqlite3")
        return
    tables: MigratedTables = request.getfixturevalue("migrated_tables")
    server: MariaDbServer = request.getfixturevalue("mariadb_server")
    name = f"t{uuid.uuid4().hex[:12]}"
    yield tables.copy(name)
    server.drop_database(name)


@pytest.fixture(params=["sqlite", "mariadb"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, once on SQLite and once on MariaDB."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server: MariaDbServer = request.getfixturevalue("mariadb_server")
    name = f"t{uuid.uuid4().hex[:12]}"
    yield server.create_database(name)
    server.drop_database(name)
