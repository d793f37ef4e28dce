"""What people call by its number in the database."""

from __future__ import annotations

MAX_DIGITS = 18
"""More than any row number has, and no more than a database can be asked for."""


def row_number(name: str) -> int | None:
    """The number that this is; None: it is none that anything could have."""
    return int(name) if name.isdecimal() and len(name) <= MAX_DIGITS else None
