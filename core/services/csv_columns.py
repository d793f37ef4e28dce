"""The columns a CSV of articles may have, in English and Chinese, and how a header is matched to them."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from core.services.csv_faults import HEADER_ROW, LONGEST_NAME, WHOLE_FILE, RowFault, legible
from core.services.csv_text import Record

ERROR_COLUMN = "error"
"""The column that a CSV of bad rows has beside the others; read over when that file comes back."""

NAMES: dict[str, tuple[str, ...]] = {
    "title": ("标题",),
    "content": ("正文", "内容"),
    "content_file": ("正文文件",),
    "format": ("格式", "content_format"),
    "platform": ("平台",),
    "account": ("账号", "帐号"),
    "column": ("专栏",),
    "topics": ("话题",),
    "cover": ("封面",),
    "scheduled_at": ("发布时间", "run_at"),
    "mode": ("方式",),
    "priority": ("优先级",),
    "client_ref": ("编号", "reference"),
    ERROR_COLUMN: ("错误",),
}
"""Column → its other names. Upper and lower case, white space and a `*` behind a name do not matter."""

NAMES_OF_COVERS = (
    "题图", "封面图", "封面图片", "头图", "首图", "特色图片",
    "cover_image", "cover_picture", "title_image", "featured_image",
)  # fmt: skip
"""What other programs and people call a cover. What is merely near one of these is somebody's note, and so is
one of these beside a column that is called `cover`."""
NAMES_OF_ADDRESSES = ("cover_url",)
"""They look like a misspelt `cover`, but an address is no picture: somebody's note."""

_BY_NAME = {name: column for column, others in NAMES.items() for name in (column, *others)}
_BY_ANY_NAME = {**dict.fromkeys(NAMES_OF_COVERS, "cover"), **_BY_NAME}

MAX_COLUMNS = 200
"""Far above any table of articles; it keeps a file that is none from being looked at cell by cell."""
FAR = 10
"""Rows in which a header that stands too low is looked for."""
MANY = 3
"""Foreign names that are repeated to their owner."""
HOW_TO_BEGIN = "Write title, content and so on, or 标题, 正文, above the articles."
EXAMPLE = "The page Bulk upload has a template, and `python -m core template` writes one."


@dataclass(slots=True)
class Header:
    """Which cell of a record holds which column, and the names as the file writes them."""

    cells: tuple[str, ...]
    positions: dict[str, int] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    """Columns that are missing or come twice: what the rows say there cannot be judged."""
    faults: list[RowFault] = field(default_factory=list)
    warnings: list[RowFault] = field(default_factory=list)

    def name_of(self, column: str) -> str:
        """The column's name as this file writes it, else its English one."""
        position = self.positions.get(column)
        return column if position is None else self.cells[position].strip()

    @property
    def is_of_articles(self) -> bool:
        """Whether the rows can be looked at: a title or a body was found."""
        return not self.positions.keys().isdisjoint(("title", "content", "content_file"))

    def blame(self, cell: str, reason: str, remedy: str) -> None:
        """One fault of the first row."""
        self.faults.append(RowFault(HEADER_ROW, legible(cell, LONGEST_NAME), reason, remedy))


def column_of(cell: str) -> str | None:
    """The column a header cell names by itself."""
    return _find(cell, _BY_ANY_NAME)


def columns_of(cells: Sequence[str]) -> list[str | None]:
    """The column that each cell of a header names, seen beside the others."""
    ours = [_find(cell, _BY_NAME) for cell in cells]
    return ours if "cover" in ours else [column_of(cell) for cell in cells]


def _find(cell: str, names: Mapping[str, str]) -> str | None:
    return names.get(_plain(cell)) if len(cell) <= LONGEST_NAME else None


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().rstrip("*").strip().casefold().replace(" ", "_")


def read_header(first: Record, behind: Iterable[Record]) -> Header:
    """Match the cells of the first record to columns; all faults together. The records `behind` it are
    looked at only when it holds no name, to find a header that stands too low."""
    header = Header(first.cells)
    if first.torn:
        reason = f"the quotation marks are not in order near “{legible(first.torn.begins, LONGEST_NAME)}”."
        header.blame(f"cell {first.torn.cell + 1}", reason, "Write the names of the columns without any.")
        return header
    if len(first.cells) > MAX_COLUMNS:
        header.blame(WHOLE_FILE, f"has {len(first.cells):,} columns; the limit is {MAX_COLUMNS}.", "Remove some.")
        return header
    unknown = _match(header)
    for position in unknown:
        _judge_unknown(header, position)
    if header.positions.keys() <= {ERROR_COLUMN}:
        header.warnings.clear()
        _refuse_foreign(header, behind)
    else:
        _demand(header, "title", ("title",))
        _demand(header, "content", ("content", "content_file"))
    return header


def _match(header: Header) -> list[int]:
    """Note the columns that are named; which cells name none."""
    unknown = []
    for position, column in enumerate(columns_of(header.cells)):
        if column is None:
            unknown.append(position)
        elif column in header.positions:
            header.blame(header.cells[position], "stands in the first row twice.", "Keep one of the two.")
            header.unsure.add(column)
        else:
            header.positions[column] = position
    return unknown


def _judge_unknown(header: Header, position: int) -> None:
    """A name that is nearly that of a column the file lacks is most likely misspelt and must not be ignored: an
    ignored `schedule_at` would publish at once. Its cells are judged as that column's. Any other name is
    somebody's note."""
    cell = header.cells[position]
    if not cell.strip():
        return
    name = _plain(cell) if len(cell) <= LONGEST_NAME else ""
    may_be_misspelt = len(header.cells) > 1 and name not in NAMES_OF_ADDRESSES
    near = difflib.get_close_matches(name, _BY_NAME, n=1, cutoff=0.7) if may_be_misspelt else []
    if near and _BY_NAME[near[0]] not in header.positions:
        header.blame(cell, "is no known column.", f"Did you mean “{near[0]}”?")
        header.positions[_BY_NAME[near[0]]] = position
    else:
        reason = "is no known column and is ignored."
        header.warnings.append(RowFault(HEADER_ROW, legible(cell, LONGEST_NAME), reason, ""))


def _refuse_foreign(header: Header, behind: Iterable[Record]) -> None:
    """No name is known: there is no header, it stands too low, or the file is something else."""
    named = [f"“{legible(cell, LONGEST_NAME)}”" for cell in header.cells if cell.strip()]
    near = list(islice(behind, FAR))
    low = next((record.number for record in near if _has_names(record)), None)
    if low is not None:
        reason = f"has the names of its columns in row {low}."
        header.blame(WHOLE_FILE, reason, "Remove what stands above, so that they come first.")
    elif not named:
        is_empty = not any(cell.strip() for record in near for cell in record.cells)
        header.blame(WHOLE_FILE, "is empty." if is_empty else "has an empty first row.", f"{HOW_TO_BEGIN} {EXAMPLE}")
    else:
        found = ", ".join(named[:MANY]) + (" and more" if len(named) > MANY else "")
        reason = f"has no names of columns in its first row, but {found}."
        remedy = HOW_TO_BEGIN
        if len(header.cells) == 1:
            remedy += " Between the cells there must be a comma, a semicolon or a tab."
        header.blame(WHOLE_FILE, reason, f"{remedy} {EXAMPLE}")


def _has_names(record: Record) -> bool:
    return sum(column_of(cell) is not None for cell in record.cells[:MAX_COLUMNS]) > 1


def _demand(header: Header, column: str, any_of: tuple[str, ...]) -> None:
    if any(name in header.positions for name in any_of):
        return
    header.unsure.update(any_of)
    remedy = f"Name it “{column}” or “{NAMES[column][0]}”; {EXAMPLE}"
    header.blame(column, "is missing in the first row.", remedy)
