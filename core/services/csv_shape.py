"""Whether the cells of a record can be told apart, before any of them is read. `csv_rows` calls it."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.services.csv_columns import Header
from core.services.csv_faults import LONGEST_NAME, Findings, legible
from core.services.csv_text import Record, TornQuotes
from core.services.csv_torn_text import TornText

MARK = '"'
BLANK_AND_MARK = f" {MARK}"
WHOLE_ROW = "all columns"
"""Stands for the column where nobody can tell which one is at fault."""
NO_BLANK = "If the mark is there to hold the cell together, remove the blank before it."
EXCEL_CELL_LIMIT = 32_767
"""Excel cuts longer cells here without a word. It counts UTF-16 units: an emoji is two."""


@dataclass(slots=True)
class RowShapes:
    """The records of one file against its header, in their order."""

    header: Header
    findings: Findings
    _torn_row: int | None = None
    """The first row with torn quotes. Nobody can tell where it ends, nor what the rows below it are."""
    _short_rows: list[int] = field(default_factory=list)
    _torn_text: TornText = field(init=False)

    def __post_init__(self) -> None:
        self._torn_text = TornText(self.header)

    def is_sound(self, record: Record) -> bool:
        """Whether every cell stands in its column. If not, the record has a fault that says why."""
        if record.torn:
            self._blame_quotes(record.number, record.torn)
            return False
        if self._torn_row is not None:
            self._blame_place(record.number, self._torn_row)
        width = len(self.header.cells)
        if any(cell.strip() for cell in record.cells[width:]):
            self._blame_stray_cells(record)
            return False
        pieces = self._torn_text.ends_with(record)
        if pieces:
            self._blame_line_break(pieces)
            return False
        if len(record.cells) < width:
            self._short_rows.append(record.number)
        for position, cell in enumerate(record.cells[:width]):
            if len(cell) >= EXCEL_CELL_LIMIT // 2 or cell.startswith(BLANK_AND_MARK):
                self._warn_of_cell(record.number, self.header.cells[position].strip(), cell)
        return True

    def cells_of(self, record: Record) -> tuple[str, ...]:
        """The cells to hand back. Those of torn quotes come whole in the body's place, so that nothing is lost
        and the row is refused as long as nobody has put them in order."""
        if not record.torn:
            return record.cells
        positions = self.header.positions
        place = positions.get("content", positions.get("title", 0))
        return ("",) * place + record.cells

    def warn_of_short_rows(self) -> None:
        """One warning for all of them: some programs leave out the empty cells at the end of a row."""
        if not self._short_rows:
            return
        first, *others = self._short_rows
        who = f"this row and {len(others)} more have" if others else "this row has"
        self.findings.warn(
            first,
            self.header.cells[-1].strip(),
            f"{who} fewer cells than the first row of the file; the missing ones count as empty.",
            "If a line break has torn an article in two, put its text in quotation marks.",
        )

    def _blame_quotes(self, row: int, torn: TornQuotes) -> None:
        if self._torn_row is None:
            self._torn_row = row
        column = self.header.cells[min(torn.cell, len(self.header.cells) - 1)].strip()
        begins = f"“{legible(torn.begins.removeprefix(MARK), LONGEST_NAME)}…”"
        if torn.is_open:
            reason = f"the quotation mark before {begins} is never closed"
        else:
            reason = f"a quotation mark stands inside the cell that begins with {begins}"
        if torn.more_lines:
            lines = "line" if torn.more_lines == 1 else "lines"
            reason += f", so that {torn.more_lines} more {lines} were taken for a part of it"
        remedy = 'Put the cell in quotation marks and double those inside it: "he said ""yes""".'
        self.findings.blame(row, column, f"{reason}.", remedy)

    def _blame_place(self, row: int, torn_row: int) -> None:
        self.findings.blame(
            row,
            self.header.name_of("title"),
            f"the row stands below row {torn_row}, whose end is unsure: it may be a piece of that article.",
            f"Put the quotation marks of row {torn_row} in order; if this is a row of its own, leave it as it is.",
        )

    def _blame_line_break(self, rows: tuple[int, ...]) -> None:
        """Queued as they stand they would be two articles, each with half a text. What is blamed twice in the same
        words counts once."""
        column = self.header.name_of("content")
        first, *others = rows
        self._short_rows = [row for row in self._short_rows if row not in rows]
        reason = f"the text seems to go on in row {others[0]}: a line break has torn the row."
        remedy = "Put the text in quotation marks; if these are articles of their own, give each row all its cells."
        self.findings.blame(first, column, reason, remedy)
        for row in others:
            reason = f"this seems to be the rest of row {first}, torn off by a line break."
            self.findings.blame(row, column, reason, f"Put the text of row {first} in quotation marks.")

    def _blame_stray_cells(self, record: Record) -> None:
        """More cells than the header has: an unquoted delimiter has torn a cell in two."""
        width = len(self.header.cells)
        remedy = "Put cells that hold a comma, a semicolon, a tab or a line break in quotation marks."
        if any(cell.startswith(BLANK_AND_MARK) for cell in record.cells):
            remedy = NO_BLANK
        self.findings.blame(
            record.number,
            WHOLE_ROW,
            f"the row has {len(record.cells)} cells and the first row {width}.",
            remedy,
        )

    def _warn_of_cell(self, row: int, column: str, cell: str) -> None:
        """Of a text that is most likely not what its owner wrote."""
        if cell.startswith(BLANK_AND_MARK):
            self.findings.warn(row, column, "begins with a quotation mark that belongs to its text.", NO_BLANK)
        if EXCEL_CELL_LIMIT in (len(cell), excel_length(cell)):
            reason = "has exactly 32,767 characters: Excel has most likely cut it."
            self.findings.warn(row, column, reason, "Look at its end, or use content_file.")


def excel_length(cell: str) -> int:
    """Characters as Excel counts them."""
    return len(cell.encode("utf-16-le", "surrogatepass")) // 2
