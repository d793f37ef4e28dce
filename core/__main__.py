"""The command line: `python -m core --help`. Every command is in `core.commands`."""

from __future__ import annotations

import gc
import logging
import sys

import typer

from core.commands.contents import Contents
from core.commands.terminal import Exit, warn
from core.errors import InvalidInput, NotFound, SettingsError, TopnError
from core.telemetry import configure_logging, log_when_needed

LOG_NAME = "commands"
LOG_LEVEL = "WARNING"
GARBAGE_THRESHOLD = 100_000
"""Loading the libraries makes objects that stay. Looking through them for garbage after every 700, as Python does
by itself, takes a fifth of the time of a command."""

LISTS = {
    "user": "users list",
    "account": "accounts list",
    "article": "tasks",
    "worker": "workers list",
}
"""What is not found → the command that shows what there is."""

app = typer.Typer(
    cls=Contents,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Publish articles to your own accounts. Exit codes: 0 done, 1 failed or refused, 2 wrong usage or "
    "settings, 3 partly done.",
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code. Errors that are meant for people are sentences on standard error, never
    tracebacks."""
    gc.set_threshold(GARBAGE_THRESHOLD)
    try:
        app(args=arguments, prog_name="python -m core")
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else Exit.DONE
    except SettingsError as error:
        warn(str(error))
        return Exit.USAGE
    except InvalidInput as error:
        for fault in error.faults:
            warn(str(fault))
        return Exit.FAILED
    except NotFound as error:
        where = f" `python -m core {LISTS[error.kind]}` shows what there is." if error.kind in LISTS else ""
        if error.kind == "batch":
            where = " Its number was told when it was handed in; `python -m core task ID` names that of an article."
        warn(f"{error}{where}")
        return Exit.FAILED
    except TopnError as error:
        warn(str(error))
        return Exit.FAILED
    return Exit.DONE


@app.callback()
def _log_to_file() -> None:
    """Log lines are for whoever runs TOP_N, not for whoever types a command: they go to a file."""
    log_when_needed(LOG_LEVEL, _open_log)


def _open_log() -> None:
    from core.log_files import log_file  # noqa: PLC0415 - a command that logs nothing need not wait for them
    from core.settings import get_settings  # noqa: PLC0415

    try:
        handler: logging.Handler = log_file(get_settings().data_dir, LOG_NAME)
    except (SettingsError, OSError):
        # The command itself says so, in its own words.
        handler = logging.NullHandler()
    configure_logging(LOG_LEVEL, handlers=[handler])


if __name__ == "__main__":
    sys.exit(main())
