"""Where the log lines of a worker process go: all as JSON into a rotated file, warnings also to the terminal."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from core.log_files import log_file
from core.services.local_clock import LocalClock
from core.telemetry import configure_logging
from tasks.terminal_words import ForTheTerminal, TerminalFormatter


def log_to_file(
    data_dir: Path, name: str, level: str, clock: LocalClock, *, who: str = "", also: Sequence[logging.Handler] = ()
) -> None:
    """Log to `DATA_DIR/logs/<name>.log`, at most 60 MB with the old files; and warnings to standard error,
    one line each, so that the terminal of `run_workers.py` and a service's journal show what needs a look.
    `also` gets every line as JSON too."""
    terminal = logging.StreamHandler(sys.stderr)
    terminal.addFilter(ForTheTerminal())
    terminal.setFormatter(TerminalFormatter(clock, who))
    configure_logging(level, handlers=[log_file(data_dir, name), terminal, *also])
