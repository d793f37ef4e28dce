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

from core.services.csv_columns import ERROR_COLUMN, HEADER_ROW, NAMES, Header, column_of, read_header
from core.services.csv_faults import RowFault
from core.services.csv_files import CsvFiles
from core.services.csv_rows import CsvRow, RowReader
from core.services.csv_text import (
    DELIMITERS,
    Record,
    decode,
    read_records,
    split_delimiter_line,
    undefuse,
)
from core.services.submission import Submission

MAX_ROWS = 10_000
MAX_HEADER = 100_000
"""Characters looked at to find the delimiter."""


@dataclass(frozen=True, slots=True)
class ParsedCsv:
    """What a file holds. `faults` and `warnings` are in the order of the rows."""

    sha256: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: tuple[CsvRow, ...] = field(repr=False)
    faults: tuple[RowFault, ...] = ()
    warnings: tuple[RowFault, ...] = ()
    is_readable: bool = True
    """Whether the header could be understood. If not, no row of it can be queued."""
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


def parse_csv(
    data: bytes,
    *,
    folder: Path | None = None,
    zone: ZoneInfo,
    now: datetime | None = None,
    default_account: str = "",
) -> ParsedCsv:
    """Decode the file and validate all of it. Times without an offset are in `zone`.

    `folder` is where covers and bodies may be named; None refuses them. Raises InvalidInput for a file that
    is no CSV at all; everything else is a fault with its row.
    """
    text, encoding = decode(data)
    delimiter, text = split_delimiter_line(text)
    delimiter = delimiter or _likely_delimiter(text)
    records = read_records(text, delimiter)
    first = next(records, Record(HEADER_ROW, ()))
    header = read_header(first.cells)
    reader = RowReader(header, CsvFiles(folder), zone, now or datetime.now(UTC), default_account)
    rows = () if header.faults else _read_rows(reader, records)
    faults = (*header.faults, *reader.faults)
    return ParsedCsv(
        sha256=sha256(data).hexdigest(),
        encoding=encoding,
        delimiter=delimiter,
        header=header.cells,
        rows=rows,
        faults=tuple(sorted((*faults, *_duplicates(rows, header)), key=_row)),
        warnings=tuple(sorted((*header.warnings, *reader.warnings), key=_row)),
        is_readable=not any(fault.row == HEADER_ROW for fault in faults),
        names={column: header.name_of(column) for column in NAMES},
    )


def _likely_delimiter(text: str) -> str:
    """The delimiter that makes most known column names of the first record; a comma when none does."""

    def known_names(delimiter: str) -> int:
        first = next(read_records(text[:MAX_HEADER], delimiter), Record(HEADER_ROW, ()))
        return sum(column_of(cell) is not None for cell in first.cells)

    return max(DELIMITERS, key=known_names)


def _read_rows(reader: RowReader, records: Iterable[Record]) -> tuple[CsvRow, ...]:
    rows = tuple(reader.read(record) for record in islice(_filled(records, reader.header), MAX_ROWS + 1))
    if len(rows) > MAX_ROWS:
        remedy = "Split it into smaller files."
        reader.faults.append(RowFault(HEADER_ROW, "file", f"has more than {MAX_ROWS:,} articles.", remedy))
    if not rows:
        remedy = "Write one article a row below the names of the columns."
        reader.faults.append(RowFault(HEADER_ROW, "file", "has no articles.", remedy))
    return rows


def _filled(records: Iterable[Record], header: Header) -> Iterator[Record]:
    """Records that are not empty. A file of bad rows that comes back loses the apostrophes it was given."""
    was_defused = ERROR_COLUMN in header.positions
    for record in records:
        if record.problem:
            yield record
        elif any(cell.strip() for cell in record.cells):
            cells = tuple(map(undefuse, record.cells)) if was_defused else record.cells
            yield Record(record.number, cells)


def _duplicates(rows: Iterable[CsvRow], header: Header) -> Iterator[RowFault]:
    """Rows that repeat an earlier row of the file: its reference, or without one its whole article."""
    first_with_reference: dict[str, int] = {}
    first_with_article: dict[tuple[str, ...], int] = {}
    for row in rows:
        if row.submission is None:
            continue
        reference = row.submission.client_ref
        earlier = first_with_article.setdefault(_article(row.submission), row.number)
        if reference is not None:
            column, earlier = "client_ref", first_with_reference.setdefault(reference, row.number)
        else:
            column = "title"
        if earlier == row.number:
            continue
        yield RowFault(
            row.number,
            header.name_of(column),
            f"repeats the {'reference' if reference else 'article'} of row {earlier}.",
            "Give every article a reference of its own." if reference else "Remove one of the two.",
            is_duplicate=reference is None,
        )


def _article(submission: Submission) -> tuple[str, ...]:
    return (submission.platform, submission.account, submission.mode, submission.title, submission.content)


def _row(fault: RowFault) -> int:
    return fault.row
