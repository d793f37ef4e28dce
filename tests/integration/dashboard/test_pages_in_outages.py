"""Every page while Redis or the database is really away: one calm sentence, no exception, and all of it again when the
service is back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import wiring
from dashboard.navigation import PAGES, TITLES
from tests.conftest import require_program
from tests.integration.dashboard.conftest import filled_world, set_environment
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of
from tests.servers.mariadb_server import MariaDbServer
from tests.servers.migrated_tables import MigratedTables
from tests.servers.redis_server import RedisServer

DATABASE_AWAY = "The database cannot be reached. This page goes on by itself."
REDIS_AWAY = (
    "Redis cannot be reached. Articles are accepted and go on by themselves when it is back: look at its server."
)
IN_PLACE = ":material/hourglass_top: Redis cannot be reached. This page goes on by itself."
"""A quiet line where something would stand."""
ON_REDIS = frozenset({"queue", "workers", "logs", "limits"})
"""Pages of which a part cannot be shown without it."""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """With a path that is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="o-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def own_redis(folder: Path) -> Iterator[RedisServer]:
    """One that the tests may stop."""
    server = RedisServer(folder / "redis", require_program("redis-server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def own_mariadb(folder: Path) -> Iterator[MariaDbServer]:
    """One that the tests may stop."""
    server = MariaDbServer(folder / "db", require_program("mariadbd", "mysqld"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def own_tables(own_mariadb: MariaDbServer) -> MigratedTables:
    """Migrated tables on it, to be copied."""
    return MigratedTables(own_mariadb)


@pytest.fixture
def world(
    tmp_path: Path,
    own_redis: RedisServer,
    own_mariadb: MariaDbServer,
    own_tables: MigratedTables,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[DashboardWorld]:
    """On both of them."""
    set_environment(monkeypatch, tmp_path / "var", own_redis, TOPN_DATABASE_URL=own_tables.copy("pages"))
    yield from filled_world()
    own_mariadb.drop_database("pages")


def open_all(world: DashboardWorld) -> dict[str, AppTest]:
    """Every page, as an administrator sees it."""
    wiring.get_heartbeats().beat("server-1:42:aa", {"host": "server-1"}, 600)
    apps = {entry.file: world.open(entry.file, as_="root") for entry in PAGES}
    assert_all_well(apps)
    return apps


def assert_all_well(apps: dict[str, AppTest]) -> None:
    for name, app in apps.items():
        assert not app.exception, name
        assert [title.value for title in app.title] == [TITLES[name]]
        assert away_lines(app) == [], name


def away_lines(app: AppTest) -> list[str]:
    return [line for line in words_of(app).splitlines() if "cannot be reached" in line]


def refresh(world: DashboardWorld, apps: dict[str, AppTest]) -> None:
    """Each, as two seconds later."""
    for app in apps.values():
        world.forget_caches()
        app.run()
        assert not app.exception


def test_the_database_is_away_and_comes_back(world: DashboardWorld, own_mariadb: MariaDbServer) -> None:
    apps = open_all(world)
    own_mariadb.process.kill()
    try:
        refresh(world, apps)
        assert {name: words_of(app) for name, app in apps.items()} == dict.fromkeys(apps, DATABASE_AWAY)
    finally:
        own_mariadb.start()
    refresh(world, apps)
    assert_all_well(apps)


def test_pages_keep_their_names_while_the_database_is_away(
    world: DashboardWorld, own_mariadb: MariaDbServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streamlit comes back to the first page, whatever stood in the address, from a run that has named none."""
    named: list[list[str]] = []
    name_pages = st.navigation

    def navigation(pages: dict[str, list[Any]], **more: Any) -> Any:
        named.append(sorted(page.url_path for section in pages.values() for page in section))
        return name_pages(pages, **more)

    monkeypatch.setattr(st, "navigation", navigation)
    apps = {"queue": world.open("queue", as_="root")}
    own_mariadb.process.kill()
    try:
        named.clear()
        refresh(world, apps)
        assert words_of(apps["queue"]) == DATABASE_AWAY
        assert named == [sorted("" if entry.file == "overview" else entry.file for entry in PAGES)]
    finally:
        own_mariadb.start()
    refresh(world, apps)
    assert_all_well(apps)


def test_redis_is_away_and_comes_back(world: DashboardWorld, own_redis: RedisServer) -> None:
    apps = open_all(world)
    own_redis.stop()
    try:
        refresh(world, apps)
        for name, app in apps.items():
            told = away_lines(app)
            assert sorted(told) == sorted([REDIS_AWAY, *([IN_PLACE] if name in ON_REDIS else [])]), name
        assert ":orange-badge[Redis is away]" in words_of(apps["overview"])
    finally:
        own_redis.start()
    refresh(world, apps)
    assert_all_well(apps)
    assert ":green-badge[Redis answers]" in words_of(apps["overview"])
