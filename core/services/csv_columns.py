"""The columns a CSV of articles may have, in English and Chinese, and how a header is matched to them."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.services.csv_faults import RowFault

HEADER_ROW = 1
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

_BY_NAME = {name: column for column, others in NAMES.items() for name in (column, *others)}


@dataclass(slots=True)
class Header:
    """Which cell of a record holds which column, and the names as the file writes them."""

    cells: tuple[str, ...]
    positions: dict[str, int] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)
    warnings: list[RowFault] = field(default_factory=list)

    def name_of(self, column: str) -> str:
        """The column's name as this file writes it, else its English one."""
        position = self.positions.get(column)
        return column if position is None else self.cells[position].strip()


def column_of(cell: str) -> str | None:
    """The column a header cell names."""
    return _BY_NAME.get(_plain(cell))


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().rstrip("*").strip().casefold().replace(" ", "_")


def read_header(cells: Sequence[str]) -> Header:
    """Match the header's cells to columns; all faults together."""
    header = Header(tuple(cells))
    for position, cell in enumerate(cells):
        column = column_of(cell)
        if column is None:
            _judge_unknown(header, cell)
        elif column in header.positions:
            header.faults.append(
                RowFault(HEADER_ROW, cell.strip(), "stands in the header twice.", "Keep one of the two.")
            )
        else:
            header.positions[column] = position
    _demand(header, "title", ("title",))
    _demand(header, "content", ("content", "content_file"))
    return header


def _judge_unknown(header: Header, cell: str) -> None:
    """A column that is nearly one of ours is most likely misspelt and must not be ignored: an ignored
    `schedule_at` would publish at once. Any other is somebody's note."""
    if not cell.strip():
        return
    near = difflib.get_close_matches(_plain(cell), _BY_NAME, n=1, cutoff=0.7)
    if near:
        header.faults.append(RowFault(HEADER_ROW, cell.strip(), "is no known column.", f"Did you mean “{near[0]}”?"))
    else:
        header.warnings.append(RowFault(HEADER_ROW, cell.strip(), "is no known column and is ignored.", ""))


def _demand(header: Header, column: str, any_of: tuple[str, ...]) -> None:
    misspelt = {fault.remedy for fault in header.faults}
    if any(name in header.positions for name in any_of):
        return
    if any(f"“{name}”" in remedy for name in (*any_of, *NAMES[column]) for remedy in misspelt):
        return
    header.faults.append(
        RowFault(
            HEADER_ROW,
            column,
            "is missing in the first row.",
            f"Name it “{column}” or “{NAMES[column][0]}”; `python -m core template` writes an example.",
        )
    )
