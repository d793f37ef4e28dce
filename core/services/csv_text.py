"""From the bytes of a CSV to its records: decoding, delimiter, quotes. Pure; `csv_import` calls it."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import Fault, InvalidInput

MAX_FILE_BYTES = 20 * 1024 * 1024
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}
DELIMITERS = tuple(DELIMITER_NAMES)
FIRST_CHOICES = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks and what they promise."""
ZIP_MARK = b"PK\x03\x04"
OLD_EXCEL_MARK = b"\xd0\xcf\x11\xe0"
SURE = 20
"""Bytes of multi-byte characters, less one each, that make UTF-8 certain."""

FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠"
"""What a formula begins with; the wide ones where Chinese or Japanese is typed."""
_DANGEROUS = re.compile(f"'*[{re.escape(FORMULA_SIGNS)}]")
_DEFUSED = re.compile(f"'+[{re.escape(FORMULA_SIGNS)}]")
_SOUND_CELL = {mark: re.compile(rf'(?:"[^"]*+(?:""[^"]*+)*+"|[^"{mark}\n][^{mark}\n]*+|){mark}') for mark in DELIMITERS}
"""A cell whose quotation marks are in order, with the delimiter behind it."""
SHOWN = 20
"""Characters of a cell that are enough to find it by."""

# Python refuses fields over 131,072 characters by default; articles are longer. `csv_rows` has its own limit,
# which names the row. This one only has to be out of the way, and it is one for the whole process.
csv.field_size_limit(MAX_FILE_BYTES)


@dataclass(frozen=True, slots=True)
class TornQuotes:
    """Quotation marks that leave it unsure where a cell ends, and with it where the row ends."""

    cell: int
    """Which cell of the record, from 0."""
    begins: str
    """The cell's first characters, as they stand in the file."""
    is_open: bool
    """The mark is never closed, so that the rest of the file was taken for this cell."""
    more_lines: int
    """Lines of the file behind its first one that were read as part of the record."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `number` is the row as Excel shows it: the header is row 1, and a cell with line breaks
    does not count more than once."""

    number: int
    cells: tuple[str, ...]
    """With torn quotes only the text as it stands in the file: its cells cannot be told apart."""
    torn: TornQuotes | None = None


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
        raise _refuse(
            "it is an Excel workbook or a Word document.", "In Excel, save it as “CSV UTF-8” and hand that in."
        )
    marked = next((name for mark, name in FIRST_CHOICES if data.startswith(mark)), None)
    readable = 0
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            readable = max(readable, error.start)
            if encoding == "utf-8" and _is_surely_utf8(data[:readable]):
                raise _refuse(
                    f"it is UTF-8 up to line {_line(data, readable)}, where a character is broken.",
                    "Write that line anew, or save the file once more as “CSV UTF-8”.",
                ) from error
            continue
        if "\0" not in text:
            return text, encoding
        readable = data.find(b"\0")
    if not marked and _is_unmarked_utf16(data):
        raise _refuse(
            "it is UTF-16 without the byte order mark at its beginning that tells so.",
            "Save it as UTF-8 (in Excel: “CSV UTF-8”) and hand that in.",
        )
    raise _refuse(
        f"it is neither UTF-8 nor GB18030 text; line {_line(data, readable)} cannot be read.",
        "Save it as UTF-8 (in Excel: “CSV UTF-8”) and hand that in.",
    )


def _is_surely_utf8(sound: bytes) -> bool:
    """Whether the bytes before the first broken one can hardly be GB18030: a Chinese character in that
    encoding looks like UTF-8 once in seven times. One broken character must not turn all others into noise."""
    return len(sound.decode()) + SURE <= len(sound)


def _is_unmarked_utf16(data: bytes) -> bool:
    """Whether the bytes that are no other text would be text as UTF-16, in either order of bytes."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        first_line = text.partition("\n")[0]
        if any(mark in first_line for mark in DELIMITERS) and "\0" not in text:
            return True
    return False


def _line(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1


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
    stream = io.StringIO(text, newline=None)
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    for number in itertools.count(1):
        start = stream.tell()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _torn_record(number, stream, start, delimiter, is_open="end of data" in str(error))
        else:
            yield Record(number, tuple(cells))


def _torn_record(number: int, stream: io.StringIO, start: int, delimiter: str, *, is_open: bool) -> Record:
    """Read the record again as Excel would, so that the rows behind it begin where Excel shows them."""
    stream.seek(start)
    next(csv.reader(stream, delimiter=delimiter))
    end = stream.tell()
    stream.seek(start)
    raw = stream.read(end - start).rstrip("\n")
    cell, place = 0, 0
    while sound := _SOUND_CELL[delimiter].match(raw, place):
        cell, place = cell + 1, sound.end()
    return Record(number, (raw,), TornQuotes(cell, raw[place : place + SHOWN], is_open, raw.count("\n")))


def defuse(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet program would run as a formula. `undefuse` takes it off,
    so that a list that starts with `-` survives the way out and back."""
    return f"'{cell}" if _DANGEROUS.match(cell) else cell


def undefuse(cell: str) -> str:
    """What `defuse` was given."""
    return cell[1:] if _DEFUSED.match(cell) else cell
