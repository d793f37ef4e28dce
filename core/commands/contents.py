"""The commands of `python -m core`, each with the place of its code, which is loaded when the command is used:
everything at once would keep `--help` waiting for a second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from core.commands.option_words import Command


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command is: `module` of `core.commands`, and in it the function, or the group of commands, called
    `name`. `summary` is the first sentence of its own help."""

    module: str
    name: str
    summary: str
    example: str = ""

    def load(self, command: str) -> Any:
        """The command itself."""
        found = getattr(import_module(f"core.commands.{self.module}"), self.name)
        shelf = typer.Typer(add_completion=False, rich_markup_mode=None)
        if isinstance(found, typer.Typer):
            shelf.add_typer(found, name=command)
        else:
            epilog = f"Example: python -m core {command} {self.example}" if self.example else None
            shelf.command(command, cls=Command, epilog=epilog)(found)
        return get_group(shelf).commands[command]


COMMANDS = {
    "submit": Place("submit", "submit", "Hand in the articles of a CSV.", "--user ada articles.csv --skip-bad-rows"),
    "submit-one": Place(
        "submit_one", "submit_one", "Hand in one article.", '--user ada --title "Hello" --file hello.md --draft'
    ),
    "template": Place(
        "submit", "template", "Write an example CSV to standard output, with every column.", "> articles.csv"
    ),
    "tasks": Place("tasks", "tasks", "List articles, the newest first.", "--user ada --status failed --status blocked"),
    "task": Place(
        "task_view", "task", "Show one article: its state, what to do, and all that happened to it.", "4k7p2m9x1c3v"
    ),
    "cancel": Place(
        "changes",
        "cancel",
        "Cancel articles: at once, or within seconds when they are being published.",
        "4k7p2m9x1c3v 6h2d8s4q0z1w",
    ),
    "retry": Place(
        "changes",
        "retry",
        "Try articles again that failed, were cancelled, or waited for a sign-in or verification.",
        "4k7p2m9x1c3v 6h2d8s4q0z1w",
    ),
    "reschedule": Place(
        "changes", "reschedule", "Publish articles at another time.", "4k7p2m9x1c3v --at '2027-01-31 09:00'"
    ),
    "edit": Place(
        "edit",
        "edit",
        "Change the text of an article that is not online; what is left out stays. The old text is kept.",
        '4k7p2m9x1c3v --title "Another title" --file new.md --resend',
    ),
    "change-account": Place(
        "edit",
        "change_account",
        "Give articles that are not online to another account of their owner, after showing what that does.",
        "4k7p2m9x1c3v 6h2d8s4q0z1w --to second",
    ),
    "review": Place(
        "changes",
        "review",
        "Answer for an article that may be online, after you have looked.",
        "4k7p2m9x1c3v online https://zhuanlan.zhihu.com/p/123",
    ),
    "pause": Place(
        "pauses",
        "pause",
        "Hold back everything, a platform, a user, an account or a batch.",
        "account main --user ada --until '2027-01-31 09:00'",
    ),
    "resume": Place("pauses", "resume", "Let go what was paused, whoever paused it.", "account main --user ada"),
    "stats": Place(
        "overview",
        "stats",
        "Show how many articles are in each state, who waits for what, what is paused, and the workers.",
        "--json",
    ),
    "restored": Place(
        "restored",
        "restored",
        "Make a restored backup ready: each unfinished article is looked for on the site before it is published.",
        "--since '2027-01-31 02:00'",
    ),
    "doctor": Place(
        "doctor",
        "doctor",
        "Look at Python, settings, database, Redis, browser, driver, fonts, disk, memory and workers.",
    ),
    "users": Place("users", "users", "The people who hand in articles."),
    "accounts": Place("accounts", "accounts", "Accounts on the platforms, and their sign-ins."),
    "limits": Place("limits", "limits", "How many articles of a user are published at once and a minute."),
    "workers": Place("workers", "workers", "The processes that publish: quiet them, stop them, start them again."),
    "keys": Place("keys", "keys", "Keys that encrypt the cookies of accounts."),
}
"""In the order in which `--help` lists them."""


class _Shelf(Mapping[str, Any]):
    """Name → command, loaded when it is taken out."""

    def __getitem__(self, name: str) -> Any:
        return COMMANDS[name].load(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class Contents(TyperGroup):
    """All commands, of which only the one that is used is loaded."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands: Any = _Shelf()

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list in `--help`."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.summary) for name, place in COMMANDS.items()])
