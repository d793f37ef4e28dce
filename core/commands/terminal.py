"""What every command shares: words to the terminal, JSON to programs, exit codes."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

import typer

GAP = "  "


class Exit(IntEnum):
    """What the exit code of a command means; the README lists them."""

    DONE = 0
    FAILED = 1
    """Something failed or was refused; nothing was done."""
    USAGE = 2
    """The command or a setting is wrong."""
    PARTLY = 3
    """Some of what was asked was done, and some was not."""


def say(line: str = "") -> None:
    """One line to standard output, for people or programs."""
    typer.echo(line)


def warn(line: str) -> None:
    """One line to standard error, for people."""
    typer.echo(line, err=True)


def say_json(value: Any) -> None:
    """For programs: UTF-8, times in ISO 8601."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def say_table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns as wide as their widest cell; Chinese characters take two places."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(names, *cells, strict=True)]
    for row in (names, *cells):
        say(GAP.join(pad(cell, size) for cell, size in zip(row, widths, strict=True)).rstrip())


def width(text: str) -> int:
    """Places a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def pad(text: str, size: int) -> str:
    """A text with blanks behind it."""
    return text + " " * (size - width(text))


def shorten(text: str, size: int) -> str:
    """At most so many places, cut with an ellipsis."""
    if width(text) <= size:
        return text
    while width(text) > size - 1:
        text = text[:-1]
    return text + "…"


def read_stdin(limit: int) -> bytes:
    """Standard input, at most so many bytes."""
    return sys.stdin.buffer.read(limit)


def read_line(limit: int) -> bytes:
    """One line of standard input, at most so many bytes."""
    return sys.stdin.buffer.readline(limit)


def counted(number: int, thing: str) -> str:
    """`1 article`, `2 articles`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def is_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()
