"""Bytes of a CSV → text and records."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.services.csv_text import (
    MAX_FILE_BYTES,
    Record,
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
        ("标题,正文".encode("utf-16-le"), "neither UTF-8 nor GB18030"),
        (b"\xef\xbb\xbf\xff", "neither UTF-8 nor GB18030"),
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


def test_a_quotation_mark_that_stays_open_is_a_problem_of_its_row() -> None:
    records = list(read_records('a,b\nc,"d\ne,f\n', ","))
    assert records[0].cells == ("a", "b")
    assert records[1].number == 2
    assert "end of data" in records[1].problem


def test_rows_behind_a_stray_quotation_mark_are_still_read() -> None:
    records = list(read_records('a,"b"c\nd,e\n', ","))
    assert records[0].problem
    assert records[1] == Record(2, ("d", "e"))


def test_the_delimiter_line_of_excel_is_obeyed_and_not_counted() -> None:
    assert split_delimiter_line("sep=;\r\na;b") == (";", "a;b")
    assert split_delimiter_line("SEP=\t\na\tb") == ("\t", "a\tb")
    assert split_delimiter_line("sep=x\na;b") == (None, "sep=x\na;b")
    assert split_delimiter_line("a;b") == (None, "a;b")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-x", "@SUM(A1)", "\tx", "\rx", "'=x"])
def test_formula_characters_are_defused(cell: str) -> None:
    assert defuse(cell) == f"'{cell}"


@given(st.text(alphabet="'=+-@\t\ra 字", max_size=6))
def test_defusing_can_be_undone(cell: str) -> None:
    assert undefuse(defuse(cell)) == cell
    assert not defuse(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
