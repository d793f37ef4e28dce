"""`python -m core keys …`: the keys that the cookies of accounts are encrypted with."""

from __future__ import annotations

from cryptography.fernet import Fernet

from core import wiring
from core.commands.lookups import ME
from core.commands.option_words import CommandGroup
from core.commands.terminal import say

keys = CommandGroup(no_args_is_help=True, help="Keys that encrypt the cookies of accounts.")


@keys.command()
def new() -> None:
    """Make a key for TOPN_SECRET_KEYS. Put it first; keep the older ones behind it."""
    say(Fernet.generate_key().decode())


@keys.command()
def rotate() -> None:
    """Encrypt all cookies again with the newest key. The older keys can go after that."""
    count = wiring.get_account_manager().reseal(actor=ME)
    accounts = "1 account" if count == 1 else f"{count} accounts"
    say(f"The cookies of {accounts} are encrypted with the newest key: older keys are no longer needed.")
