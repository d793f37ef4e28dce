"""Connections, transactions, retries, and errors that people can act on."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, make_url, select, text, update
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from core.errors import ServiceUnavailable
from core.store.clock import later_sql, now_sql
from core.store.database import Database
from core.store.engine import make_engine
from core.store.models import PublishTask
from tests.integration.store.store_world import StoreWorld
from tests.servers.local_process import free_port
from tests.servers.mariadb_server import MariaDbServer
from tests.servers.migrated_tables import MigratedTables


def test_clock_is_exact_and_comparable(world: StoreWorld) -> None:
    with world.db.read() as connection:
        now, later, earlier = connection.execute(select(now_sql(), later_sql(90.5), later_sql(-0.25))).one()
        bound = datetime.now(UTC)
        is_past = connection.scalar(select(now_sql() < bound + timedelta(seconds=60)))
        is_future = connection.scalar(select(later_sql(60) > bound))
    assert now.tzinfo is UTC
    assert timedelta(seconds=90) < later - now < timedelta(seconds=91)
    assert timedelta(0) < now - earlier < timedelta(seconds=1)
    assert is_past
    assert is_future


def test_moments_keep_their_microseconds(world: StoreWorld) -> None:
    at = datetime(2030, 1, 2, 3, 4, 5, 678_901, UTC)
    task_id = world.add_task(run_at=at.astimezone(UTC))
    assert world.view(task_id).run_at == at


def test_moments_without_a_zone_are_refused(world: StoreWorld) -> None:
    with pytest.raises(Exception, match="without a time zone"):
        world.add_task(run_at=datetime(2030, 1, 1))  # noqa: DTZ001 - that is the point


def test_empty_text_is_stored_as_null(world: StoreWorld) -> None:
    task_id = world.add_task(column="", client_ref="")
    view = world.view(task_id)
    assert view.client_ref is None
    assert world.queries.article(task_id).column is None


def test_half_a_surrogate_pair_does_not_break_the_intake(world: StoreWorld) -> None:
    task_id = world.add_task(title="a\ud83d", content="b\udc00c")
    assert world.queries.article(task_id).content == "b?c"


def test_identifiers_are_byte_exact(world: StoreWorld) -> None:
    ids = {world.add_task(client_ref=name) for name in ("abc", "ABC", "äbc", "abc1")}
    assert len(ids) == 4


def test_an_update_without_a_change_still_counts_its_row(world: StoreWorld) -> None:
    task_id = world.add_task()
    with world.db.write() as connection:
        same = update(PublishTask).where(PublishTask.id == task_id).values(priority=5)
        assert connection.execute(same).rowcount == 1


def test_sqlite_is_opened_for_safety(sqlite_world: StoreWorld) -> None:
    with sqlite_world.db.read() as connection:
        facts = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert facts == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 30_000, "foreign_keys": 1}


def test_sqlite_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "a.sqlite3"
    db = Database(f"sqlite:///{path}")
    db.migrate()
    db.close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_sqlite_writers_wait_for_each_other(sqlite_world: StoreWorld) -> None:
    """Eight writers that read before they write: a deferred transaction would fail with "locked" at once."""
    task_id = sqlite_world.add_task()

    def read_then_write(connection: Connection) -> None:
        attempt = connection.scalar(select(PublishTask.attempt).where(PublishTask.id == task_id))
        connection.execute(update(PublishTask).values(attempt=(attempt or 0) + 1))

    threads = [
        threading.Thread(target=lambda: [sqlite_world.db.run_write(read_then_write) for _ in range(20)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sqlite_world.view(task_id).attempt == 160


def test_mariadb_is_opened_for_safety(mariadb_world: StoreWorld) -> None:
    with mariadb_world.db.read() as connection:
        row = connection.execute(
            text("SELECT @@tx_isolation, @@sql_mode, @@time_zone, @@character_set_connection")
        ).one()
    assert row[0] == "READ-COMMITTED"
    assert "STRICT_ALL_TABLES" in row[1]
    assert tuple(row[2:]) == ("+00:00", "utf8mb4")


def test_a_mariadb_scheme_means_the_same(mariadb_world: StoreWorld) -> None:
    db = Database(mariadb_world.url.replace("mysql+", "mariadb+"))
    db.check()
    db.close()


@pytest.mark.fault("18")
def test_a_deadlock_is_run_again(mariadb_world: StoreWorld) -> None:
    first, second = mariadb_world.add_task(), mariadb_world.add_task()
    both_hold_one = threading.Barrier(2)
    tries: list[int] = []

    def change(order: tuple[int, int]) -> None:
        is_first_try = True

        def work(connection: Connection) -> None:
            nonlocal is_first_try
            tries.append(order[0])
            for task_id in order:
                priority = PublishTask.priority + 1
                connection.execute(update(PublishTask).where(PublishTask.id == task_id).values(priority=priority))
                if is_first_try:
                    is_first_try = False
                    both_hold_one.wait(10)

        mariadb_world.db.run_write(work)

    threads = [threading.Thread(target=change, args=(order,)) for order in [(first, second), (second, first)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert mariadb_world.view(first).priority == mariadb_world.view(second).priority == 7
    assert len(tries) == 3


@pytest.mark.fault("18")
def test_a_lock_that_stays_is_an_error_for_people(database_url: str) -> None:
    world = StoreWorld(database_url)
    world.db.close()
    impatient = Database(database_url, lock_wait_seconds=1 if database_url.startswith("mysql") else 0.05)
    task_id = world.add_task()
    tries = 0

    def work(connection: Connection) -> None:
        nonlocal tries
        tries += 1
        connection.execute(update(PublishTask).where(PublishTask.id == task_id).values(priority=1))

    with world.db.write() as holder:
        holder.execute(update(PublishTask).where(PublishTask.id == task_id).values(priority=2))
        with pytest.raises(ServiceUnavailable, match="long transaction"):
            impatient.run_write(work)
    assert tries == (6 if database_url.startswith("mysql") else 0)
    impatient.run_write(work)
    assert world.view(task_id).priority == 1
    impatient.close()
    world.db.close()


def test_a_lost_connection_is_an_error_for_people_and_the_next_one_works(mariadb_world: StoreWorld) -> None:
    task_id = mariadb_world.add_task()

    def write_on_a_killed_connection(connection: Connection) -> None:
        own = connection.scalar(text("SELECT CONNECTION_ID()"))
        mariadb_world.sql(f"KILL {own}")
        connection.execute(update(PublishTask).values(priority=1))

    with pytest.raises(ServiceUnavailable, match="database server runs"):
        mariadb_world.db.run_write(write_on_a_killed_connection)
    assert mariadb_world.view(task_id).priority == 5


def test_a_constraint_is_not_mistaken_for_an_outage(world: StoreWorld) -> None:
    with pytest.raises(IntegrityError):
        world.sql("INSERT INTO users (name, role, is_disabled, created_at) VALUES ('x', 'operator', 0, NULL)")


def test_unreachable_server() -> None:
    port = free_port()
    db = Database(f"mysql+pymysql://root:secret-word@127.0.0.1:{port}/topn")
    with pytest.raises(ServiceUnavailable) as caught:
        db.migrate()
    assert f"127.0.0.1:{port}" in str(caught.value)
    assert "Check that the database server runs" in str(caught.value)
    assert "secret-word" not in str(caught.value)


def test_wrong_password_and_unknown_database(mariadb_server: MariaDbServer) -> None:
    for user, name, remedy in [("nobody:x", "t", "user and the password"), ("root", "absent", "CREATE DATABASE")]:
        db = Database(f"mysql+pymysql://{user}@127.0.0.1:{mariadb_server.port}/{name}")
        with pytest.raises(ServiceUnavailable, match=remedy):
            db.check()


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    db = Database(f"sqlite:///{tmp_path / 'file' / 'a.sqlite3'}")
    with pytest.raises(ServiceUnavailable, match="TOPN_DATA_DIR"):
        db.migrate()


def test_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    path.write_bytes(b"this is no database" * 100)
    db = Database(f"sqlite:///{path}")
    with pytest.raises(ServiceUnavailable, match="backup"):
        db.migrate()
    db.close()


def test_sqlite_in_memory_is_refused() -> None:
    with pytest.raises(ServiceUnavailable, match="Name a file"):
        Database("sqlite://")


@pytest.mark.fault("23")
def test_full_disk_is_an_error_for_people(sqlite_world: StoreWorld) -> None:
    def fill_the_disk(connection: Connection) -> None:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        connection.execute(text("CREATE TABLE filler (x)"))
        connection.execute(text("INSERT INTO filler VALUES (randomblob(1000000))"))

    with pytest.raises(ServiceUnavailable, match="disk space"):
        sqlite_world.db.run_write(fill_the_disk)


def test_a_connection_that_breaks_as_it_is_given_back_is_no_error(
    mariadb_server: MariaDbServer, migrated_tables: MigratedTables, caplog: pytest.LogCaptureFixture
) -> None:
    engine = make_engine(make_url(migrated_tables.copy("broken_connection")), pool_size=1)
    broken, other = engine.raw_connection(), engine.raw_connection()
    with capture_logs() as logs:
        broken.cursor().execute("SELECT 1")
        number = broken.driver_connection.thread_id()  # type: ignore[union-attr]
        other.cursor().execute(f"KILL CONNECTION {number}")
        broken.close()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    other.close()
    engine.dispose()
    mariadb_server.drop_database("broken_connection")
    assert [(line["event"], line["log_level"]) for line in logs] == [
        ("a broken connection to the database was thrown away", "warning")
    ]
    assert "MySQL server" in logs[0]["reason"]
    assert caplog.records == []
