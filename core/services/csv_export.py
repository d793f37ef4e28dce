"""CSV that goes out: bad rows to mend and hand in again, and the template. UTF-8 with a byte order mark,
which Excel needs to see Chinese, and with formula characters defused (OWASP, CSV injection)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from core.services.csv_columns import ERROR_COLUMN, NAMES, column_of, columns_of
from core.services.csv_faults import RowFault
from core.services.csv_import import ParsedCsv
from core.services.csv_shape import EXCEL_CELL_LIMIT, excel_length
from core.services.csv_text import defuse
from core.services.say import Say, in_english

BOM = "\ufeff"

TEMPLATE_COLUMNS = tuple(column for column in NAMES if column != ERROR_COLUMN)
COLUMNS_OF_FILES = ("content_file", "cover")
"""They name files beside the CSV."""
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


def template(*, is_chinese: bool = False, is_for_upload: bool = False) -> bytes:
    """An example to fill in; it is valid as it is and saves one draft. An upload has no files beside it to name."""
    columns = [column for column in TEMPLATE_COLUMNS if not (is_for_upload and column in COLUMNS_OF_FILES)]
    header = [NAMES[column][0] if is_chinese else column for column in columns]
    return write_csv(header, [[TEMPLATE_ROW.get(column, "") for column in columns]])


def bad_rows_csv(parsed: ParsedCsv, say: Say = in_english) -> bytes:
    """The faulty rows as they were handed in, each with what is wrong with it, as `say` puts it, in a last column. Once
    corrected, the file can be handed in as it is, if the file they come from is readable. Cells that no column has
    stand behind that last one: nothing of a row is lost, and it stays a fault until somebody has put them where they
    belong."""
    reasons: dict[int, list[str]] = {}
    for fault in parsed.faults:
        reasons.setdefault(fault.row, []).append(_words(fault, say))
    kept = [position for position, cell in enumerate(parsed.header) if column_of(cell) != ERROR_COLUMN]

    def pick(cells: Sequence[str]) -> list[str]:
        return [defuse(cells[position]) if position < len(cells) else "" for position in kept]

    width = len(parsed.header)
    rows = (
        [
            *pick(row.cells),
            " ".join([say("row {number}:", number=row.number), *reasons[row.number]]),
            *(defuse(cell) for cell in row.cells[width:]),
        ]
        for row in parsed.bad_rows
    )
    return write_csv([*pick(parsed.header), ERROR_COLUMN], rows)


def _words(fault: RowFault, say: Say) -> str:
    return f"{fault.column}: {say(fault.reason)} {say(fault.remedy)}".rstrip()


def rows_that_excel_cuts(parsed: ParsedCsv) -> list[int]:
    """Bad rows with a cell that is longer than one of Excel can be."""
    longest = ((row.number, max(map(excel_length, row.cells))) for row in parsed.bad_rows)
    return [number for number, length in longest if length > EXCEL_CELL_LIMIT]


def names_files(parsed: ParsedCsv) -> bool:
    """Whether bad rows name covers or texts, which are looked for beside the CSV."""
    columns = columns_of(parsed.header)
    return any(
        row.submission is not None and column in COLUMNS_OF_FILES and cell.strip()
        for row in parsed.bad_rows
        for column, cell in zip(columns, row.cells, strict=False)
    )
