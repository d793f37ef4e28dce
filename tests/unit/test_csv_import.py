"""A whole CSV: headers, rows, limits, and one file with every kind of error."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.services.csv_columns import ERROR_COLUMN, NAMES, column_of
from core.services.csv_export import COLUMNS_OF_FILES, bad_rows_csv, template
from core.services.csv_faults import RowFault
from core.services.csv_import import MAX_ROWS, ParsedCsv, parse_csv
from dashboard.languages import sayer

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 11, 24, 3, 0, tzinfo=UTC)


def parse(text: str, *, encoding: str = "utf-8", **options: object) -> ParsedCsv:
    return parse_csv(text.encode(encoding), zone=SHANGHAI, now=NOW, **options)  # type: ignore[arg-type]


def table(*rows: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def found(faults: tuple[RowFault, ...]) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in faults]


def test_gb18030_with_chinese_headers() -> None:
    header = ["标题", "正文", "格式", "平台", "账号", "专栏", "话题", "发布时间", "方式", "优先级", "编号"]
    row = [
        "第一篇🎈",
        "你好\n世界",
        "text",
        "知乎",
        "main",
        "随笔",
        "效率｜写作",
        "2025/11/25 9:00",
        "草稿",
        "7",
        "a-1",
    ]
    parsed = parse(table(header, row), encoding="gb18030")
    assert (parsed.encoding, parsed.faults, parsed.warnings) == ("gb18030", (), ())
    submission = parsed.rows[0].submission
    assert submission is not None
    assert (submission.title, submission.content, submission.content_format) == ("第一篇🎈", "你好\n世界", "text")
    assert (submission.platform, submission.account, submission.column) == ("zhihu", "main", "随笔")
    assert (submission.topics, submission.mode, submission.priority) == (("效率", "写作"), "draft", 7)
    assert submission.run_at == datetime(2025, 11, 25, 1, 0, tzinfo=UTC)
    assert submission.client_ref == "a-1"


def test_defaults() -> None:
    submission = parse("Title *,content\nOne,Hello\n", default_account="main").rows[0].submission
    assert submission is not None
    assert (submission.platform, submission.account, submission.mode) == ("zhihu", "main", "publish")
    assert (submission.content_format, submission.priority, submission.run_at) == ("markdown", 5, None)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_by_the_names_of_the_columns(delimiter: str) -> None:
    text = delimiter.join(["title", "content", "x,y;z"]) + "\n" + delimiter.join(["One", "Hello", ""])
    quoted = text.replace("x,y;z", '"x,y;z"')
    parsed = parse(quoted)
    assert (parsed.delimiter, parsed.faults) == (delimiter, ())


def test_one_file_with_every_kind_of_error() -> None:
    header = ["title", "content", "format", "platform", "account", "topics", "cover", "scheduled_at"]
    header += ["mode", "priority", "client_ref", "content_file"]

    def row(title: str = "Fine", content: str = "Hello", **cells: str) -> list[str]:
        return [title, content, *(cells.get(name, "") for name in header[2:])]

    text = table(
        header,
        row(client_ref="first"),
        row(title=""),
        row(title="x" * 101),
        row(content=""),
        row(content="Hi <script>alert(1)</script>"),
        row(format="docx"),
        row(platform="weibo"),
        row(topics="a|b|c|d"),
        row(cover="picture.png"),
        row(scheduled_at="2025/11/24 9:00"),
        row(scheduled_at="next week"),
        row(mode="both"),
        row(priority="10"),
        row(client_ref="first", title="Other"),
        row(client_ref="r" * 101),
        row(content="", content_file="body.md"),
        row(content_file="body.md"),
        [*row(), "stray"],
        row(title="", content="", priority="high", mode="x"),
        [],
        row(title="Fine", content="Hello"),
        row(title="Last"),
    )
    parsed = parse(text + '"an open,quote\n', default_account="main")
    assert found(parsed.faults) == [
        (3, "title"),
        (4, "title"),
        (5, "content"),
        (6, "content"),
        (7, "format"),
        (8, "platform"),
        (9, "topics"),
        (10, "cover"),
        (11, "scheduled_at"),
        (12, "scheduled_at"),
        (13, "mode"),
        (14, "priority"),
        (15, "client_ref"),
        (16, "client_ref"),
        (17, "content_file"),
        (18, "content_file"),
        (19, "all columns"),
        (20, "title"),
        (20, "content"),
        (20, "mode"),
        (20, "priority"),
        (24, "title"),
    ]
    assert all(fault.reason and fault.remedy for fault in parsed.faults)
    assert parsed.faults[8].offers == ("", "2025-11-25 09:00")
    assert [number for number, _ in parsed.good_rows] == [2, 22, 23]


def test_bad_rows_come_back_mended() -> None:
    text = table(
        ["title", "content", "error"], ["", "- a list\n- of two", "old"], ["=SUM(1)", "x", ""], ["Good", "y", ""]
    )
    out = bad_rows_csv(parse(text))
    assert out.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(out.decode("utf-8-sig"))))
    assert rows[0] == ["title", "content", "error"]
    assert rows[1][:2] == ["", "'- a list\n- of two"]
    assert "row 2: title: the title is empty." in rows[1][2]
    assert len(rows) == 2
    rows[1][0] = "Now it has one"
    again = parse(table(*rows))
    assert again.faults == ()
    assert again.rows[0].submission is not None
    assert again.rows[0].submission.content == "- a list\n- of two"


def test_bad_rows_tell_their_faults_in_the_reader_s_language() -> None:
    out = bad_rows_csv(parse(table(["title", "content"], ["", "x"])), sayer("zh_CN"))
    (_header, row) = csv.reader(io.StringIO(out.decode("utf-8-sig")))
    assert row[2] == "第 2 行: title: 标题是空的。 请写 1 到 100 个字的标题。"


@pytest.mark.parametrize("cell", ["x" * 32_767, "🎈" * 16_383 + "x"])
def test_a_cell_as_long_as_excel_allows_is_most_likely_cut(cell: str) -> None:
    parsed = parse(table(["title", "content"], ["One", cell]))
    assert parsed.faults == ()
    assert found(parsed.warnings) == [(2, "content")]
    assert parse(table(["title", "content"], ["One", cell + "x"])).warnings == ()


def test_a_year_that_looks_mistyped_is_only_a_warning() -> None:
    parsed = parse("title,content,scheduled_at\nOne,Hello,2032-11-24 09:00\n")
    assert (found(parsed.faults), found(parsed.warnings)) == ([], [(2, "scheduled_at")])


def test_the_same_bytes_have_the_same_hash() -> None:
    text = "title,content\nOne,Hello\n"
    assert parse(text).sha256 == parse(text).sha256 != parse(text + "Two,x\n").sha256


@pytest.mark.parametrize("is_chinese", [False, True])
def test_the_template_is_valid_as_it_is(is_chinese: bool) -> None:
    parsed = parse_csv(template(is_chinese=is_chinese), zone=SHANGHAI, now=NOW)
    assert (parsed.faults, parsed.warnings, len(parsed.rows)) == ((), (), 1)
    assert len(parsed.header) == len(set(NAMES) - {ERROR_COLUMN})


@pytest.mark.parametrize("is_chinese", [False, True])
def test_the_template_for_an_upload_names_no_files(is_chinese: bool) -> None:
    parsed = parse_csv(template(is_chinese=is_chinese, is_for_upload=True), zone=SHANGHAI, now=NOW)
    assert (parsed.faults, parsed.warnings, len(parsed.rows)) == ((), (), 1)
    assert {column_of(cell) for cell in parsed.header} == set(NAMES) - {ERROR_COLUMN, *COLUMNS_OF_FILES}


def test_ten_thousand_rows() -> None:
    body = "## 第 {0} 篇\n\n" + "这是**正文**,带[链接](https://example.com/{0})。\n\n" * 20
    rows = [[f"标题 {number}", body.format(number)] for number in range(MAX_ROWS)]
    parsed = parse(table(["title", "content"], *rows), encoding="gb18030")
    assert (len(parsed.rows), parsed.faults) == (MAX_ROWS, ())
    assert parsed.rows[-1].number == MAX_ROWS + 1
