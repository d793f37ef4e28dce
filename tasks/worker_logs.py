"""Where the log lines of a worker process go: all as JSON into a rotated file, warnings also to the terminal."""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from core.telemetry import configure_logging, plain_formatter

FOLDER = "logs"
FILE_BYTES = 10_000_000
OLD_FILES = 5


def log_to_file(data_dir: Path, name: str, level: str) -> None:
    """Log to `DATA_DIR/logs/<name>.log`, at most 60 MB with the old files; and warnings to standard error,
    one line each, so that the terminal of `run_workers.py` and a service's journal show what needs a look."""
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    rotated = RotatingFileHandler(folder / f"{name}.log", maxBytes=FILE_BYTES, backupCount=OLD_FILES, encoding="utf-8")
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setLevel(logging.WARNING)
    terminal.setFormatter(plain_formatter())
    configure_logging(level, handlers=[rotated, terminal])
