"""The dashboard's pages in this process, on a database and a line of their own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner

from core import wiring
from core.settings import get_settings
from core.store.passwords import hash_password
from dashboard.shared_figures import forget_all
from tests.integration.dashboard.dashboard_server import DashboardServer
from tests.integration.dashboard.dashboard_world import DashboardWorld
from tests.servers.migrated_tables import MigratedFile
from tests.servers.redis_server import RedisServer
from tests.servers.worker_lab import SECRET_KEY


@pytest.fixture(scope="session", autouse=True)
def components_are_looked_for_once() -> Iterator[None]:
    """At each opening of a page, Streamlit's `AppTest` reads what every installed package says of itself: most of the
    work of these tests, and always with the same result."""
    with pytest.MonkeyPatch.context() as patch:
        once = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def a_password_is_hashed_once() -> Iterator[None]:
    """Three people of every world have the same one, and hashing it is most of what making them costs. Each is still
    checked as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.store.users.hash_password", cache(hash_password))
        yield


@pytest.fixture
def world(
    tmp_path: Path, migrated_file: MigratedFile, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DashboardWorld]:
    """Settings, services and pages as one process of the dashboard has them: an admin, and two operators each with
    an account."""
    data_dir = tmp_path / "var"
    data_dir.mkdir(mode=0o700)
    migrated_file.copy(data_dir / "topn.sqlite3")
    set_environment(monkeypatch, data_dir, redis_server)
    yield from filled_world()


def set_environment(monkeypatch: pytest.MonkeyPatch, data_dir: Path, redis: RedisServer, **more: str) -> None:
    """Settings for a world of its own; `more` of them by their names in the environment."""
    environment = {
        "TOPN_DATA_DIR": str(data_dir),
        "TOPN_REDIS_URL": redis.url,
        "TOPN_REDIS_PREFIX": f"d{uuid.uuid4().hex[:8]}:",
        "TOPN_SECRET_KEYS": SECRET_KEY,
        **more,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def filled_world() -> Iterator[DashboardWorld]:
    """A process that begins with what is set, and ends."""
    _start_anew()
    made = DashboardWorld()
    made.fill()
    yield made
    _start_anew()


def _start_anew() -> None:
    wiring.close_all()
    get_settings.cache_clear()
    st.cache_data.clear()
    st.cache_resource.clear()
    forget_all()


@pytest.fixture
def api(world: DashboardWorld) -> Iterator[DashboardServer]:
    """The dashboard's routes on a port, standing on the same services as `world`."""
    server = DashboardServer()
    server.start()
    yield server
    server.stop()
