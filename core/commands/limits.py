"""`python -m core limits …`: how fast a user or an account may go."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from core import wiring
from core.commands.lookups import ME, user_named
from core.commands.option_words import CommandGroup
from core.commands.terminal import say, say_json, say_table
from core.lane import AccountLimits, UserLimits
from core.services.limit_manager import AccountReport, LimitReport

limits = CommandGroup(no_args_is_help=True, help="How many articles of a user are published at once and a minute.")

User = Annotated[str, typer.Argument(help="Whose.")]
OWN = "*"
"""Behind what is set for one account."""


@limits.command()
def show(user: User, as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Show a user's limits and those of its accounts, and how much of them is used now."""
    report = wiring.get_limit_manager().show(user_named(user).id, actor=ME)
    if as_json:
        say_json(_as_dict(report))
        return
    stats = report.stats
    say(f"{user}")
    say(f"  publishing at once   {stats.running} of {stats.max_running}{_own(report.overrides.max_running)}")
    say(f"  starts in 60 s       {stats.starts} of {stats.max_starts}{_own(report.overrides.max_starts)}")
    weight = 1.0 if report.overrides.weight is None else report.overrides.weight
    say(f"  share of the turns   {weight:g}{_own(report.overrides.weight)}")
    say(f"  waiting in line      {stats.waiting}")
    if report.held:
        say(f"  in paused batches    {report.held}")
    if stats.next_slot_seconds:
        say(f"  next start possible  in {stats.next_slot_seconds:.0f} s")
    say()
    say_table(("ACCOUNT", "PUBLISHING AT ONCE", "SECONDS BETWEEN POSTS", "NEXT POST"), map(_row, report.accounts))
    if any(OWN in cell for account in report.accounts for cell in _row(account)):
        say(f"{OWN} set for this account")


@limits.command("set", epilog="Example: python -m core limits set ada --running 2 --starts 5")
def set_limits(
    user: User,
    running: Annotated[int | None, typer.Option(help="Publishing at once.")] = None,
    starts: Annotated[int | None, typer.Option(help="New starts in any 60 s.")] = None,
    weight: Annotated[float | None, typer.Option(help="Share of the turns; 2 gets twice those of 1.")] = None,
    default: Annotated[bool, typer.Option("--default", help="Everything as in the settings again.")] = False,
    account: Annotated[str | None, typer.Option(help="Limits of this account of the user instead.")] = None,
    gap: Annotated[float | None, typer.Option(help="With --account: quiet seconds between two posts.")] = None,
    platform: Annotated[str, typer.Option(help="With --account: its platform.")] = "zhihu",
) -> None:
    """Change a user's limits, or those of one account. What is left out stays."""
    given = [value for value in (running, starts, weight, gap) if value is not None]
    if default == bool(given):
        raise typer.BadParameter("Give the limit to change, or --default.")
    if (account is None and gap is not None) or (account is not None and (starts is not None or weight is not None)):
        raise typer.BadParameter(
            "With --account give --running and --gap; without it --running, --starts and --weight."
        )
    manager = wiring.get_limit_manager()
    owner = user_named(user).id
    if account is None:
        new = UserLimits(owner, running, starts, weight)
        (manager.set if default else manager.change)(new, actor=ME)
    else:
        found = wiring.get_account_manager().find(account, actor=ME, platform=platform, user_id=owner)
        new_account = AccountLimits(found.id, running, gap)
        (manager.set_account if default else manager.change_account)(new_account, actor=ME)
    say("Changed. It counts from the next start on.")


@limits.command()
def reset(user: User) -> None:
    """Forget a user's starts of the last minute, so that it may go on at once."""
    stats = wiring.get_limit_manager().reset(user_named(user).id, actor=ME)
    say(f"{user} may start {stats.max_starts} articles in the next 60 s.")


def _own(override: float | None) -> str:
    return "" if override is None else "  (set for this user)"


def _row(report: AccountReport) -> tuple[str, str, str, str]:
    stats, own = report.stats, report.overrides
    return (
        report.account.name,
        f"{stats.running} of {stats.max_running}{'' if own.max_running is None else OWN}",
        f"{stats.gap_seconds:g}{'' if own.gap_seconds is None else OWN}",
        f"in {stats.next_post_seconds:.0f} s" if stats.next_post_seconds else "now",
    )


def _as_dict(report: LimitReport) -> dict[str, object]:
    stats = report.stats
    return {
        "user": report.user.name,
        "running": stats.running,
        "max_running": stats.max_running,
        "starts": stats.starts,
        "max_starts": stats.max_starts,
        "waiting": stats.waiting,
        "held_in_paused_batches": report.held,
        "next_slot_seconds": stats.next_slot_seconds,
        "overrides": {name: value for name, value in asdict(report.overrides).items() if name != "user_id"},
        "defaults": asdict(report.defaults),
        "accounts": [_account_as_dict(account) for account in report.accounts],
    }


def _account_as_dict(report: AccountReport) -> dict[str, object]:
    stats = report.stats
    return {
        "account": report.account.name,
        "platform": report.account.platform,
        "running": stats.running,
        "max_running": stats.max_running,
        "gap_seconds": stats.gap_seconds,
        "next_post_seconds": stats.next_post_seconds,
        "overrides": {name: value for name, value in asdict(report.overrides).items() if name != "account_id"},
    }
