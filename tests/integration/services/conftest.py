"""Fixtures of the services' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from core.store.database import Database
from tests.integration.services.service_world import Services


@pytest.fixture
def services(tmp_path: Path, redis_client: Redis) -> Iterator[Services]:
    """The services on SQLite and an empty Redis."""
    db = Database(f"sqlite:///{tmp_path / 'services.sqlite3'}")
    db.migrate()
    yield Services(db, redis_client)
    db.close()


@pytest.fixture
def services_on_both(database_url: str, redis_client: Redis) -> Iterator[Services]:
    """The same once on SQLite and once on MariaDB."""
    db = Database(database_url)
    db.migrate()
    yield Services(db, redis_client)
    db.close()
