"""Rows of a CSV: all that is wrong with each of them in one pass, and what torn quotes cost."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.services.csv_export import bad_rows_csv, names_files, rows_that_excel_cuts
from core.services.csv_faults import FaultKind
from core.services.csv_import import ParsedCsv, parse_csv
from core.services.csv_repeats import Place, repeated_articles

NOW = datetime(2025, 11, 24, 3, 0, tzinfo=UTC)


def parse(text: str) -> ParsedCsv:
    return parse_csv(text.encode(), zone=ZoneInfo("Asia/Shanghai"), now=NOW, default_account="main")


def found(parsed: ParsedCsv) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in parsed.faults]


def exported(parsed: ParsedCsv) -> list[list[str]]:
    return list(csv.reader(io.StringIO(bad_rows_csv(parsed).decode("utf-8-sig"))))


def test_a_row_with_every_fault_has_them_all_from_left_to_right() -> None:
    text = (
        "client_ref,title,content,format,platform,column,topics,cover,scheduled_at,mode,priority\n"
        "r-1,Fine,Hello,,,,,,,,\n"
        f"r-1,{'x' * 101},,docx,weibo,{'c' * 101},a||b|c,picture.png,2020-01-01,both,10\n"
    )
    parsed = parse(text)
    columns = ["client_ref", "title", "content", "format", "platform", "column", "topics", "topics", "cover"]
    assert found(parsed) == [(3, column) for column in [*columns, "scheduled_at", "mode", "priority"]]
    assert all(fault.reason and fault.remedy for fault in parsed.faults)
    assert parsed.rows[1].unsure == {*columns, "scheduled_at", "mode", "priority"} - {"client_ref"}


def test_a_reference_at_fault_is_not_compared() -> None:
    long = "r" * 101
    assert found(parse(f"title,content,client_ref\nOne,x,{long}\nTwo,y,{long}\n")) == [
        (2, "client_ref"),
        (3, "client_ref"),
    ]


def test_a_passed_time_is_a_fault_of_its_own_kind_and_is_kept() -> None:
    parsed = parse("title,content,scheduled_at\nOne,x,2025/11/24 9:00\n")
    assert [fault.kind for fault in parsed.faults] == [FaultKind.PASSED]
    assert parsed.faults[0].offers == ("", "2025-11-25 09:00")
    assert "Leave it empty to publish now, or write 2025-11-25 09:00" in parsed.faults[0].remedy
    submission = parsed.rows[0].submission
    assert submission is not None
    assert submission.run_at == datetime(2025, 11, 24, 1, 0, tzinfo=UTC)
    assert parsed.good_rows == ()


def test_repeated_articles_are_found_by_account_whatever_else_is_wrong() -> None:
    parsed = parse(
        "标题,content,account,priority,client_ref,mode\n"
        "One,x,main,5,,\n"
        "One,x,,high,,\n"
        "One,x,second,5,,\n"
        "One,x,main,5,r-1,\n"
        "One,x,main,5,,draft\n"
        "One,x,nobody,5,,\n"
        "One,x,nobody,5,,\n"
        "One,x,main,5,,both\n"
        ",x,main,5,,\n"
        ",x,main,5,,\n"
    )
    places: dict[int, Place] = {2: 1, 3: 1, 4: 2, 5: 1, 6: 1, 7: "nobody", 8: "nobody", 9: 1, 10: 1, 11: 1}
    repeats = list(repeated_articles(parsed.rows, places, parsed.names))
    assert [(fault.row, fault.column, fault.reason) for fault in repeats] == [
        (3, "标题", "repeats the article of row 2."),
        (8, "标题", "repeats the article of row 7."),
    ]
    assert all(fault.is_duplicate and "(column client_ref)" in fault.remedy for fault in repeats)


def test_what_excel_leaves_of_a_formula_is_no_text() -> None:
    parsed = parse("title,content,priority\n#NAME?,x,#REF!\nOne,=1+1,\n")
    assert found(parsed) == [(2, "title"), (2, "priority")]
    assert "#NAME? is what Excel shows" in parsed.faults[0].reason


def test_nothing_from_a_stray_quotation_mark_on_is_queued() -> None:
    parsed = parse('title,content\nOne,x\nTwo,"she said "yes""\n- a piece, of it\n,Hello\nFive,y\n')
    assert found(parsed) == [(3, "content"), (4, "title"), (5, "title"), (5, "title"), (6, "title")]
    assert 'stands inside the cell that begins with “she said "yes""…”' in parsed.faults[0].reason
    assert "below row 3" in parsed.faults[1].reason
    assert [number for number, _ in parsed.good_rows] == [2]
    assert len(parsed.bad_rows) == 4


def test_an_open_quotation_mark_says_how_much_it_took() -> None:
    parsed = parse('title,content\nOne,x\nTwo,"never closed\nThree,y\nFour,z\n')
    assert found(parsed) == [(3, "content")]
    reason = "the quotation mark before “never closed Three,…” is never closed, so that 2 more lines were taken"
    assert reason in parsed.faults[0].reason


def test_torn_rows_come_back_whole_and_are_refused_until_somebody_mends_them() -> None:
    parsed = parse('title,content,mode\nTwo,"never closed,\n=1+1,x\n')
    header, row = exported(parsed)
    assert row[:3] == ["", 'Two,"never closed,\n=1+1,x', ""]
    again = parse(bad_rows_csv(parsed).decode("utf-8-sig"))
    assert found(again) == [(2, "title")]
    assert parsed.rows[0].is_torn
    assert header == ["title", "content", "mode", "error"]


def test_cells_that_no_column_has_come_back_and_are_refused_until_somebody_mends_them() -> None:
    parsed = parse("title,content,error\nOne,Hello, world,=and more\n")
    assert found(parsed) == [(2, "all columns")]
    header, row = exported(parsed)
    assert header == ["title", "content", "error"]
    assert row[:2] == ["One", "Hello"]
    assert row[3:] == ["'=and more"]
    again = parse(bad_rows_csv(parsed).decode("utf-8-sig"))
    assert found(again) == [(2, "all columns")]


def test_a_blank_before_a_quotation_mark_is_noticed() -> None:
    parsed = parse('title,content\nOne, "Hello"\nTwo, "Hello, world"\n')
    assert [(warning.row, warning.column) for warning in parsed.warnings] == [(2, "content")]
    assert found(parsed) == [(3, "all columns")]
    assert all("remove the blank before it" in one.remedy for one in (*parsed.warnings, *parsed.faults))


def test_what_a_cell_holds_is_shown_in_one_short_line() -> None:
    ill = parse("title,content,mode,priority\nOne,x,\x1b[2Jboth,\nTwo,y," + "m" * 200_001 + ",\n")
    both, long = (fault.reason for fault in ill.faults)
    assert both == "“ [2jboth” is not known."
    assert len(long) == 300
    assert long.endswith("mmm” is not known.")


def test_short_rows_are_one_warning() -> None:
    parsed = parse("title,content,mode\nOne,x\nTwo,y,draft\nThree\nFour,z\n")
    assert [(warning.row, warning.column) for warning in parsed.warnings] == [(2, "mode")]
    assert parsed.warnings[0].reason.startswith("this row and 2 more have fewer cells")
    assert found(parsed) == [(4, "content")]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("title,content\nOne,first\nsecond\nTwo,y\n", [2, 3]),
        ("title,content\nOne,first\nsecond\n\nthird\nTwo,y\n", [2, 3, 5]),
        ("title,content,mode\nOne,first\nsecond,draft\nTwo,y,draft\n", [2, 3]),
        ("title,content,mode,column\nOne,first\n\nsecond\nthird,draft,x\n", [2, 4, 5]),
        ("title,content,mode\nOne,x\nTwo,y,draft\nThree,z\n", []),
        ("title,content,mode\nOne,x\nTwo," + "a text of its own, as texts are long".replace(",", "") * 2 + "\n", []),
        ("content,title\nx,One\ny,Two\n", []),
    ],
)
def test_a_text_torn_by_a_line_break_is_never_two_articles(text: str, rows: list[int]) -> None:
    parsed = parse(text)
    assert sorted(parsed.bad_numbers) == rows
    if rows:
        assert parsed.faults[0].row == rows[0]
        assert f"the text seems to go on in row {rows[1]}" in parsed.faults[0].reason


def test_the_names_of_columns_are_defused_too() -> None:
    parsed = parse("title,content,=1+1\n,x,@SUM(A1)\n")
    assert exported(parsed)[0] == ["title", "content", "'=1+1", "error"]
    assert exported(parsed)[1][2] == "'@SUM(A1)"


@pytest.mark.parametrize(("cell", "cuts"), [("x" * 32_767, []), ("x" * 32_768, [2]), ("🎈" * 16_384, [2])])
def test_bad_rows_that_excel_would_cut_are_known(cell: str, cuts: list[int]) -> None:
    assert rows_that_excel_cuts(parse(f"title,content\n,{cell}\nFine,{'y' * 40_000}\n")) == cuts


def test_bad_rows_that_name_files_are_known() -> None:
    assert names_files(parse("title,正文文件\n,a.md\n"))
    assert not names_files(parse("title,content,cover\n,x,\n"))
