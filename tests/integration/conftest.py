"""A database for tests of what workers write; other folders have a `world` of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.store.store_world import StoreWorld
from tests.servers.lossy_database import LossyDatabase


@pytest.fixture
def world(database_url: str) -> Iterator[StoreWorld]:
    """Empty tables, once on SQLite and once on MariaDB."""
    made = StoreWorld(database_url)
    yield made
    made.db.close()


@pytest.fixture
def lossy(database_url: str) -> Iterator[LossyDatabase]:
    """The same database, as the worker of these tests reaches it."""
    made = LossyDatabase(database_url)
    yield made
    made.close()
