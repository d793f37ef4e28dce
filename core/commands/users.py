"""`python -m core users …`: the people who hand in articles."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from core import wiring
from core.commands.lookups import ME, user_named
from core.commands.terminal import read_line, say, say_json, say_table
from core.errors import Fault, InvalidInput
from core.store.records import Role

users = typer.Typer(no_args_is_help=True, help="The people who hand in articles.")

MAX_PASSWORD_BYTES = 10_000

PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, one line.")
]


@users.command(epilog="Example: echo 'a long password' | python -m core users add ada --password-stdin")
def add(
    name: Annotated[str, typer.Argument(help="A name nobody has yet.")],
    role: Annotated[Role, typer.Option(help="operator: own articles; admin: everything.")] = Role.OPERATOR,
    password_stdin: PasswordStdin = False,
) -> None:
    """Add a user. Without a password nobody can sign in as this user; the command line needs none."""
    password = _password() if password_stdin else None
    user = wiring.get_user_manager().add(name, password, actor=ME, role=role)
    say(f"Added {user.role} {user.name}.")


@users.command("list")
def list_users(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """List all users."""
    found = wiring.get_user_manager().list(actor=ME)
    if as_json:
        say_json([asdict(user) for user in found])
        return
    rows = [(user.name, user.role, "disabled" if user.is_disabled else "") for user in found]
    say_table(("NAME", "ROLE", ""), rows)


@users.command(epilog="Example: echo 'a new password' | python -m core users password ada --password-stdin")
def password(
    name: Annotated[str, typer.Argument(help="Whose.")],
    password_stdin: PasswordStdin = False,
) -> None:
    """Change a user's password; without --password-stdin, take it away."""
    given = _password() if password_stdin else None
    wiring.get_user_manager().set_password(user_named(name).id, given, actor=ME)
    say(f"{name} has {'a new' if given else 'no'} password.")


@users.command()
def disable(name: Annotated[str, typer.Argument(help="Whom.")]) -> None:
    """Lock a user out. What waits goes on; hold it back with `python -m core pause user NAME`."""
    wiring.get_user_manager().set_disabled(user_named(name).id, is_disabled=True, actor=ME)
    say(f"{name} is disabled.")


@users.command()
def enable(name: Annotated[str, typer.Argument(help="Whom.")]) -> None:
    """Let a user in again."""
    wiring.get_user_manager().set_disabled(user_named(name).id, is_disabled=False, actor=ME)
    say(f"{name} is enabled.")


def _password() -> str:
    """The first line of standard input. Raises InvalidInput for what is no text."""
    try:
        return read_line(MAX_PASSWORD_BYTES).decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InvalidInput([Fault("password", "is not UTF-8 text.", "Hand in another.")]) from error
