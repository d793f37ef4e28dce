"""`python -m core users …`: the people who hand in articles."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from core import wiring
from core.commands.lookups import ME, user_named
from core.commands.option_words import CommandGroup
from core.commands.terminal import is_terminal, read_line, say, say_json, say_table, warn
from core.errors import Fault, InvalidInput
from core.store.records import Role

users = CommandGroup(no_args_is_help=True, help="The people who hand in articles.")

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
    if password is None:
        say(f"To let {user.name} into the dashboard: python -m core users password {user.name}")


@users.command("list")
def list_users(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """List all users."""
    found = wiring.get_user_manager().list(actor=ME)
    if as_json:
        say_json([asdict(user) for user in found])
        return
    if not found:
        warn("There are no users yet. Add one: python -m core users add NAME")
        return
    rows = [(user.name, user.role, "disabled" if user.is_disabled else "") for user in found]
    say_table(("NAME", "ROLE", ""), rows)


@users.command(epilog="Example: python -m core users password ada")
def password(
    name: Annotated[str, typer.Argument(help="Whose.")],
    password_stdin: PasswordStdin = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take it away: nobody signs in as this user.")] = False,
    revoke_tokens: Annotated[bool, typer.Option("--revoke-tokens", help="Shut out its programs as well.")] = False,
) -> None:
    """Give a user a new password for the dashboard: it is asked for, or read from standard input.

    Its browsers are signed out. Its programs go on with their tokens, unless --revoke-tokens is given.
    """
    if remove and password_stdin:
        raise typer.BadParameter("Give --password-stdin or --remove, not both.")
    if not (remove or password_stdin or is_terminal()):
        raise typer.BadParameter("Nobody can be asked here. Give --password-stdin, or --remove to take it away.")
    given = None if remove else _password() if password_stdin else _asked_password(name)
    user_id = user_named(name).id
    wiring.get_user_manager().set_password(user_id, given, actor=ME)
    say(f"{name} has {'a new' if given else 'no'} password. Its browsers are signed out.")
    if revoke_tokens:
        say(f"Tokens revoked: {wiring.get_token_manager().revoke_all(user_id, actor=ME)}.")


@users.command("role")
def set_role(
    name: Annotated[str, typer.Argument(help="Whose.")],
    role: Annotated[Role, typer.Argument(help="operator: own articles; admin: everything.")],
) -> None:
    """Make a user an administrator, or an operator again."""
    wiring.get_user_manager().set_role(user_named(name).id, role, actor=ME)
    say(f"{name} is {role} now.")


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


def _asked_password(name: str) -> str:
    """Typed twice, not shown."""
    typed: str = typer.prompt(f"New password of {name}", hide_input=True, confirmation_prompt="Once more")
    return typed


def _password() -> str:
    """The first line of standard input. Raises InvalidInput for what is no text."""
    try:
        return read_line(MAX_PASSWORD_BYTES).decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InvalidInput([Fault("password", "is not UTF-8 text.", "Hand in another.")]) from error
