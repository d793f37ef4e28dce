"""From the bytes of a CSV to its records: decoding, delimiter, quotes. Pure; `csv_import` calls it."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import Fault, InvalidInput

MAX_FILE_BYTES = 20 * 1024 * 1024
DELIMITERS = (",", ";", "\t")
FIRST_CHOICES = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks and what they promise."""
ZIP_MARK = b"PK\x03\x04"
OLD_EXCEL_MARK = b"\xd0\xcf\x11\xe0"

_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_DEFUSED = re.compile(r"'+[=+\-@\t\r]")

# Python refuses fields over 131,072 characters by default; articles are longer. `csv_rows` has its own limit,
# which names the row. This one only has to be out of the way, and it is one for the whole process.
csv.field_size_limit(MAX_FILE_BYTES)


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `number` is the row as Excel shows it: the header is row 1, and a cell with line breaks
    does not count more than once."""

    number: int
    cells: tuple[str, ...]
    problem: str = ""
    """What is wrong with the record's quotes; the cells cannot be trusted then."""


def decode(data: bytes) -> tuple[str, str]:
    """Text and the name of its encoding: what the byte order mark says, else UTF-8, else GB18030.

    GB18030 holds all of GBK and GB2312, and emoji besides. Raises InvalidInput for what is not text.
    """
    if len(data) > MAX_FILE_BYTES:
        raise _refuse(
            f"it has {len(data) / 1024 / 1024:.1f} MB; the limit is {MAX_FILE_BYTES // 1024 // 1024} MB.",
            "Split it into smaller files.",
        )
    if data.startswith((ZIP_MARK, OLD_EXCEL_MARK)):
        raise _refuse("it is an Excel workbook.", "In Excel, save it as “CSV UTF-8” and hand that in.")
    marked = next((name for mark, name in FIRST_CHOICES if data.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text, encoding
    raise _refuse("it is neither UTF-8 nor GB18030 text.", "In Excel, save it as “CSV UTF-8”.")


def _refuse(reason: str, remedy: str) -> InvalidInput:
    return InvalidInput([Fault("file", reason, remedy)])


def split_delimiter_line(text: str) -> tuple[str | None, str]:
    """The delimiter of a first line such as `sep=;`, which Excel obeys and does not show, and the rest."""
    first, _, rest = text.partition("\n")
    name, equals, delimiter = first.rstrip("\r").partition("=")
    if name.lower() == "sep" and equals and delimiter in DELIMITERS:
        return delimiter, rest
    return None, text


def read_records(text: str, delimiter: str) -> Iterator[Record]:
    """All records, the empty ones too, so that rows keep their numbers. Line ends become `\\n`."""
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            yield Record(number, tuple(next(reader)))
        except StopIteration:
            return
        except csv.Error as error:
            # The reader drops the record and goes on behind it, so that later rows are still looked at.
            yield Record(number, (), str(error))


def defuse(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet program would run as a formula. `undefuse` takes it off,
    so that a list that starts with `-` survives the way out and back."""
    return f"'{cell}" if _DANGEROUS.match(cell) else cell


def undefuse(cell: str) -> str:
    """What `defuse` was given."""
    return cell[1:] if _DEFUSED.match(cell) else cell
