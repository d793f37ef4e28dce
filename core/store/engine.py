"""How connections are made: SQLite with WAL and honest transactions, MySQL with READ COMMITTED."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from math import ceil
from pathlib import Path
from typing import Any

from pymysql.constants import CLIENT
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from core.errors import ServiceUnavailable
from core.telemetry import get_logger

logger = get_logger(__name__)

BEGIN_OPTION = "topn_begin"
"""Execution option of an SQLite engine: the statement that opens a transaction."""

CONNECT_TIMEOUT_SECONDS = 5
POOL_TIMEOUT_SECONDS = 30
READ_TIMEOUT_SECONDS = 60
"""Longest waits for a new connection, for a free one, and for MySQL's reply."""

DEFAULT_LOCK_WAIT_SECONDS = {"sqlite": 30, "mysql": 10}
"""Longest wait of one statement for a lock. SQLite has one lock for all writers, MySQL one a row."""

SQL_MODE = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"


def make_engine(url: URL, *, pool_size: int, lock_wait_seconds: float | None = None) -> Engine:
    """An engine with a pool of up to twice `pool_size` connections."""
    logging.getLogger(f"{QueuePool.__module__}.{QueuePool.__name__}").addFilter(_broken_when_given_back)
    pool = {
        "poolclass": QueuePool,
        "pool_size": pool_size,
        "max_overflow": pool_size,
        "pool_timeout": POOL_TIMEOUT_SECONDS,
    }
    lock_wait = lock_wait_seconds or DEFAULT_LOCK_WAIT_SECONDS[url.get_backend_name()]
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, pool, lock_wait, has_foreign_keys=True)
    return _mysql_engine(url, {**pool, "pool_pre_ping": True, "pool_recycle": 1800}, lock_wait, READ_TIMEOUT_SECONDS)


def make_migration_engine(url: URL, *, lock_wait_seconds: float) -> Engine:
    """An engine without a pool, without foreign keys on SQLite (a table that is made anew is dropped first) and
    without a limit for a reply (a big table may take minutes)."""
    pool = {"poolclass": NullPool}
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, pool, lock_wait_seconds, has_foreign_keys=False)
    return _mysql_engine(url, pool, lock_wait_seconds, None)


def _broken_when_given_back(record: logging.LogRecord) -> bool:
    """The pool calls it an error. But what was read or written is safe by then, and it takes a new connection."""
    if record.levelno < logging.ERROR:
        return True
    reason = None if record.exc_info is None else str(record.exc_info[1])
    logger.warning("a broken connection to the database was thrown away", reason=reason)
    return False


def _mysql_engine(url: URL, pool: dict[str, Any], lock_wait_seconds: float, read_timeout: float | None) -> Engine:
    arguments = {
        "charset": "utf8mb4",
        "client_flag": CLIENT.FOUND_ROWS,  # an UPDATE counts the rows it matched, not those it changed
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "read_timeout": read_timeout,
        "write_timeout": read_timeout,
        "init_command": f"SET SESSION time_zone = '+00:00', sql_mode = '{SQL_MODE}', "
        f"innodb_lock_wait_timeout = {ceil(lock_wait_seconds)}",
    }
    return create_engine(url, connect_args=arguments, isolation_level="READ COMMITTED", hide_parameters=True, **pool)


def _sqlite_engine(url: URL, pool: dict[str, Any], lock_wait_seconds: float, *, has_foreign_keys: bool) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ServiceUnavailable("database", "SQLite in memory cannot be shared.", "Name a file.")
    path = Path(url.database)
    engine = create_engine(
        url,
        connect_args={"timeout": lock_wait_seconds, "check_same_thread": False},
        hide_parameters=True,
        **pool,
    )

    @event.listens_for(engine, "do_connect")
    def make_private_file(*_: object) -> None:
        _make_private_file(path)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        _prepare_sqlite(connection, lock_wait_seconds, has_foreign_keys=has_foreign_keys)

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


def _prepare_sqlite(connection: sqlite3.Connection, lock_wait_seconds: float, *, has_foreign_keys: bool) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA foreign_keys = {'ON' if has_foreign_keys else 'OFF'}")
    # FULL, not NORMAL: a commit must outlive a power cut too, or the record of a publish click may be lost.
    connection.execute("PRAGMA synchronous = FULL")
    _switch_to_wal(connection, lock_wait_seconds)


def _switch_to_wal(connection: sqlite3.Connection, lock_wait_seconds: float) -> None:
    """The very first switch takes a lock for which SQLite does not wait by itself."""
    deadline = time.monotonic() + lock_wait_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.02)
