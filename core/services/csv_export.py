"""CSV that goes out: bad rows to mend and hand in again, and the template. UTF-8 with a byte order mark,
which Excel needs to see Chinese, and with formula characters defused (OWASP, CSV injection)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from core.services.csv_columns import ERROR_COLUMN, NAMES, column_of
from core.services.csv_import import ParsedCsv
from core.services.csv_text import defuse

BOM = "\ufeff"

TEMPLATE_COLUMNS = tuple(column for column in NAMES if column != ERROR_COLUMN)
TEMPLATE_ROW = {
    "title": "我的第一篇文章",
    "content": "## 小标题\n\n这里写**正文**，支持 Markdown。",
    "format": "markdown",
    "platform": "zhihu",
    "account": "main",
    "topics": "效率|写作",
    "mode": "draft",
    "priority": "5",
    "client_ref": "example-1",
}


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV as Excel opens it best."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return (BOM + text.getvalue()).encode("utf-8", "surrogatepass")


def template(*, is_chinese: bool = False) -> bytes:
    """An example to fill in; it is valid as it is and saves one draft."""
    header = [NAMES[column][0] if is_chinese else column for column in TEMPLATE_COLUMNS]
    return write_csv(header, [[TEMPLATE_ROW.get(column, "") for column in TEMPLATE_COLUMNS]])


def bad_rows_csv(parsed: ParsedCsv) -> bytes:
    """The faulty rows as they were handed in, each with what is wrong with it in a last column. Once mended,
    the file can be handed in as it is."""
    reasons: dict[int, list[str]] = {}
    for fault in parsed.faults:
        reasons.setdefault(fault.row, []).append(f"{fault.column}: {fault.reason} {fault.remedy}".rstrip())
    kept = [position for position, cell in enumerate(parsed.header) if column_of(cell) != ERROR_COLUMN]

    def pick(cells: Sequence[str]) -> list[str]:
        return [cells[position] if position < len(cells) else "" for position in kept]

    rows = (
        [*map(defuse, pick(row.cells)), f"row {row.number}: " + "; ".join(reasons[row.number])]
        for row in parsed.rows
        if row.number in reasons
    )
    return write_csv([*pick(parsed.header), ERROR_COLUMN], rows)
