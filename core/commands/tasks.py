"""`python -m core tasks`: the articles and how they stand."""

from __future__ import annotations

from typing import Annotated

import typer

from core import wiring
from core.commands.arguments import Json
from core.commands.lookups import ME, task_words, user_named
from core.commands.next_steps import NOBODY_PUBLISHES
from core.commands.task_view import as_dict
from core.commands.terminal import say_json, say_table, shorten, warn
from core.services.row_number import MAX_DIGITS
from core.services.task_words import TaskWords
from core.store.records import TaskView
from core.store.task_queries import TaskFilter
from core.task_state import TaskStatus

TITLE_WIDTH = 40
PAGE = 500
NO_ARTICLES = "There are no articles yet. Hand some in: python -m core submit --user NAME FILE.csv"


def tasks(
    user: Annotated[str | None, typer.Option(help="Only this user's.")] = None,
    status: Annotated[list[TaskStatus] | None, typer.Option(help="Only these; may be repeated.")] = None,
    batch: Annotated[int | None, typer.Option(min=1, max=10**MAX_DIGITS, help="Only those of this batch.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    as_json: Json = False,
) -> None:
    """List articles, the newest first."""
    wanted = TaskFilter(user_id=user_named(user).id if user else None, batch_id=batch, statuses=status or None)
    found = _list(wanted, limit)
    waits = wiring.get_task_manager().waits(found, actor=ME)
    words = task_words()
    if as_json:
        say_json([as_dict(task, words, waits.get(task.id)) for task in found])
        return
    if not found:
        is_all = not (user or status or batch)
        warn(NO_ARTICLES if is_all else "There are no such articles. `python -m core tasks` lists all.")
        return
    rows = [
        (
            task.public_id,
            task.user_name,
            task.account_name,
            shorten(task.title, TITLE_WIDTH),
            words.state(task, waits.get(task.id)),
        )
        for task in found
    ]
    say_table(("ID", "USER", "ACCOUNT", "TITLE", "STATE"), rows)
    _say_notes(found, words, is_cut=len(found) == limit)


def _say_notes(found: list[TaskView], words: TaskWords, *, is_cut: bool) -> None:
    if is_cut:
        warn(f"These are the newest {len(found)}; --limit shows more.")
    if words.clock.has_spoken:
        warn(words.clock.note)
    if all(task.status.is_final for task in found):
        return
    if words.has_workers is None:
        warn("Redis cannot be used just now, so nobody can tell who waits for what.")
    elif not words.has_workers:
        warn(NOBODY_PUBLISHES)


def _list(wanted: TaskFilter, limit: int) -> list[TaskView]:
    found: list[TaskView] = []
    while len(found) < limit:
        before = found[-1].id if found else None
        page = wiring.get_task_manager().list(wanted, actor=ME, before_id=before, limit=min(PAGE, limit - len(found)))
        found += page
        if len(page) < PAGE:
            break
    return found
