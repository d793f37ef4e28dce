"""How connections are made: SQLite with WAL and honest transactions, MySQL with READ COMMITTED."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from pymysql.constants import CLIENT
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from core.errors import ServiceUnavailable

BEGIN_OPTION = "topn_begin"
"""Execution option of an SQLite engine: the statement that opens a transaction."""

BUSY_TIMEOUT_SECONDS = 30
CONNECT_TIMEOUT_SECONDS = 5
LOCK_WAIT_SECONDS = 10
READ_TIMEOUT_SECONDS = 30
"""Longest wait of MySQL for a row's lock, and of us for MySQL: the second must be the longer one."""

SQL_MODE = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"


def make_engine(url: URL, *, pool_size: int = 0, is_for_migration: bool = False) -> Engine:
    """An engine for this address. For a migration: no pool, no foreign keys on SQLite, no read timeout."""
    pool: dict[str, Any] = {"poolclass": NullPool}
    if not is_for_migration:
        pool = {
            "poolclass": QueuePool,
            "pool_size": pool_size,
            "max_overflow": pool_size,
            "pool_timeout": BUSY_TIMEOUT_SECONDS,
        }
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, pool, has_foreign_keys=not is_for_migration)
    return _mysql_engine(url, pool, None if is_for_migration else READ_TIMEOUT_SECONDS)


def _mysql_engine(url: URL, pool: dict[str, Any], read_timeout: float | None) -> Engine:
    arguments = {
        "charset": "utf8mb4",
        "client_flag": CLIENT.FOUND_ROWS,  # an UPDATE counts the rows it matched, not those it changed
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "read_timeout": read_timeout,
        "write_timeout": read_timeout,
        "init_command": f"SET SESSION time_zone = '+00:00', sql_mode = '{SQL_MODE}', "
        f"innodb_lock_wait_timeout = {LOCK_WAIT_SECONDS}",
    }
    if pool["poolclass"] is QueuePool:
        pool = {**pool, "pool_pre_ping": True, "pool_recycle": 1800}
    return create_engine(url, connect_args=arguments, isolation_level="READ COMMITTED", hide_parameters=True, **pool)


def _sqlite_engine(url: URL, pool: dict[str, Any], *, has_foreign_keys: bool) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ServiceUnavailable("database", "SQLite in memory cannot be shared.", "Name a file.")
    path = Path(url.database)
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        hide_parameters=True,
        **pool,
    )

    @event.listens_for(engine, "do_connect")
    def make_private_file(*_: object) -> None:
        _make_private_file(path)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        _prepare_sqlite(connection, has_foreign_keys=has_foreign_keys)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Python's driver would open transactions by itself, late and deferred: a reader that turns writer
        # fails at once with "locked" however long the busy timeout is.
        connection.exec_driver_sql(connection.get_execution_options().get(BEGIN_OPTION, "BEGIN"))

    return engine


def _make_private_file(path: Path) -> None:
    """The file holds articles and sealed cookies: nobody else on this machine may read it."""
    if path.exists():
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise ServiceUnavailable(
            "database",
            f"{path} cannot be made: {error.strerror}.",
            "Check that TOPN_DATA_DIR exists and is writable for this user.",
        ) from error


def _prepare_sqlite(connection: sqlite3.Connection, *, has_foreign_keys: bool) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")
    connection.execute(f"PRAGMA foreign_keys = {'ON' if has_foreign_keys else 'OFF'}")
    # FULL, not NORMAL: a commit must outlive a power cut too, or the record of a publish click may be lost.
    connection.execute("PRAGMA synchronous = FULL")
    _switch_to_wal(connection)


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """The very first switch takes a lock for which SQLite does not wait by itself."""
    deadline = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.02)
