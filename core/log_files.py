"""Log files that do not grow without end."""

from __future__ import annotations

from logging.handlers import RotatingFileHandler
from pathlib import Path

FOLDER = "logs"
"""In DATA_DIR."""
FILE_BYTES = 10_000_000
OLD_FILES = 5


def log_file(data_dir: Path, name: str) -> RotatingFileHandler:
    """Writes to `DATA_DIR/logs/<name>.log`, at most 60 MB with the old files. Opened with the first line. Raises
    OSError when the folder cannot be made."""
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{name}.log"
    return RotatingFileHandler(path, maxBytes=FILE_BYTES, backupCount=OLD_FILES, encoding="utf-8", delay=True)
