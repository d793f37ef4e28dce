"""What a database error means: worth another try, a database that cannot be used, or a fault of ours."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from core.errors import ServiceUnavailable

BUSY_CODES = frozenset({1205, 1213, 1020})
"""MySQL: lock wait timeout, deadlock, record changed since last read. The transaction was or is rolled back."""

REMEDIES = {
    1040: "Raise max_connections of the server or lower TOPN_WORKERS and TOPN_DRIVERS.",
    1044: "Grant this user all rights on the database named in TOPN_DATABASE_URL.",
    1045: "Check the user and the password in TOPN_DATABASE_URL.",
    1049: "Create it: CREATE DATABASE name CHARACTER SET utf8mb4.",
    1021: "Free some disk space on the database's machine.",
    1114: "Free some disk space on the database's machine.",
    1290: "The server is read-only: connect to the primary server.",
    1836: "The server is read-only: connect to the primary server.",
}
LOST_REMEDY = "Check that the database server runs and that TOPN_DATABASE_URL names it."

SQLITE_REMEDIES = {
    "SQLITE_FULL": "Free some disk space where TOPN_DATA_DIR is.",
    "SQLITE_IOERR": "Check the disk where TOPN_DATA_DIR is.",
    "SQLITE_READONLY": "Make the database file and its folder writable for this user.",
    "SQLITE_CANTOPEN": "Check that TOPN_DATA_DIR exists and is writable for this user.",
    "SQLITE_NOTADB": "Point TOPN_DATA_DIR at another folder, or restore the file from a backup.",
    "SQLITE_CORRUPT": "Restore the database file from a backup.",
}
BUSY_REMEDY = "Try again; if it stays so, look for a long transaction on the database."


def _sqlite_name(error: DBAPIError) -> str | None:
    original = error.orig
    if not isinstance(original, sqlite3.Error):
        return None
    name: str = getattr(original, "sqlite_errorname", "") or ""
    return "_".join(name.split("_")[:2])


def _mysql_code(error: DBAPIError) -> int:
    arguments = getattr(error.orig, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else 0


def is_busy(error: DBAPIError) -> bool:
    """Whether the same transaction may well succeed if it is run again."""
    name = _sqlite_name(error)
    return name in ("SQLITE_BUSY", "SQLITE_LOCKED") if name is not None else _mysql_code(error) in BUSY_CODES


def is_lost(error: DBAPIError) -> bool:
    """Whether the server cannot be reached or the connection broke: a COMMIT may or may not have happened."""
    return error.connection_invalidated or _mysql_code(error) in (2002, 2003, 2006, 2013, 2055, 1053, 1927)


def as_unavailable(error: DBAPIError | PoolTimeoutError, address: str) -> ServiceUnavailable | None:
    """The error for people, or None if the fault is ours: a constraint, a wrong statement."""
    if isinstance(error, PoolTimeoutError):
        return ServiceUnavailable("database", f"all connections to {address} are in use.", "Try again in a moment.")
    reason = f"{address}: {_first_line(error)}."
    if is_busy(error):
        return ServiceUnavailable("database", reason, BUSY_REMEDY)
    name = _sqlite_name(error)
    if name is not None:
        remedy = SQLITE_REMEDIES.get(name)
        return ServiceUnavailable("database", reason, remedy) if remedy else None
    code = _mysql_code(error)
    if code in REMEDIES:
        return ServiceUnavailable("database", reason, REMEDIES[code])
    return ServiceUnavailable("database", reason, LOST_REMEDY) if is_lost(error) else None


def _first_line(error: DBAPIError) -> str:
    arguments = getattr(error.orig, "args", ())
    text = str(arguments[-1]) if arguments else ""
    return (text or str(error.orig) or "the connection was lost").splitlines()[0].rstrip(".")
