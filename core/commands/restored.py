"""`python -m core restored`: says that the database is a restored backup, and makes it ready."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from core.commands.lookups import ME, task_words, time_given
from core.commands.terminal import Exit, counted, is_terminal, say, warn
from core.services.restore_manager import RestorePlan
from core.settings import get_settings
from core.wiring_backup import get_restore_manager

PROGRESS_EVERY = 100_000


def restored(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    since: Annotated[
        str | None, typer.Option(help="When the backup was made, if that is earlier than what is shown.")
    ] = None,
    not_a_backup: Annotated[
        bool, typer.Option("--not-a-backup", help="It is complete; only the machine or Redis is new, or it was away.")
    ] = False,
) -> None:
    """Make a restored backup ready: each unfinished article is looked for on the site before it is published.

    Stop all workers first. Until this is done they publish nothing from such a database. Running it twice does no
    harm.
    """
    moment = time_given(since, "--since")
    manager = get_restore_manager()
    plan = manager.plan()
    _tell_trouble(plan)
    if not_a_backup:
        _ask("Nothing will be looked for before it is published. Is this database complete?", yes=yes)
        manager.accept(actor=ME)
        say("The database is taken as it is. Start the workers: python run_workers.py")
        return
    _tell_changes(plan, moment)
    _ask("Go on?", yes=yes)
    report = manager.restore(actor=ME, since=moment, progress=_Progress())
    say(f"{counted(report.marked, 'article')} will be looked for before anything is published.")
    if report.released:
        say(f"{counted(report.released, 'article')} that were being published are in line again.")
    if not report.is_line_rebuilt:
        warn("Redis cannot be used just now. Empty it before you start the workers: redis-cli FLUSHDB")
    say("Start the workers: python run_workers.py")
    say(f"They wait {get_settings().verify_seconds:g} s first, for the site to show what was published before.")


def _tell_trouble(plan: RestorePlan) -> None:
    if plan.trouble is None:
        say("Nothing shows that this database is a restored backup: without a reason of your own, leave it as it is.")
    elif plan.remembered_at is not None:
        say("The database is older than it was, or another one.")
        say(f"An event of {task_words().clock.say(plan.remembered_at)} is remembered and not in it.")
    else:
        say("Neither the data folder nor Redis remembers how far this database was.")


def _tell_changes(plan: RestorePlan, since: datetime | None) -> None:
    clock = task_words().clock
    moments = [moment for moment in (plan.since, since) if moment is not None]
    if not moments:
        say("There is nothing in it.")
        return
    lost = clock.say(min(moments))
    doubt = "If it is one, what" if plan.trouble is None else "What"
    say(f"{doubt} happened after {lost} may be missing: articles handed in, edited, published or cancelled.")
    say(clock.note)
    say("Articles handed in after that are not in this database. Some of them may be on the site: look there before")
    say("they are handed in again.")
    say()
    say("This marks every article that is not finished, so that it is looked for on the site first:")
    for status, count in plan.to_mark.items():
        say(f"  {status.replace('_', ' '):<10} {count}")
    if not plan.to_mark:
        say("  none")
    if plan.to_release:
        say(f"{counted(plan.to_release, 'article')} that were being published go back in line.")


def _ask(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not is_terminal():
        warn("Nothing was changed. Add --yes to go on.")
        raise typer.Exit(Exit.USAGE)
    if not typer.confirm(question):
        warn("Nothing was changed.")
        raise typer.Exit(Exit.FAILED)


class _Progress:
    """A line now and then: a million articles take minutes."""

    def __init__(self) -> None:
        self._next = PROGRESS_EVERY

    def __call__(self, marked: int) -> None:
        if marked >= self._next:
            self._next = marked + PROGRESS_EVERY
            say(f"{marked} articles so far …")
