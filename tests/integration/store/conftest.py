"""Fixtures of the store's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.store.store_world import StoreWorld
from tests.servers.mariadb_server import MariaDbServer
from tests.servers.migrated_tables import MigratedFile, MigratedTables


@pytest.fixture
def world(database_url: str) -> Iterator[StoreWorld]:
    """Empty tables, once on SQLite and once on MariaDB."""
    made = StoreWorld(database_url)
    yield made
    made.db.close()


@pytest.fixture
def sqlite_world(tmp_path: Path, migrated_file: MigratedFile) -> Iterator[StoreWorld]:
    """Empty tables on SQLite, for what does not depend on the database."""
    made = StoreWorld(migrated_file.copy(tmp_path / "world.sqlite3"))
    yield made
    made.db.close()


@pytest.fixture
def mariadb_world(mariadb_server: MariaDbServer, migrated_tables: MigratedTables) -> Iterator[StoreWorld]:
    """Empty tables on MariaDB, for what SQLite cannot do."""
    url = migrated_tables.copy("only_mariadb")
    made = StoreWorld(url)
    yield made
    made.db.close()
    mariadb_server.drop_database("only_mariadb")
