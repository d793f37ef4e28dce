"""Where a list goes on: the number of the last one that was given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends

from core.errors import Fault, InvalidInput
from core.services.row_number import MAX_DIGITS

PAGE, LARGEST_PAGE = 50, 500


def read_cursor(cursor: str | None = None) -> int | None:
    """None: from the newest on. Raises InvalidInput."""
    if cursor is None:
        return None
    if not cursor.isdecimal() or len(cursor) > MAX_DIGITS:
        raise InvalidInput([Fault("cursor", "is none of ours.", "Take `next_cursor` of the page before.")])
    return int(cursor)


Before = Annotated[int | None, Depends(read_cursor)]


def next_cursor(ids: Sequence[int], limit: int) -> str | None:
    """For the page after these; None: this may be all."""
    return str(ids[-1]) if len(ids) == limit else None
