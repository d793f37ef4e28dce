"""Files that commands read and write; what is wrong with one is said in a sentence."""

from __future__ import annotations

from pathlib import Path

from core.commands.terminal import read_stdin
from core.errors import Fault, InvalidInput

STDIN = "-"


def is_stdin(path: Path) -> bool:
    """Whether standard input is meant."""
    return str(path) == STDIN


def read_file(path: Path, limit: int, field: str) -> bytes:
    """At most `limit` bytes of a file or of standard input. Raises InvalidInput, naming it `field`."""
    try:
        if is_stdin(path):
            data = read_stdin(limit + 1)
        else:
            with path.open("rb") as file:
                data = file.read(limit + 1)
    except OSError as error:
        raise InvalidInput([Fault(field, f"{path} cannot be read: {error.strerror}.", "Correct the name.")]) from error
    if len(data) > limit:
        raise InvalidInput(
            [Fault(field, f"{path} has more than {limit / 2**20:.0f} MB.", "Make it smaller or split it.")]
        )
    return data


def write_file(path: Path, data: bytes, field: str) -> None:
    """Raises InvalidInput."""
    try:
        path.write_bytes(data)
    except OSError as error:
        fault = Fault(field, f"{path} cannot be written: {error.strerror}.", "Choose another place.")
        raise InvalidInput([fault]) from error
