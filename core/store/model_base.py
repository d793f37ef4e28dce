"""What all tables share: the base class, names of constraints, and MySQL's options."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import CheckConstraint, MetaData
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

TABLE_OPTIONS: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_unicode_ci",
    "mysql_row_format": "DYNAMIC",
    "sqlite_autoincrement": True,  # an id is never used again, as on MySQL
}


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMES)


def one_of(column: str, values: Iterable[str]) -> str:
    """The SQL condition that the column holds one of these words."""
    words = ", ".join(f"'{value!s}'" for value in values)
    return f"{column} IN ({words})"


def check(name: str, condition: str) -> CheckConstraint:
    """A CHECK that refuses an impossible row. A condition that comes out NULL would let it pass: write
    `x IS NOT NULL AND …` where x may be NULL."""
    return CheckConstraint(condition, name=name)
