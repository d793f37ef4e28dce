"""Fixtures of the services' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from core.store.database import Database
from tests.integration.services.service_world import Services
from tests.servers.migrated_tables import MigratedFile


@pytest.fixture
def services(tmp_path: Path, migrated_file: MigratedFile, redis_client: Redis) -> Iterator[Services]:
    """The services on SQLite and an empty Redis."""
    db = Database(migrated_file.copy(tmp_path / "services.sqlite3"))
    yield Services(db, redis_client, data_dir=tmp_path)
    db.close()


@pytest.fixture
def services_on_both(database_url: str, redis_client: Redis) -> Iterator[Services]:
    """The same once on SQLite and once on MariaDB."""
    db = Database(database_url)
    yield Services(db, redis_client)
    db.close()
