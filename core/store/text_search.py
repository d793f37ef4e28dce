"""Looks for what somebody typed in columns of text, as it stands there: nothing in it is a pattern."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false
from sqlalchemy.orm import InstrumentedAttribute

Text = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
END = "\0"
"""Where a pattern ends for SQLite, which would find everything that fits what stands before it. Nobody looks for one on
purpose."""


def holds(column: Text, text: str) -> ColumnElement[bool]:
    """Whether this stands anywhere in the column."""
    return false() if END in text else column.contains(text, autoescape=True)


def begins(column: Text, text: str) -> ColumnElement[bool]:
    """Whether the column begins with this."""
    return false() if END in text else column.startswith(text, autoescape=True)
