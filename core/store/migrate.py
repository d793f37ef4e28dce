"""Brings the tables up to date at start, one process at a time.

Alembic takes a third of a second to load: only a process that finds the tables behind does so.
"""

# ruff: noqa: PLC0415  # see above

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, exists, inspect, literal, select, text

from core.errors import ServiceUnavailable
from core.store.engine import BEGIN_OPTION, make_migration_engine
from core.store.models import metadata

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"
LOCK_WAIT_SECONDS = 120
"""Longest wait for another process that migrates."""
ADDED_LATER = {"publish_tasks": {"verify_since"}}
"""Table → columns that the first migration does not make yet."""


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def head_revision() -> str:
    """The newest migration that this version of TOP_N knows: `versions/v0001_first_tables.py` is 0001."""
    return max(path.stem[1:].partition("_")[0] for path in (FOLDER / "versions").glob("v*_*.py"))


def current_revision(connection: Connection) -> str | None:
    """The migration that the database is at; None: empty."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 - ours
    return found


def upgrade(url: URL) -> None:
    """Run what is missing, on a connection of its own, under a lock. Others wait, then find nothing to do."""
    from alembic import command
    from alembic.util import CommandError

    engine = make_migration_engine(url, lock_wait_seconds=LOCK_WAIT_SECONDS)
    try:
        with engine.connect() as connection, _alone(connection):
            found = current_revision(connection)
            if found is None:
                _clear_unfinished_start(connection)
            if found != head_revision():
                command.upgrade(_config(connection), "head")
    except CommandError as error:
        raise ServiceUnavailable(
            "database",
            f"its tables were made by another version of TOP_N ({error}).",
            "Start that version, or restore a backup made by this one.",
        ) from error
    finally:
        engine.dispose()


def _clear_unfinished_start(connection: Connection) -> None:
    """A very first start that was killed leaves some tables on MySQL, which cannot undo them: drop those that
    are exactly ours and empty. Raises ServiceUnavailable for any other of their names: it is somebody else's."""
    there = inspect(connection)
    names = set(there.get_table_names()) & set(metadata.tables)
    ours = [metadata.tables[name] for name in sorted(names)]
    for table in ours:
        found, wanted = {column["name"] for column in there.get_columns(table.name)}, set(table.columns.keys())
        has_our_columns = wanted - ADDED_LATER.get(table.name, set()) <= found <= wanted
        if not has_our_columns or connection.scalar(select(exists(select(literal(1)).select_from(table)))):
            raise ServiceUnavailable(
                "database",
                f"it holds a table {table.name} that TOP_N did not make.",
                "Give TOP_N a database of its own in TOPN_DATABASE_URL.",
            )
    metadata.drop_all(connection, tables=ours)


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """On SQLite the writing transaction is the lock, and all or nothing is migrated. MySQL commits each change
    of a table by itself, so there the lock is a named one of the session; it ends with the process too."""
    if connection.dialect.name == "sqlite":
        connection = connection.execution_options(**{BEGIN_OPTION: "BEGIN IMMEDIATE"})
        with connection.begin():
            yield
        return
    name = f"topn.migrate.{hashlib.sha256(str(connection.engine.url.database).encode()).hexdigest()[:16]}"
    if connection.scalar(text("SELECT GET_LOCK(:name, :wait)"), {"name": name, "wait": LOCK_WAIT_SECONDS}) != 1:
        raise ServiceUnavailable(
            "database",
            f"another process has been migrating its tables for {LOCK_WAIT_SECONDS} s.",
            "Wait until it has ended, then start again.",
        )
    try:
        connection.commit()
        yield
        connection.commit()
    finally:
        connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": name})
        connection.commit()
