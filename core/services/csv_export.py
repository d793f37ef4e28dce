"""CSV that goes out: bad rows to mend and hand in again, and the template. UTF-8 with a byte order mark,
which Excel needs to see Chinese, and with formula characters defused (OWASP, CSV injection)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from core.services.csv_columns import ERROR_COLUMN, column_of
from core.services.csv_import import ParsedCsv
from core.services.csv_text import defuse

BOM = "\ufeff"

TEMPLATE_HEADER = (
    "title",
    "content",
    "format",
    "platform",
    "account",
    "column",
    "topics",
    "scheduled_at",
    "mode",
    "priority",
    "client_ref",
)
CHINESE_TEMPLATE_HEADER = (
    "标题",
    "正文",
    "格式",
    "平台",
    "账号",
    "专栏",
    "话题",
    "发布时间",
    "方式",
    "优先级",
    "编号",
)
TEMPLATE_ROW = (
    "我的第一篇文章",
    "## 小标题\n\n这里写**正文**，支持 Markdown。",
    "markdown",
    "zhihu",
    "main",
    "",
    "效率|写作",
    "",
    "draft",
    "5",
    "example-1",
)


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV as Excel opens it best."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return (BOM + text.getvalue()).encode("utf-8", "surrogatepass")


def template(*, is_chinese: bool = False) -> bytes:
    """An example to fill in; it is valid as it is and saves one draft."""
    return write_csv(CHINESE_TEMPLATE_HEADER if is_chinese else TEMPLATE_HEADER, [TEMPLATE_ROW])


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
