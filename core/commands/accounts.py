"""`python -m core accounts …`: the accounts on the platforms, and their sign-ins."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from core import wiring
from core.commands.files import read_file
from core.commands.lookups import ME, user_named
from core.commands.option_words import CommandGroup
from core.commands.terminal import Exit, say, say_json, say_table, warn
from core.errors import Fault, InvalidInput, NeedsHuman, NeedsLogin, PublishError
from core.store.records import AccountView

accounts = CommandGroup(no_args_is_help=True, help="Accounts on the platforms, and their sign-ins.")

MAX_COOKIE_BYTES = 5_000_000
STATES = {
    "unchecked": "not checked yet",
    "signed_in": "signed in",
    "needs_login": "sign in again",
    "needs_human": "the site asks for verification",
}

Owner = Annotated[str, typer.Option("--user", help="Whose account.")]
Platform = Annotated[str, typer.Option(help="The platform.")]
Cookies = Annotated[
    Path,
    typer.Option(
        help="Exported cookies: Cookie-Editor JSON, cookies.txt, Playwright storage state or a raw line; - reads "
        "standard input."
    ),
]


@accounts.command(
    epilog="Example: python -m core accounts add --user ada --platform zhihu --name main --cookies cookies.json"
)
def add(
    user: Owner,
    name: Annotated[str, typer.Option(help="What you call the account.")],
    cookies: Cookies,
    platform: Platform = "zhihu",
) -> None:
    """Add an account with the cookies of a browser that is signed in. They are kept encrypted."""
    owner = user_named(user)
    manager = wiring.get_account_manager()
    account = manager.add(name, _read(cookies), actor=ME, platform=platform, user_id=owner.id)
    say(f"Added account {account.name} of {user} on {platform}.")
    say(f"Check it with: python -m core accounts check --user {user} {account.name}")


@accounts.command("list")
def list_accounts(
    user: Annotated[str | None, typer.Option("--user", help="Only this user's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List accounts with what the site last said of them."""
    found = _accounts_of(user)
    if as_json:
        say_json([asdict(account) for account in found])
        return
    rows = [
        (account.user_name, account.platform, account.name, STATES[account.state], account.remote_name or "")
        for account in found
    ]
    if not rows:
        warn("There are no such accounts yet. Add one: python -m core accounts add --user NAME …")
        return
    say_table(("USER", "PLATFORM", "ACCOUNT", "STATE", "NAME ON THE SITE"), rows)


@accounts.command(epilog="Example: python -m core accounts check --user ada main")
def check(
    name: Annotated[str | None, typer.Argument(help="The account; none: all.")] = None,
    user: Annotated[str | None, typer.Option("--user", help="Whose account; none: everybody's.")] = None,
    platform: Platform = "zhihu",
) -> None:
    """Ask the site, in a real browser, who is signed in. Articles that waited for that go on."""
    found = [one for one in _accounts_of(user) if name is None or (one.name, one.platform) == (name, platform)]
    if not found:
        what = f"account {name}" if name else "account"
        raise InvalidInput([Fault("account", f"there is no {what}.", "`python -m core accounts list` lists them.")])
    wiring.get_driver_pool(1)
    signed_in = sum(_check(account) for account in found)
    if signed_in < len(found):
        raise typer.Exit(Exit.PARTLY if signed_in else Exit.FAILED)


@accounts.command("cookies", epilog="Example: python -m core accounts cookies --user ada main --cookies new.json")
def replace_cookies(
    name: Annotated[str, typer.Argument(help="The account.")],
    user: Owner,
    cookies: Cookies,
    platform: Platform = "zhihu",
    no_check: Annotated[
        bool, typer.Option("--no-check", help="Store them without asking the site whether they work.")
    ] = False,
) -> None:
    """Sign in again with fresh cookies. They are tried first; articles that waited for them go on."""
    manager = wiring.get_account_manager()
    account = manager.find(name, actor=ME, platform=platform, user_id=user_named(user).id)
    text = _read(cookies)
    if not no_check:
        wiring.get_driver_pool(1)
    receipt = manager.replace_cookies(account.id, text, actor=ME, probe=not no_check)
    who = f" as {receipt.account.remote_name}" if receipt.account.remote_name and not no_check else ""
    say(f"Account {name} is signed in again{who}. Articles that waited for it and go on: {receipt.resumed}.")


def _accounts_of(user: str | None) -> list[AccountView]:
    user_id = user_named(user).id if user else None
    return wiring.get_account_manager().list(actor=ME, user_id=user_id)


def _check(account: AccountView) -> bool:
    label = f"{account.user_name}, {account.platform}, {account.name}"
    try:
        checked = wiring.get_account_manager().check(account.id, actor=ME)
    except (NeedsLogin, NeedsHuman) as error:
        warn(f"{label}: not signed in. {error.reason}")
        return False
    except PublishError as error:
        warn(f"{label}: could not be checked. {error.reason}")
        return False
    say(f"{label}: signed in as {checked.remote_name}.")
    return True


def _read(path: Path) -> str:
    """The file as text. Raises InvalidInput."""
    try:
        return read_file(path, MAX_COOKIE_BYTES, "cookies").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput([Fault("cookies", f"{path} is not UTF-8 text.", "Export them again.")]) from error
