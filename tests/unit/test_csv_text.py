"""Bytes of a CSV → text and records."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.services.csv_text import (
    FORMULA_SIGNS,
    MAX_FILE_BYTES,
    Record,
    TornQuotes,
    decode,
    defuse,
    read_records,
    split_delimiter_line,
    undefuse,
)

TEXT = "标题,正文\n你好,“世界”🎈\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("gb18030"), "gb18030"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
    ],
)
def test_every_encoding_that_excel_writes(data: bytes, encoding: str) -> None:
    assert decode(data) == (TEXT, encoding)


def test_gbk_without_emoji_is_read_as_gb18030() -> None:
    assert decode("标题,正文".encode("gbk")) == ("标题,正文", "gb18030")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04 a workbook", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0 an old one", "Excel workbook"),
        (b"\xff\xff\xff\xff", "neither UTF-8 nor GB18030"),
        ("标题,正文".encode("utf-16-le"), "UTF-16 without the byte order mark"),
        ("标题,正文\n甲,你好\n".encode("utf-16-be"), "UTF-16 without the byte order mark"),
        ("title,content\nOne,x\n".encode("utf-16-le"), "UTF-16 without the byte order mark"),
        (b"\xef\xbb\xbf\xff", "neither UTF-8 nor GB18030"),
        ("title,content\nOne,x\nCafé,ü\n".encode("latin-1"), "line 3 cannot be read"),
        (b"title,content\nOne,\0\n", "line 2 cannot be read"),
        ("标题,正文\n第一篇文章的标题,你好\n".encode()[:-2] + b"\n", "UTF-8 up to line 2, where a character is broken"),
        ("标题,正文\n".encode("gb18030") + b"\xff\xff\n", "line 2 cannot be read"),
        (b"a" * (MAX_FILE_BYTES + 1), "the limit is 20 MB"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(data: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        decode(data)


def test_rows_are_numbered_as_excel_shows_them() -> None:
    text = 'title,content\r\none,"first\r\nsecond\r\nthird"\r\n\r\ntwo,x\r\n'
    assert list(read_records(text, ",")) == [
        Record(1, ("title", "content")),
        Record(2, ("one", "first\nsecond\nthird")),
        Record(3, ()),
        Record(4, ("two", "x")),
    ]


def test_a_field_may_be_longer_than_pythons_own_limit() -> None:
    long = "字" * 180_000
    assert next(read_records(f"a,{long}", ",")).cells == ("a", long)


def test_a_quotation_mark_that_stays_open_takes_the_rest_of_the_file() -> None:
    sound, torn = read_records('a,b\nc,"d\ne,""f""\n', ",")
    assert sound.cells == ("a", "b")
    assert torn == Record(2, ('c,"d\ne,""f""',), TornQuotes(1, '"d\ne,""f""', is_open=True, more_lines=1))


@pytest.mark.parametrize(
    ("text", "cell", "begins", "more_lines"),
    [
        ('a,"b"c\n', 1, '"b"c', 0),
        ('"she said "yes" to me",x\n', 0, '"she said "yes" to m', 0),
        ('"one, ""two""",,"x"y,z\n', 2, '"x"y,z', 0),
        ('a,"b\nc "d" e",f\n', 1, '"b\nc "d" e",f', 1),
        ('a,"never closed,b\nc,"d",e\n', 1, '"never closed,b\nc,"d', 1),
    ],
)
def test_a_stray_quotation_mark_is_found_and_the_next_row_begins_where_excel_shows_it(
    text: str, cell: int, begins: str, more_lines: int
) -> None:
    torn, sound = read_records(text + "g,h\n", ",")
    assert torn == Record(1, (text.rstrip("\n"),), TornQuotes(cell, begins, is_open=False, more_lines=more_lines))
    assert sound == Record(2, ("g", "h"))


@given(st.lists(st.text(alphabet='a,"\n字', max_size=30), max_size=12).map("\n".join))
def test_rows_are_the_same_for_excel_whatever_its_quotes(text: str) -> None:
    as_excel = csv.reader(io.StringIO(text, newline=None))
    records = list(read_records(text, ","))
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    for record, cells in zip(records, as_excel, strict=True):
        assert record.torn or record.cells == tuple(cells)


def test_many_stray_quotation_marks_cost_no_more_than_their_rows() -> None:
    torn = list(read_records('a,"b"c\n' * 50_000, ","))
    assert len(torn) == 50_000
    assert all(record.torn for record in torn)


def test_the_delimiter_line_of_excel_is_obeyed_and_not_counted() -> None:
    assert split_delimiter_line("sep=;\r\na;b") == (";", "a;b")
    assert split_delimiter_line("SEP=\t\na\tb") == ("\t", "a\tb")
    assert split_delimiter_line("sep=x\na;b") == (None, "sep=x\na;b")
    assert split_delimiter_line("a;b") == (None, "a;b")


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-x", "@SUM(A1)", "\tx", "\rx", "\n=x", "＝1+1", "＋1", "－x", "＠x", "'=x"]
)
def test_formula_characters_are_defused(cell: str) -> None:
    assert defuse(cell) == f"'{cell}"


@given(st.text(alphabet="'=+-@\t\r\n＝＠a 字", max_size=6))
def test_defusing_can_be_undone(cell: str) -> None:
    assert undefuse(defuse(cell)) == cell
    assert not defuse(cell).startswith(tuple(FORMULA_SIGNS))
