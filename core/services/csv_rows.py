"""One record of a CSV → one `Submission` as far as it can be read, and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import TypeVar
from zoneinfo import ZoneInfo

from core.services.clock_text import WrongTime, read_time, require_future
from core.services.csv_columns import Header
from core.services.csv_faults import FaultKind, Findings, WrongCell
from core.services.csv_files import CsvFiles
from core.services.csv_shape import RowShapes
from core.services.csv_text import Record
from core.services.submission import Submission
from core.services.submission_check import faults_of

T = TypeVar("T")

EXCEL_ERRORS = frozenset({"#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NULL!", "#NUM!"})
"""What Excel leaves of a text with = or - in front, which it took for a formula."""
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
    """One record that is not empty."""

    number: int
    cells: tuple[str, ...] = field(repr=False)
    submission: Submission | None
    """None when the cells cannot be told apart."""
    unsure: frozenset[str] = frozenset()
    """Columns at fault: what the submission holds there is not to be judged any further."""
    is_torn: bool = False
    """Its quotation marks are not in order; `cells` holds its whole text in one."""


@dataclass(slots=True)
class RowReader:
    """Reads the records of one file, in their order; what is found in all of them comes together."""

    header: Header
    files: CsvFiles
    zone: ZoneInfo
    now: datetime
    default_account: str = ""
    without_covers: bool = False
    """What the rows say of covers is left out, as their owner wants."""
    may_be_of_excel: bool = True
    """Whether a sheet may have put its own errors in the place of texts."""
    findings: Findings = field(default_factory=Findings)

    def read(self, records: Iterator[Record]) -> Iterator[CsvRow]:
        """Every cell is looked at, whatever is wrong with the others."""
        shapes = RowShapes(self.header, self.findings)
        for record in records:
            if shapes.is_sound(record):
                yield _RecordReader(self, record).row()
            else:
                yield CsvRow(record.number, shapes.cells_of(record), None, is_torn=record.torn is not None)
        shapes.warn_of_short_rows()


class _RecordReader:
    """The cells of one record, by column."""

    def __init__(self, reader: RowReader, record: Record) -> None:
        self._reader = reader
        self._record = record
        self._unsure = set(reader.header.unsure)

    def row(self) -> CsvRow:
        """What the record says, with defaults where a cell could not be read; faults go to the reader."""
        if self._reader.may_be_of_excel and not EXCEL_ERRORS.isdisjoint(self._record.cells):
            self._blame_excel_errors()
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
            cover=None if self._reader.without_covers else self._read("cover", self._reader.files.picture, None),
            run_at=self._read("scheduled_at", self._time, None),
            priority=self._read("priority", _priority, DEFAULT_PRIORITY),
            client_ref=self._cell("client_ref") or None,
        )
        self._judge(submission)
        return CsvRow(self._record.number, self._record.cells, submission, frozenset(self._unsure))

    def _judge(self, submission: Submission) -> None:
        """What every article must be, as far as it does not rest on a cell that has a fault already."""
        found = [
            (column, fault)
            for fault in faults_of(submission)
            for column in [COLUMN_OF_FIELD.get(fault.field, fault.field)]
            if column not in self._unsure
        ]
        for column, fault in found:
            is_in_file = column == "content" and self._cell("content_file")
            self._blame("content_file" if is_in_file else column, fault.reason, fault.remedy)

    def _raw(self, column: str) -> str:
        position = self._reader.header.positions.get(column)
        cells = self._record.cells
        return cells[position] if position is not None and position < len(cells) else ""

    def _cell(self, column: str) -> str:
        return self._raw(column).strip()

    def _word(self, column: str, other_names: dict[str, str], default: str) -> str:
        word = self._cell(column).lower()
        return other_names.get(word, word) or default

    def _blame(
        self,
        column: str,
        reason: str,
        remedy: str,
        offers: tuple[str, ...] = (),
        kind: FaultKind = FaultKind.WRONG,
    ) -> None:
        self._unsure.add(column)
        name = self._reader.header.name_of(column)
        self._reader.findings.blame(self._record.number, name, reason, remedy, offers, kind)

    def _read(self, column: str, read: Callable[[str], T], default: T) -> T:
        """Read a cell that is not empty; a fault gives the default, so that the rest is looked at."""
        cell = self._cell(column)
        if not cell or column in self._unsure:
            return default
        try:
            return read(cell)
        except WrongCell as error:
            self._blame(column, error.reason, error.remedy, error.offers, error.kind)
        except WrongTime as error:
            self._blame(column, error.reason, error.remedy, error.offers)
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
            self._blame("content_file", "stands beside a body.", "Keep one of the two.")
            return self._raw("content"), content_format
        content = self._read("content_file", self._reader.files.text, None)
        if content is None:
            self._unsure.add("content")
        return content or "", content_format

    def _topics(self) -> tuple[str, ...]:
        cell = self._cell("topics").replace("｜", SEPARATOR)
        return tuple(dict.fromkeys(topic.strip() for topic in cell.split(SEPARATOR))) if cell else ()

    def _time(self, cell: str) -> datetime:
        """A time that has passed is kept: it is no fault of an article that was handed in before it came."""
        reader = self._reader
        moment = read_time(cell, reader.zone, reader.now)
        try:
            require_future(moment, reader.zone, reader.now)
        except WrongTime as error:
            self._blame("scheduled_at", error.reason, error.remedy, error.offers, FaultKind.PASSED)
        if moment - reader.now > timedelta(days=FAR_DAYS):
            name = reader.header.name_of("scheduled_at")
            reader.findings.warn(self._record.number, name, "is more than a year away.", "Look at the year.")
        return moment

    def _blame_excel_errors(self) -> None:
        for column, position in self._reader.header.positions.items():
            if position < len(self._record.cells) and self._record.cells[position] in EXCEL_ERRORS:
                reason = (
                    f"{self._record.cells[position]} is what Excel shows instead of a text that it took for a formula."
                )
                self._blame(column, reason, "Write the text again, with an apostrophe (') before its = or -.")


def _priority(cell: str) -> int:
    if not cell.isascii() or not cell.isdigit() or len(cell) > 1:
        raise WrongCell(f"“{cell}” is not a number from 0 to 9.", "9 goes first, 5 is usual.")
    return int(cell)
