"""A whole TOP_N for tests that run real worker processes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from core.browser.cleaner import clean_orphans
from core.browser.webdriver_pool import WebDriverPool
from core.store.task_store import TaskStore
from tests.practice_site.client import PracticeClient
from tests.servers.mariadb_server import MariaDbServer
from tests.servers.migrated_tables import MigratedFile, MigratedTables
from tests.servers.redis_server import RedisServer
from tests.servers.warm_start import WarmStart
from tests.servers.worker_desk import WORKER_ID, WorkerDesk
from tests.servers.worker_lab import WorkerLab

OpenLab = Callable[[str], AbstractContextManager[WorkerLab]]
"""From the address of its database."""


@contextmanager
def closed_clean(made: WorkerLab) -> Iterator[WorkerLab]:
    """A lab for one test. Nothing of it may be left afterwards but what a killed worker left when no other was
    there to clean up."""
    made.queue.rebuild()
    try:
        yield made
    finally:
        made.close()
        clean_orphans(made.data_dir / "run")
    assert made.driver_processes() == [], "browser processes were left behind"
    assert [entry for entry in (made.data_dir / "run").glob("*/*") if entry.is_dir()] == []


@pytest.fixture(scope="session")
def warm_start() -> Iterator[WarmStart]:
    """What starts the workers of the labs."""
    made = WarmStart()
    yield made
    made.close()


@pytest.fixture
def open_lab(
    tmp_path: Path, redis_server: RedisServer, practice_site: PracticeClient, warm_start: WarmStart
) -> OpenLab:
    """Opens a TOP_N of its own on a database, with the practice site."""

    def opened(database_url: str) -> AbstractContextManager[WorkerLab]:
        return closed_clean(
            WorkerLab(
                tmp_path,
                database_url=database_url,
                redis_url=redis_server.url,
                site=practice_site,
                warm_start=warm_start,
            )
        )

    return opened


@pytest.fixture
def lab(tmp_path: Path, migrated_file: MigratedFile, open_lab: OpenLab) -> Iterator[WorkerLab]:
    """A TOP_N of its own on SQLite, with the practice site."""
    with open_lab(migrated_file.copy(tmp_path / "test.sqlite3")) as made:
        yield made


@pytest.fixture
def lab_on_both(database_url: str, open_lab: OpenLab) -> Iterator[WorkerLab]:
    """The same, once on SQLite and once on MariaDB."""
    with open_lab(database_url) as made:
        yield made


@pytest.fixture
def lab_on_mariadb(
    mariadb_server: MariaDbServer, migrated_tables: MigratedTables, open_lab: OpenLab
) -> Iterator[WorkerLab]:
    """The same on MariaDB."""
    name = f"t{uuid.uuid4().hex[:12]}"
    with open_lab(migrated_tables.copy(name)) as made:
        yield made
    mariadb_server.drop_database(name)


@pytest.fixture
def ground(tmp_path: Path, redis_server: RedisServer, database_url: str) -> Iterator[WorkerLab]:
    """Database and line without a site, once on SQLite and once on MariaDB."""
    made = WorkerLab(
        tmp_path, database_url=database_url, redis_url=redis_server.url, site=PracticeClient("http://127.0.0.1:9")
    )
    # A busy machine may take seconds over an attempt, and here nobody renews its lease unless a test asks for it.
    made.store = TaskStore(made.db, lease_seconds=60)
    made.queue.rebuild()
    yield made
    made.close()


@pytest.fixture(scope="module")
def browsers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriverPool]:
    """One browser for all of these tests."""
    pool = WebDriverPool(
        1, worker_id=WORKER_ID, run_dir=Path(tmp_path_factory.mktemp("run")), min_free_memory_mb=0, warm_contexts=1
    )
    yield pool
    pool.close(10)


@pytest.fixture
def desk(ground: WorkerLab, browsers: WebDriverPool) -> WorkerDesk:
    """Starts cold: account 1 of the test before was another one."""
    with browsers.lease(999, timeout=30):
        pass
    return WorkerDesk(ground, browsers)
