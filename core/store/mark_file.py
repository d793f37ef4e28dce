"""The remembered mark in DATA_DIR: a small file, replaced whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from core.errors import ServiceUnavailable

FILE = "database.mark"


class MarkFile:
    """Written by several processes; the last one wins, and each of their marks is a true one."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE

    def read(self) -> str | None:
        """None: there is none. Raises ServiceUnavailable."""
        try:
            return self._path.read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise self._unavailable(error) from error

    def write(self, text: str) -> None:
        """Raises ServiceUnavailable."""
        draft = self._path.with_name(f".{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            with draft.open("x", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> ServiceUnavailable:
        reason = getattr(error, "strerror", None) or str(error)
        return ServiceUnavailable(
            "data folder",
            f"{self._path} can neither be read nor written: {reason}.",
            "Mend its owner and rights, and free some disk space.",
        )
