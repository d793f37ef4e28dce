"""One record of a CSV → one `Submission`, or all that is wrong with it. `csv_import` calls it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import TypeVar
from zoneinfo import ZoneInfo

from core.services.clock_text import WrongTime, read_time, require_future
from core.services.csv_columns import Header
from core.services.csv_faults import RowFault, WrongCell
from core.services.csv_files import CsvFiles
from core.services.csv_text import Record
from core.services.submission import Submission
from core.services.submission_check import faults_of

T = TypeVar("T")

EXCEL_CELL_LIMIT = 32_767
"""Excel cuts longer cells here without a word. It counts UTF-16 units: an emoji is two."""
FAR_DAYS = 366
SEPARATOR = "|"
DEFAULT_PRIORITY = 5
DEFAULT_PLATFORM = "zhihu"
DEFAULT_FORMAT = "markdown"
FORMATS = {"md": "markdown", "txt": "text", "htm": "html", "文本": "text", "纯文本": "text"}
MODES = {"发布": "publish", "草稿": "draft"}
PLATFORM_NAMES = {"知乎": "zhihu"}
FORMAT_OF_ENDING = {".html": "html", ".htm": "html", ".txt": "text"}
COLUMN_OF_FIELD = {"content_format": "format", "run_at": "scheduled_at"}


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One record that is not empty. `submission` is None when something is wrong with it."""

    number: int
    cells: tuple[str, ...] = field(repr=False)
    submission: Submission | None


@dataclass(slots=True)
class RowReader:
    """Reads the records of one file; faults and warnings of all of them come together here."""

    header: Header
    files: CsvFiles
    zone: ZoneInfo
    now: datetime
    default_account: str = ""
    faults: list[RowFault] = field(default_factory=list)
    warnings: list[RowFault] = field(default_factory=list)

    def read(self, record: Record) -> CsvRow:
        """Every cell is looked at, whatever is wrong with the others."""
        found = len(self.faults)
        if record.problem or self._has_stray_cells(record):
            if record.problem:
                self._quotes_fault(record)
            return CsvRow(record.number, record.cells, None)
        self._warn_of_cut_cells(record)
        submission = _RecordReader(self, record).submission()
        return CsvRow(record.number, record.cells, submission if len(self.faults) == found else None)

    def _quotes_fault(self, record: Record) -> None:
        is_open = "end of data" in record.problem
        reason = "a quotation mark is never closed." if is_open else "a quotation mark stands inside a cell."
        self.faults.append(
            RowFault(
                record.number,
                self.header.name_of("content"),
                reason,
                'Put the cell in quotation marks and double those inside: "he said ""yes""".',
            )
        )

    def _has_stray_cells(self, record: Record) -> bool:
        """More cells than the header has: an unquoted delimiter has torn a cell in two."""
        width = len(self.header.cells)
        if not any(cell.strip() for cell in record.cells[width:]):
            return False
        self.faults.append(
            RowFault(
                record.number,
                self.header.cells[-1].strip(),
                f"the row has {len(record.cells)} cells and the header {width}.",
                "Put cells that hold a delimiter or a line break in quotation marks.",
            )
        )
        return True

    def _warn_of_cut_cells(self, record: Record) -> None:
        for position, cell in enumerate(record.cells[: len(self.header.cells)]):
            if len(cell) < EXCEL_CELL_LIMIT // 2:
                continue
            if EXCEL_CELL_LIMIT in (len(cell), len(cell.encode("utf-16-le", "surrogatepass")) // 2):
                self.warnings.append(
                    RowFault(
                        record.number,
                        self.header.cells[position].strip(),
                        "has exactly 32,767 characters: Excel has most likely cut it.",
                        "Look at its end, or use content_file.",
                    )
                )


class _RecordReader:
    """The cells of one record, by column."""

    def __init__(self, reader: RowReader, record: Record) -> None:
        self._reader = reader
        self._record = record
        self._faulted: set[str] = set()
        """Columns that could not be read: what stands in for them is not judged."""

    def submission(self) -> Submission:
        """What the record says, with defaults where a cell could not be read; faults go to the reader."""
        content, content_format = self._body()
        submission = Submission(
            account=self._cell("account") or self._reader.default_account,
            title=self._cell("title"),
            content=content,
            content_format=content_format,
            platform=self._word("platform", PLATFORM_NAMES, DEFAULT_PLATFORM),
            mode=self._word("mode", MODES, "publish"),
            column=self._cell("column") or None,
            topics=self._topics(),
            cover=self._read("cover", self._reader.files.picture, None),
            run_at=self._read("scheduled_at", self._time, None),
            priority=self._read("priority", _priority, DEFAULT_PRIORITY),
            client_ref=self._cell("client_ref") or None,
        )
        for fault in faults_of(submission):
            column = COLUMN_OF_FIELD.get(fault.field, fault.field)
            if column not in self._faulted:
                self._add(column, fault.reason, fault.remedy)
        return submission

    def _raw(self, column: str) -> str:
        position = self._reader.header.positions.get(column)
        cells = self._record.cells
        return cells[position] if position is not None and position < len(cells) else ""

    def _cell(self, column: str) -> str:
        return self._raw(column).strip()

    def _word(self, column: str, other_names: dict[str, str], default: str) -> str:
        word = self._cell(column).lower()
        return other_names.get(word, word) or default

    def _add(self, column: str, reason: str, remedy: str, offers: tuple[str, ...] = ()) -> None:
        self._faulted.add(column)
        name = self._reader.header.name_of(column)
        self._reader.faults.append(RowFault(self._record.number, name, reason, remedy, offers))

    def _read(self, column: str, read: Callable[[str], T], default: T) -> T:
        """Read a cell that is not empty; a fault gives the default, so that the rest is looked at."""
        cell = self._cell(column)
        if not cell:
            return default
        try:
            return read(cell)
        except (WrongCell, WrongTime) as error:
            self._add(column, error.reason, error.remedy, error.offers)
            return default

    def _body(self) -> tuple[str, str]:
        """Content and its format: from the cell, or from the file that the row names."""
        named = self._cell("content_file")
        content_format = self._word("format", FORMATS, "")
        if not named:
            return self._raw("content"), content_format or DEFAULT_FORMAT
        ending = PurePosixPath(named).suffix.lower()
        content_format = content_format or FORMAT_OF_ENDING.get(ending, DEFAULT_FORMAT)
        if self._cell("content"):
            self._add("content_file", "stands beside a body.", "Keep one of the two.")
            return self._raw("content"), content_format
        content = self._read("content_file", self._reader.files.text, None)
        if content is None:
            self._faulted.add("content")
        return content or "", content_format

    def _topics(self) -> tuple[str, ...]:
        cell = self._cell("topics").replace("｜", SEPARATOR)
        return tuple(dict.fromkeys(topic.strip() for topic in cell.split(SEPARATOR))) if cell else ()

    def _time(self, cell: str) -> datetime:
        reader = self._reader
        moment = read_time(cell, reader.zone)
        require_future(moment, reader.zone, reader.now)
        if moment - reader.now > timedelta(days=FAR_DAYS):
            name = reader.header.name_of("scheduled_at")
            reader.warnings.append(
                RowFault(self._record.number, name, "is more than a year away.", "Look at the year.")
            )
        return moment


def _priority(cell: str) -> int:
    if not cell.isascii() or not cell.isdigit() or len(cell) > 1:
        raise WrongCell(f"“{cell}” is not a number from 0 to 9.", "9 goes first, 5 is usual.")
    return int(cell)
