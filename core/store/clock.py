"""The database's clock as SQL. Every lease, deadline and due time is decided by it, never by a process's clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Float, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from core.store.columns import UtcDateTime


class Now(FunctionElement[datetime]):
    """This moment."""

    name = "now_utc"
    type = UtcDateTime()
    inherit_cache = True


class Later(FunctionElement[datetime]):
    """This moment plus so many seconds."""

    name = "later_utc"
    type = UtcDateTime()
    inherit_cache = True


def now_sql() -> Now:
    """This moment, in UTC, on the database's clock."""
    return Now()


def later_sql(seconds: float) -> Later:
    """So many seconds from now (or before now, if negative) on the database's clock."""
    return Later(literal(float(seconds), Float))


# SQLite counts milliseconds; the three zeros make its text comparable with bound moments, which have six
# decimals: "…12.5" would sort after "…12.500001" by accident only.


@compiles(Now, "sqlite")
def _now_sqlite(element: Now, compiler: SQLCompiler, **kw: Any) -> str:
    return "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')"


@compiles(Later, "sqlite")
def _later_sqlite(element: Later, compiler: SQLCompiler, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    return f"(strftime('%Y-%m-%d %H:%M:%f', 'now', printf('%.3f seconds', {seconds})) || '000')"


@compiles(Now, "mysql")
def _now_mysql(element: Now, compiler: SQLCompiler, **kw: Any) -> str:
    return "UTC_TIMESTAMP(6)"


@compiles(Later, "mysql")
def _later_mysql(element: Later, compiler: SQLCompiler, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    return f"(UTC_TIMESTAMP(6) + INTERVAL ROUND({seconds} * 1000000) MICROSECOND)"
