"""Covers and bodies that a CSV names by file: only inside the CSV's own folder, only on the command line.

An upload has no folder: there a file name is a fault of the row, never a file of the server.
"""

from __future__ import annotations

from pathlib import Path

from core.errors import InvalidInput
from core.services.csv_faults import FaultKind, WrongCell
from core.services.csv_text import decode
from core.services.pictures import MAX_PICTURE_BYTES

MAX_BODY_FILE_BYTES = 2 * 1024 * 1024
MAX_TOTAL_BYTES = 200 * 1024 * 1024
"""All different files of one CSV together; they are held in memory until they are stored."""


class CsvFiles:
    """Reads each file once. `folder` is None where files may not be named."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = None if folder is None else folder.resolve()
        self._contents: dict[Path, bytes] = {}
        self._total = 0

    def picture(self, name: str) -> bytes:
        """The bytes of a cover. Raises WrongCell."""
        if self._folder is None:
            raise WrongCell(
                "names a cover, and a CSV by itself cannot bring pictures along.",
                "Leave it empty, or hand the article in on the page Publish or over the API, or the CSV with "
                "`python -m core submit`, which reads the pictures beside it.",
                kind=FaultKind.COVER,
            )
        return self._read(self._inside(name), MAX_PICTURE_BYTES)

    def text(self, name: str) -> str:
        """The text of a body, in any encoding a CSV may have. Raises WrongCell."""
        try:
            return decode(self._read(self._inside(name), MAX_BODY_FILE_BYTES))[0]
        except InvalidInput as error:
            raise WrongCell(f"“{name}” cannot be read as text.", "Save it as plain text in UTF-8.") from error

    def _inside(self, name: str) -> Path:
        """The file, with every symbolic link followed before its place is judged."""
        if self._folder is None:
            raise WrongCell(
                "names a file, which an upload cannot bring along.",
                "Put the text into the column content, or hand the CSV in with `python -m core submit`.",
            )
        written = name.replace("\\", "/")
        try:
            path = (self._folder / written).resolve(strict=True)
        except (OSError, RuntimeError, ValueError) as error:
            raise WrongCell(
                f"there is no file “{name}” beside the CSV.", "Correct the name or add the file."
            ) from error
        if not path.is_relative_to(self._folder):
            raise WrongCell(f"“{name}” lies outside the CSV's folder.", "Put the file beside the CSV.")
        if not path.is_file():
            raise WrongCell(f"“{name}” is not a file.", "Write the name of a file.")
        return path

    def _read(self, path: Path, limit: int) -> bytes:
        if path in self._contents:
            return self._contents[path]
        try:
            with path.open("rb") as file:
                data = file.read(limit + 1)
        except OSError as error:
            raise WrongCell(f"“{path.name}” cannot be read: {error.strerror}.", "Look at its permissions.") from error
        if len(data) > limit:
            raise WrongCell(f"“{path.name}” has more than {limit // 1024 // 1024} MB.", "Make it smaller.")
        self._total += len(data)
        if self._total > MAX_TOTAL_BYTES:
            raise WrongCell(
                f"the files of this CSV have more than {MAX_TOTAL_BYTES // 1024 // 1024} MB together.",
                "Split the CSV.",
            )
        self._contents[path] = data
        return data
