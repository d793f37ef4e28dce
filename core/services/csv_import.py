"""A CSV of articles, looked at as a whole before anything is queued. Pure but for the files it names.

The command line, the upload page and the REST API call `parse_csv`, show what it found, and hand the
result to `TaskQueueManager.submit_batch`. Limits and forms: the README's section on CSV.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from core.services.csv_columns import ERROR_COLUMN, NAMES, Header, column_of, columns_of, read_header
from core.services.csv_faults import HEADER_ROW, WHOLE_FILE, Findings, RowFault, in_order
from core.services.csv_files import CsvFiles
from core.services.csv_repeats import repeated_references
from core.services.csv_rows import CsvRow, RowReader
from core.services.csv_text import DELIMITERS, Record, decode, read_records, split_delimiter_line, undefuse
from core.services.submission import Submission

MAX_ROWS = 10_000
EXCEL_ROWS = 1_048_576
"""As many as a sheet can have. Whoever exports a whole empty sheet is still understood."""
MAX_HEADER = 100_000
"""Characters looked at to find the delimiter."""


@dataclass(frozen=True, slots=True)
class ParsedCsv:
    """What a file holds. `faults` and `warnings` are in the order of the rows, and in a row of the columns."""

    sha256: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: tuple[CsvRow, ...] = field(repr=False)
    """At most MAX_ROWS; none when the first row names neither titles nor texts."""
    faults: tuple[RowFault, ...] = ()
    warnings: tuple[RowFault, ...] = ()
    is_readable: bool = True
    """Whether the file as a whole is in order. If not, no row of it can be queued."""
    names: dict[str, str] = field(default_factory=dict)
    """Column → its name as this file writes it, else its English one."""

    @property
    def bad_numbers(self) -> frozenset[int]:
        """The rows with a fault."""
        return frozenset(fault.row for fault in self.faults)

    @property
    def good_rows(self) -> tuple[tuple[int, Submission], ...]:
        """The rows that may be queued, with their numbers."""
        bad = self.bad_numbers
        return tuple(
            (row.number, row.submission) for row in self.rows if row.submission is not None and row.number not in bad
        )

    @property
    def rows_with_covers(self) -> tuple[int, ...]:
        """The rows that name a cover."""
        columns = columns_of(self.header)
        if "cover" not in columns:
            return ()
        place = columns.index("cover")
        return tuple(row.number for row in self.rows if any(cell.strip() for cell in row.cells[place : place + 1]))

    @property
    def bad_rows(self) -> tuple[CsvRow, ...]:
        """The rows that must be corrected."""
        bad = self.bad_numbers
        return tuple(row for row in self.rows if row.number in bad)


def parse_csv(
    data: bytes,
    *,
    folder: Path | None = None,
    zone: ZoneInfo,
    now: datetime | None = None,
    default_account: str = "",
    without_covers: bool = False,
    may_be_of_excel: bool = True,
) -> ParsedCsv:
    """Decode the file and validate all of it. Times without an offset are in `zone`.

    `folder` is where covers and bodies may be named; None refuses them. `without_covers`: the owner agreed to leave
    out what the rows say of covers. `may_be_of_excel`: a text such as #N/A is what a sheet left of another one, and a
    fault. Raises InvalidInput for a file that is no CSV at all; everything else is a fault with its row.
    """
    text, encoding = decode(data)
    delimiter, text = split_delimiter_line(text)
    delimiter = delimiter or _likely_delimiter(text)
    records = read_records(text, delimiter)
    header = read_header(next(records, Record(HEADER_ROW, ())), records)
    findings = Findings(header.faults, header.warnings)
    moment, files = now or datetime.now(UTC), CsvFiles(folder)
    reader = RowReader(header, files, zone, moment, default_account, without_covers, may_be_of_excel, findings)
    rows = _read_rows(reader, records) if header.is_of_articles else ()
    findings.faults += repeated_references(rows, header.name_of("client_ref"))
    faults = in_order(findings.faults, header.cells)
    return ParsedCsv(
        sha256=sha256(data).hexdigest(),
        encoding=encoding,
        delimiter=delimiter,
        header=header.cells,
        rows=rows,
        faults=faults,
        warnings=in_order(findings.warnings, header.cells),
        is_readable=not any(fault.row == HEADER_ROW for fault in faults),
        names={column: header.name_of(column) for column in NAMES},
    )


def _likely_delimiter(text: str) -> str:
    """The delimiter that makes most known column names of the first record; a comma when none does."""

    def known_names(delimiter: str) -> int:
        first = next(read_records(text[:MAX_HEADER], delimiter), Record(HEADER_ROW, ()))
        return sum(column_of(cell) is not None for cell in first.cells)

    return max(DELIMITERS, key=known_names)


def _read_rows(reader: RowReader, records: Iterator[Record]) -> tuple[CsvRow, ...]:
    filled = _filled(islice(records, EXCEL_ROWS), reader.header)
    rows = tuple(reader.read(islice(filled, MAX_ROWS)))
    if next(filled, None) is not None:
        reason = f"has more than {MAX_ROWS:,} articles; those below row {rows[-1].number} were not looked at."
        reader.findings.blame(HEADER_ROW, WHOLE_FILE, reason, "Split it into smaller files.")
    elif next(records, None) is not None:
        reason = "has more rows than a sheet of Excel, nearly all of them empty."
        reader.findings.blame(HEADER_ROW, WHOLE_FILE, reason, "Remove the empty ones.")
    elif not rows:
        remedy = "Write one article a row below the names of the columns."
        reader.findings.blame(HEADER_ROW, WHOLE_FILE, "has no articles.", remedy)
    return rows


def _filled(records: Iterable[Record], header: Header) -> Iterator[Record]:
    """Records that are not empty. A file of bad rows that comes back loses the apostrophes it was given."""
    was_defused = ERROR_COLUMN in header.positions
    for record in records:
        if record.torn:
            yield record
        elif any(cell.strip() for cell in record.cells):
            cells = tuple(map(undefuse, record.cells)) if was_defused else record.cells
            yield Record(record.number, cells)
