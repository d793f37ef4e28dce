"""Finds a text with line breaks that stands without quotation marks, so that its one row is read as several."""

from __future__ import annotations

from core.services.csv_columns import Header
from core.services.csv_faults import LONGEST_NAME
from core.services.csv_text import Record


class TornText:
    """Shown the records of one file in their order. The pieces of a torn row have its cells between them, and the
    first of them ends in its text. Some programs leave out the empty cells at the end of a row: two such rows
    may add up as well, but then the second ends in a text, which is longer than what stands behind one."""

    def __init__(self, header: Header) -> None:
        self._width = len(header.cells)
        self._text_at = header.positions.get("content", -1)
        self._rows: tuple[int, ...] = ()
        self._cells = 0

    def ends_with(self, record: Record) -> tuple[int, ...]:
        """The rows a text is torn into if this record is one of its ends, else none. Of a text with more ends the
        first two come again with each."""
        count = len(record.cells)
        if not self._rows or not self._is_piece(record):
            begins = count == self._text_at + 1
            self._rows, self._cells = ((record.number,), count) if begins else ((), 0)
            return ()
        self._cells += count - 1
        self._rows = (*self._rows, record.number)
        if self._cells < self._width:
            return ()
        rows = self._rows
        # A text in the last cell may be torn again and again.
        self._rows = rows[:2] if count == 1 else ()
        return rows

    def _is_piece(self, record: Record) -> bool:
        count = len(record.cells)
        return (
            0 < count < self._width
            and self._cells + count - 1 <= self._width
            and all(len(cell) <= LONGEST_NAME for cell in record.cells[1:])
        )
