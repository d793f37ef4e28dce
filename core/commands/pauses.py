"""`python -m core pause` and `resume`: holding back and letting go."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from core import wiring
from core.commands.lookups import ME, future_given, local_clock, user_named
from core.commands.terminal import say
from core.lane import PauseScope
from core.services.task_words import SITE_NAMES


class Scope(StrEnum):
    """What can be paused."""

    EVERYTHING = "everything"
    PLATFORM = "platform"
    USER = "user"
    ACCOUNT = "account"
    BATCH = "batch"


What = Annotated[Scope, typer.Argument(help="What to hold back.")]
Held = Annotated[Scope, typer.Argument(help="What to let go.")]
Name = Annotated[str, typer.Argument(help="Which one: a platform, a user, an account (with --user), a batch's number.")]
Owner = Annotated[str | None, typer.Option("--user", help="With `account`: whose.")]
Platform = Annotated[str, typer.Option(help="With `account`: its platform.")]


def pause(
    what: What,
    name: Name = "",
    user: Owner = None,
    platform: Platform = "zhihu",
    until: Annotated[str | None, typer.Option(help="Goes on by itself then, such as '2027-01-31 09:00'.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why, for those whose articles wait.")] = None,
) -> None:
    """Hold back everything, a platform, a user, an account or a batch. What is being published goes on to its end."""
    end = future_given(until, "--until", otherwise="Leave --until out to let it go by hand")
    key = _key(what, name, user, platform)
    wiring.get_pause_manager().pause(PauseScope(what), key, actor=ME, until=end, reason=reason)
    clock = local_clock()
    ends = f" until {clock.say(end)} ({clock.zone.key})" if end else ""
    say(f"Paused {_label(what, name)}{ends}. What is being published goes on to its end.")


def resume(what: Held, name: Name = "", user: Owner = None, platform: Platform = "zhihu") -> None:
    """Let go what was paused, whoever paused it."""
    lifted = wiring.get_pause_manager().resume(PauseScope(what), _key(what, name, user, platform), actor=ME)
    label = _label(what, name)
    say(f"{label[:1].upper()}{label[1:]} {'goes on' if lifted else 'was not paused'}.")


def _label(what: Scope, name: str) -> str:
    return SITE_NAMES.get(name, name) if what is Scope.PLATFORM else f"{what} {name}".strip()


def _key(what: Scope, name: str, user: str | None, platform: str) -> str:
    """How the services name it. Raises NotFound."""
    if (what is Scope.EVERYTHING) == bool(name):
        raise typer.BadParameter("`everything` takes no name, everything else needs one.")
    if (what is Scope.ACCOUNT) != (user is not None):
        raise typer.BadParameter("`account` needs --user, nothing else takes it.")
    if what is Scope.USER:
        return str(user_named(name).id)
    if what is Scope.ACCOUNT:
        owner = user_named(user or "").id
        return str(wiring.get_account_manager().find(name, actor=ME, platform=platform, user_id=owner).id)
    return name
