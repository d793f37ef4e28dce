"""The tables that migrations make are those of the models, however many processes start at once."""

from __future__ import annotations

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text

from core.errors import ServiceUnavailable
from core.settings import ROOT
from core.store import migrate
from core.store.database import Database
from core.store.history import DatabaseHistory
from core.store.models import User, metadata
from tests.integration.store.store_world import StoreWorld

START = """
import sys
from core.store import migrate
from core.store.database import Database
db = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
db.migrate()
db.check()
db.close()
"""


def start(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", START, url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_autogenerate_finds_no_difference(world: StoreWorld) -> None:
    with world.db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_check_of_the_models_is_in_the_database(world: StoreWorld) -> None:
    found = inspect(world.db.engine)
    for table in metadata.sorted_tables:
        wanted = {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        assert {str(one["name"]) for one in found.get_check_constraints(table.name)} == wanted


def test_the_checks_say_the_same(sqlite_world: StoreWorld) -> None:
    """SQLite keeps their very text."""
    found = inspect(sqlite_world.db.engine)
    for table in metadata.sorted_tables:
        wanted = {str(one.name): str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint)}
        assert {str(one["name"]): one["sqltext"] for one in found.get_check_constraints(table.name)} == wanted


def test_every_table_and_identifier_has_its_character_set(world: StoreWorld) -> None:
    if world.db.engine.dialect.name == "sqlite":
        return
    with world.db.read() as connection:
        tables = connection.execute(
            text(
                "SELECT table_name, table_collation, engine FROM information_schema.tables "
                "WHERE table_schema = DATABASE() AND table_name <> 'alembic_version'"
            )
        ).all()
        identifiers = connection.execute(
            text(
                "SELECT collation_name FROM information_schema.columns WHERE table_schema = DATABASE() "
                "AND column_name IN ('public_id', 'client_ref', 'worker_id', 'remote_id', 'status', 'sha256')"
            )
        ).scalars()
        assert set(identifiers) == {"utf8mb4_bin"}
    assert {(row[1], row[2]) for row in tables} == {("utf8mb4_unicode_ci", "InnoDB")}
    assert {row[0] for row in tables} == set(metadata.tables)


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """Here each test migrates by itself."""
    return empty_database_url


def test_processes_that_start_at_once(database_url: str) -> None:
    processes = [start(database_url) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outcomes = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], outcomes


def test_the_newest_migration_is_known_without_alembic(world: StoreWorld) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.FOLDER))
    assert migrate.head_revision() == ScriptDirectory.from_config(config).get_current_head()
    with world.db.read() as connection:
        assert migrate.current_revision(connection) == MigrationContext.configure(connection).get_current_revision()


def test_migrating_twice_changes_nothing(world: StoreWorld) -> None:
    task_id = world.add_task()
    world.db.migrate()
    assert world.view(task_id).title == "标题 😀"


def test_a_first_start_that_was_killed_is_begun_anew(database_url: str) -> None:
    db = Database(database_url)
    some = [metadata.tables[name] for name in ("users", "accounts", "user_limits")]
    metadata.create_all(db.engine, tables=some)
    db.migrate()
    db.check()
    db.close()


def test_tables_of_somebody_else_are_left_alone(database_url: str) -> None:
    db = Database(database_url)
    with db.write() as connection:
        connection.execute(text("CREATE TABLE users (id INTEGER)"))
    with pytest.raises(ServiceUnavailable, match="users that TOP_N did not make"):
        db.migrate()
    with db.read() as connection:
        assert inspect(connection).get_columns("users")[0]["name"] == "id"
    db.close()


def test_rows_of_somebody_else_are_left_alone(world: StoreWorld) -> None:
    """Our tables with rows, but without a version: not a start that was cut off."""
    assert world.user_id
    world.sql("DELETE FROM alembic_version")
    with pytest.raises(ServiceUnavailable, match="TOP_N did not make"):
        world.db.migrate()
    with world.db.read() as connection:
        assert connection.scalar(User.__table__.select().with_only_columns(User.name)) == "wang"


def test_check_before_and_after(database_url: str) -> None:
    db = Database(database_url)
    with pytest.raises(ServiceUnavailable, match="at version none"):
        db.check()
    assert db.revision() is None
    db.migrate()
    db.check()
    assert db.revision() == migrate.head_revision()
    db.close()


@pytest.mark.parametrize("is_cut_off", [False, True])
def test_tables_of_the_first_version_gain_what_restored_backups_need(database_url: str, is_cut_off: bool) -> None:
    """With rows in them; also when MySQL had made one of two changes before the process was killed."""
    world = StoreWorld(database_url)
    task_id = world.add_task()
    world.sql("ALTER TABLE publish_tasks DROP COLUMN verify_since")
    world.sql("DELETE FROM database_identity" if is_cut_off else "DROP TABLE database_identity")
    world.sql("UPDATE alembic_version SET version_num = '0001'")
    world.db.migrate()
    world.db.check()
    assert world.view(task_id).verify_since is None
    assert len(DatabaseHistory(world.db).state().newest.database_id) == 32
    world.db.close()


def test_tables_of_a_newer_version_are_refused(world: StoreWorld) -> None:
    world.sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ServiceUnavailable, match="another version of TOP_N"):
        world.db.migrate()
    with pytest.raises(ServiceUnavailable, match="9999"):
        world.db.check()
