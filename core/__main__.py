"""The command line: `python -m core --help`. Every command is in `core.commands`."""

from __future__ import annotations

import logging
import sys

import typer

from core.commands.accounts import accounts
from core.commands.doctor import doctor
from core.commands.limits import limits
from core.commands.overview import keys, stats
from core.commands.pauses import pause, resume
from core.commands.submit import submit, template
from core.commands.submit_one import submit_one
from core.commands.tasks import cancel, reschedule, retry, review, task, tasks
from core.commands.terminal import Exit, warn
from core.commands.users import users
from core.errors import InvalidInput, SettingsError, TopnError
from core.settings import get_settings
from core.telemetry import configure_logging

LOG_FILE = "commands.log"

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Publish articles to your own accounts. Exit codes: 0 done, 1 failed or refused, 2 wrong usage or "
    "settings, 3 partly done.",
)
app.add_typer(users, name="users")
app.add_typer(accounts, name="accounts")
app.command(epilog="Example: python -m core submit --user ada articles.csv --skip-bad-rows")(submit)
app.command(
    "submit-one", epilog='Example: python -m core submit-one --user ada --title "Hello" --file hello.md --draft'
)(submit_one)
app.command(epilog="Example: python -m core template > articles.csv")(template)
app.command(epilog="Example: python -m core tasks --user ada --status failed --status blocked")(tasks)
app.command()(task)
app.command()(cancel)
app.command()(retry)
app.command(epilog="Example: python -m core reschedule 4k7p2m9x1c3v --at '2027-01-31 09:00'")(reschedule)
app.command(epilog="Example: python -m core review 4k7p2m9x1c3v online https://zhuanlan.zhihu.com/p/123")(review)
app.add_typer(limits, name="limits")
app.command(epilog="Example: python -m core pause account main --user ada --until '2027-01-31 09:00'")(pause)
app.command(epilog="Example: python -m core resume account main --user ada")(resume)
app.command()(stats)
app.add_typer(keys, name="keys")
app.command()(doctor)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code. Errors that are meant for people are sentences on standard error, never
    tracebacks."""
    try:
        app(args=arguments, prog_name="python -m core")
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else Exit.DONE
    except SettingsError as error:
        warn(str(error))
        return Exit.USAGE
    except InvalidInput as error:
        for fault in error.faults:
            warn(f"{_option_of(fault.field)}: {fault.reason} {fault.remedy}".rstrip())
        return Exit.FAILED
    except TopnError as error:
        warn(str(error))
        return Exit.FAILED
    return Exit.DONE


@app.callback()
def _log_to_file() -> None:
    """Log lines are for whoever runs TOP_N, not for whoever types a command: they go to a file."""
    try:
        settings = get_settings()
        folder = settings.data_dir / "logs"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler: logging.Handler = logging.FileHandler(folder / LOG_FILE, encoding="utf-8", delay=True)
    except (SettingsError, OSError):
        # The command itself says so, in its own words.
        handler = logging.NullHandler()
    configure_logging("WARNING", handlers=[handler])


def _option_of(field: str) -> str:
    """What a person typed, for a field of an article."""
    return {"client_ref": "--client-ref", "run_at": "--at", "content_format": "--format"}.get(field, field)


if __name__ == "__main__":
    sys.exit(main())
