"""The first row of a CSV: names that are found, misspelt, missing, doubled or not there at all."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.services.csv_columns import MAX_COLUMNS
from core.services.csv_import import EXCEL_ROWS, MAX_ROWS, ParsedCsv, parse_csv

NOW = datetime(2025, 11, 24, 3, 0, tzinfo=UTC)


def parse(text: str) -> ParsedCsv:
    return parse_csv(text.encode(), zone=ZoneInfo("Asia/Shanghai"), now=NOW, default_account="main")


def faults(parsed: ParsedCsv) -> str:
    return "\n".join(map(str, parsed.faults))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty. Write title, content"),
        ("\ufeff\n\n", "the file is empty."),
        ("\ntitle,content\nOne,Hello\n", "the file has the names of its columns in row 2. Remove what stands above"),
        ("十一月,\n\n标题,正文\n一,你好\n", "the file has the names of its columns in row 3."),
        ("\nOne,Hello\n", "the file has an empty first row. Write title, content"),
        ("One,Hello\nTwo,World\n", "no names of columns in its first row, but “One”, “Hello”."),
        ("a,b,c,d\n", "but “a”, “b”, “c” and more."),
        ("title|content\nOne|Hello\n", "Between the cells there must be a comma, a semicolon or a tab."),
        ("x" * 5_000 + "\n", "but “" + "x" * 29 + "…" + "x" * 10 + "”."),
        ("a," * 100_000 + "title,content\n", f"the file has 100,002 columns; the limit is {MAX_COLUMNS}."),
        ('"title","con"tent"\n', 'row 1, cell 2: the quotation marks are not in order near “"con"tent"”.'),
        ("content\nHello\n", "row 1, title: is missing in the first row. Name it “title” or “标题”"),
        ("title\nOne\n", "row 1, content: is missing in the first row. Name it “content” or “正文”"),
        ("title,content,标题\nOne,Hello,Two\n", "row 1, 标题: stands in the first row twice. Keep one of the two."),
        ("title,content\n", "the file has no articles."),
        ("title,content\n\n , \n", "the file has no articles."),
        ("title,content\na,b\n" + "\n" * EXCEL_ROWS, "the file has more rows than a sheet of Excel"),
        ("title,content\n" + "a,b\n" * (MAX_ROWS + 1), "the file has more than 10,000 articles; those below row 10001"),
    ],
)
def test_files_that_cannot_be_used(text: str, words: str) -> None:
    parsed = parse(text)
    assert words in faults(parsed)
    assert not parsed.is_readable
    assert len(parsed.rows) <= MAX_ROWS


@pytest.mark.parametrize("text", ["", "One,Hello\nTwo,World\n", "title|content\nOne|Hello\n", "<html>,</html>\n"])
def test_a_file_of_something_else_has_one_fault_and_no_rows(text: str) -> None:
    parsed = parse(text)
    assert (len(parsed.faults), parsed.warnings, parsed.rows) == (1, (), ())


def test_columns_that_are_not_ours_are_named_and_ignored() -> None:
    parsed = parse("title,content,备注,title2\nOne,Hello,x,y\n")
    assert parsed.faults == ()
    assert [(warning.row, warning.column) for warning in parsed.warnings] == [(1, "备注"), (1, "title2")]


@pytest.mark.parametrize("name", ["cover", "封面", "题图", "Cover Image", "featured_image", "头图*"])
def test_a_column_of_covers_has_many_names(name: str) -> None:
    assert parse(f"title,content,{name}\nOne,Hello,a.png\n").names["cover"] == name


@pytest.mark.parametrize("names", ["cover,featured_image", "题图,封面", "cover_image,头图,cover", "cover,cover_url"])
@pytest.mark.parametrize("cell", ["", "a.png"])
def test_beside_a_column_of_covers_its_other_names_are_somebody_s_notes(names: str, cell: str) -> None:
    others = [name for name in names.split(",") if name not in ("cover", "封面")]
    row = ",".join("" if name in others else cell for name in names.split(","))
    parsed = parse(f"title,content,{names}\nOne,Hello,{row}\n")
    assert [(warning.row, warning.column) for warning in parsed.warnings] == [(1, name) for name in others]
    assert {fault.row for fault in parsed.faults} == ({2} if cell else set())
    assert parsed.rows_with_covers == ((2,) if cell else ())


@pytest.mark.parametrize("names", ["cover,封面", "cover,Cover", "题图,cover_image"])
def test_of_two_columns_of_covers_nobody_knows_which_one_counts(names: str) -> None:
    assert "stands in the first row twice" in faults(parse(f"title,content,{names}\nOne,Hello,,\n"))


def test_an_address_of_a_cover_is_no_picture() -> None:
    parsed = parse("title,content,cover_url\nOne,Hello,https://example.com/a.png\n")
    assert [(warning.row, warning.column) for warning in parsed.warnings] == [(1, "cover_url")]
    assert (parsed.faults, parsed.rows_with_covers) == ((), ())


def test_what_is_only_near_another_name_of_covers_is_somebody_s_note() -> None:
    parsed = parse("title,content,featured,cover_urls\nOne,Hello,yes,x\n")
    assert [(warning.row, warning.column) for warning in parsed.warnings] == [(1, "featured"), (1, "cover_urls")]
    assert parsed.faults == ()


def test_a_misspelt_column_is_refused_and_its_cells_are_judged_all_the_same() -> None:
    parsed = parse("titel,content,schedule_at\nOne,Hello,2020-01-01\n,Hello,soon\n")
    assert not parsed.is_readable
    assert [(fault.row, fault.column) for fault in parsed.faults] == [
        (1, "titel"),
        (1, "schedule_at"),
        (2, "schedule_at"),
        (3, "titel"),
        (3, "schedule_at"),
    ]
    assert "Did you mean “scheduled_at”?" in faults(parsed)


def test_what_rests_on_a_column_at_fault_is_not_judged() -> None:
    doubled = parse("title,content,mode,mode\nOne,Hello,both,publish\n,Hello,both,both\n")
    assert [(fault.row, fault.column) for fault in doubled.faults] == [(1, "mode"), (3, "title")]
    missing = parse("title,priority\nOne,10\n,5\n")
    assert [(fault.row, fault.column) for fault in missing.faults] == [(1, "content"), (2, "priority"), (3, "title")]
