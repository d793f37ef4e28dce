"""`python -m core tasks`, `task`, `cancel`, `retry`, `reschedule`, `review`: what becomes of articles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer

from core import wiring
from core.commands.lookups import ME, task_words, time_given, user_named
from core.commands.terminal import Exit, say, say_json, say_table, shorten, warn
from core.errors import InvalidInput, NotFound, TooLate, TopnError
from core.services.task_words import DOWN, TaskWords
from core.services.timeline_words import sentence
from core.store.records import CancelResult, ReviewAnswer, TaskView
from core.store.task_queries import TaskFilter
from core.task_state import TaskStatus

TITLE_WIDTH = 40
PAGE = 500
RENAMED = frozenset({"id", "public_id", "client_ref", "batch_id", "screenshot_path"})
INTERNAL = frozenset({"checkpoint", "first_claimed_ms"})

Ids = Annotated[list[str], typer.Argument(help="Articles, as `python -m core tasks` lists them.")]
Id = Annotated[str, typer.Argument(help="An article, as `python -m core tasks` lists it.")]
Json = Annotated[bool, typer.Option("--json", help="For programs.")]


class Answer(StrEnum):
    """What a person found on the site."""

    ONLINE = "online"
    CHECK_AGAIN = "check-again"
    PUBLISH_AGAIN = "publish-again"
    GIVE_UP = "give-up"


def tasks(
    user: Annotated[str | None, typer.Option(help="Only this user's.")] = None,
    status: Annotated[list[TaskStatus] | None, typer.Option(help="Only these; may be repeated.")] = None,
    batch: Annotated[int | None, typer.Option(help="Only those of this batch.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    as_json: Json = False,
) -> None:
    """List articles, the newest first."""
    wanted = TaskFilter(user_id=user_named(user).id if user else None, batch_id=batch, statuses=status or None)
    found = _list(wanted, limit)
    words = task_words()
    if as_json:
        say_json([as_dict(task, words) for task in found])
        return
    states = [words.state(task) for task in found]
    rows = [
        (task.public_id, task.user_name, task.account_name, shorten(task.title, TITLE_WIDTH), state)
        for task, state in zip(found, states, strict=True)
    ]
    say_table(("ID", "USER", "ACCOUNT", "TITLE", "STATE"), rows)
    if len(found) == limit:
        warn(f"These are the newest {limit}; --limit shows more.")
    if DOWN in states:
        warn("No workers are running. Start them with: python run_workers.py")


def task(task_id: Id, as_json: Json = False) -> None:
    """Show one article: its state and all that happened to it."""
    manager = wiring.get_task_manager()
    view = manager.get(task_id, actor=ME)
    events = manager.events(view.id, actor=ME)
    words = task_words()
    if as_json:
        timeline = [{"at": event.at, "kind": event.kind, "text": sentence(event)} for event in events]
        say_json({**as_dict(view, words), "timeline": timeline})
        return
    say(f"{view.title}")
    for name, fact in _facts(view, words).items():
        if fact:
            say(f"  {name:<12} {fact}")
    say()
    for event in events:
        say(f"  {words.clock(event.at)}  {sentence(event)}")


def cancel(task_ids: Ids) -> None:
    """Cancel articles: at once, or within seconds when they are being published. Too late once submitted."""

    def run(name: str) -> str:
        result = wiring.get_task_manager().cancel(name, actor=ME)
        return "is cancelled." if result is CancelResult.CANCELLED else "will stop within seconds."

    _each(task_ids, run)


def retry(task_ids: Ids) -> None:
    """Try articles again that failed, were cancelled, or waited for a sign-in or verification.

    One that was submitted before is looked for on the site first.
    """

    def run(name: str) -> str:
        wiring.get_task_manager().retry(name, actor=ME)
        return "is tried again."

    _each(task_ids, run)


def reschedule(
    task_ids: Ids,
    at: Annotated[str | None, typer.Option(help="Not before this time, such as '2027-01-31 09:00'.")] = None,
    now: Annotated[bool, typer.Option("--now", help="As soon as it is its turn.")] = False,
) -> None:
    """Publish articles at another time."""
    if now == (at is not None):
        raise typer.BadParameter("name either --at or --now")
    run_at = time_given(at, "--at")

    def run(name: str) -> str:
        wiring.get_task_manager().reschedule(name, run_at, actor=ME)
        return "goes as soon as it is its turn." if run_at is None else f"goes at {at}."

    _each(task_ids, run)


def review(
    task_id: Id,
    answer: Annotated[Answer, typer.Argument(help="What you found on the site.")],
    link: Annotated[str | None, typer.Argument(help="With `online`: the article's address.")] = None,
) -> None:
    """Answer for an article that may be online, after you have looked.

    online LINK: it is there. check-again: look once more, without a click. publish-again: it is not there, submit
    it again. give-up: leave it as it is.
    """
    if (link is not None) != (answer is Answer.ONLINE):
        raise typer.BadParameter("`online` needs the article's address, the other answers take none")
    view = wiring.get_task_manager().answer_review(task_id, ReviewAnswer(answer.replace("-", "_")), link, actor=ME)
    say(f"{view.public_id}: {task_words().state(view)}")


def as_dict(view: TaskView, words: TaskWords) -> dict[str, Any]:
    """A task for programs."""
    return {
        "id": view.public_id,
        "number": view.id,
        "state": words.state(view),
        **{name: fact for name, fact in asdict(view).items() if name not in RENAMED | INTERNAL},
        "reference": view.client_ref,
        "batch": view.batch_id,
        "picture": view.screenshot_path,
    }


def _list(wanted: TaskFilter, limit: int) -> list[TaskView]:
    found: list[TaskView] = []
    while len(found) < limit:
        before = found[-1].id if found else None
        page = wiring.get_task_manager().list(wanted, actor=ME, before_id=before, limit=min(PAGE, limit - len(found)))
        found += page
        if len(page) < PAGE:
            break
    return found


def _facts(view: TaskView, words: TaskWords) -> dict[str, str | None]:
    wait = wiring.get_task_manager().wait_facts(view, actor=ME)
    return {
        "Article": view.public_id,
        "State": words.state(view, wait),
        "Reason": view.error_message,
        "Address": view.result_url,
        "User": view.user_name,
        "Account": f"{view.account_name} on {view.platform}",
        "Batch": str(view.batch_id) if view.batch_id else None,
        "Reference": view.client_ref,
        "Time": words.clock(view.run_at) if view.run_at else None,
        "Priority": str(view.priority),
        "Draft": view.remote_draft_id,
        "Picture": view.screenshot_path,
    }


def _each(task_ids: list[str], run: Callable[[str], str]) -> None:
    """Do it to every article; one that refuses does not stop the others."""
    done = 0
    for name in task_ids:
        try:
            say(f"{name} {run(name)}")
            done += 1
        except (NotFound, TooLate, InvalidInput) as error:
            warn(str(error))
        except TopnError:
            # What concerns all of them, such as a database that is away, ends the command.
            if done:
                warn(f"Only the first {done} were done.")
            raise
    if done < len(task_ids):
        raise typer.Exit(Exit.PARTLY if done else Exit.FAILED)
