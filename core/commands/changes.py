"""`python -m core cancel`, `retry`, `reschedule`, `review`: what people do with articles."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

from core import wiring
from core.commands.arguments import ArticleId, ArticleIds
from core.commands.lookups import ME, future_given, local_clock, task_words
from core.commands.terminal import Exit, say, warn
from core.errors import Conflict, NotFound, NotPossible, TopnError
from core.services.local_clock import LocalClock
from core.store.records import CancelResult, ReviewAnswer, TaskView
from core.task_state import TaskStatus

BEFORE_IT_GOES = {
    TaskStatus.BLOCKED: ", once it needs nobody any more",
    TaskStatus.FAILED: ", once you have retried it",
}
"""What a new time alone does not bring about."""


class Answer(StrEnum):
    """What a person found on the site."""

    ONLINE = "online"
    CHECK_AGAIN = "check-again"
    PUBLISH_AGAIN = "publish-again"
    GIVE_UP = "give-up"


def cancel(task_ids: ArticleIds) -> None:
    """Cancel articles: at once, or within seconds when they are being published. Too late once submitted."""

    def run(name: str) -> str:
        result = wiring.get_task_manager().cancel(name, actor=ME)
        return "is cancelled." if result is CancelResult.CANCELLED else "will stop within seconds."

    _each(task_ids, run)


def retry(task_ids: ArticleIds) -> None:
    """Try articles again that failed, were cancelled, or waited for a sign-in or verification.

    One that was submitted before is looked for on the site first.
    """
    clock = local_clock()

    def run(name: str) -> str:
        view = wiring.get_task_manager().retry(name, actor=ME)
        return f"is tried again{_when(view, clock)}."

    _each(task_ids, run)


def reschedule(
    task_ids: ArticleIds,
    at: Annotated[str | None, typer.Option(help="Not before this time, such as '2027-01-31 09:00'.")] = None,
    now: Annotated[bool, typer.Option("--now", help="As soon as it is its turn.")] = False,
) -> None:
    """Publish articles at another time."""
    if now == (at is not None):
        raise typer.BadParameter("Give either --at with a time, or --now.")
    run_at = future_given(at, "--at", otherwise="Give --now to have it as soon as it is its turn")
    clock = local_clock()

    def run(name: str) -> str:
        view = wiring.get_task_manager().reschedule(name, run_at, actor=ME)
        first = BEFORE_IT_GOES.get(view.status, "")
        return f"goes{_when(view, clock) or ' as soon as it is its turn'}{first}."

    _each(task_ids, run)


def _when(view: TaskView, clock: LocalClock) -> str:
    if view.run_at is None or view.run_at <= clock.now():
        return ""
    return f" at {clock.say(view.run_at)} ({clock.zone.key})"


def review(
    task_id: ArticleId,
    answer: Annotated[Answer, typer.Argument(help="What you found on the site.")],
    link: Annotated[str | None, typer.Argument(help="With `online`: the article's address.")] = None,
) -> None:
    """Answer for an article that may be online, after you have looked.

    online LINK: it is there. check-again: look once more, without a click. publish-again: it is not there, submit
    it again. give-up: leave it as it is.
    """
    if (link is not None) != (answer is Answer.ONLINE):
        raise typer.BadParameter("`online` needs the article's address behind it, the other answers take none.")
    view = wiring.get_task_manager().answer_review(task_id, ReviewAnswer(answer.replace("-", "_")), link, actor=ME)
    say(f"{view.public_id}: {task_words().state(view)}.")


def _each(task_ids: list[str], run: Callable[[str], str]) -> None:
    """Do it to every article; one that refuses does not stop the others."""
    done = 0
    for name in task_ids:
        try:
            say(f"{name} {run(name)}")
            done += 1
        except (NotFound, NotPossible, Conflict) as error:
            warn(str(error))
        except TopnError:
            # What concerns all of them, such as a database that is away, ends the command.
            if done:
                warn(f"Only the first {done} were done.")
            raise
    if done < len(task_ids):
        raise typer.Exit(Exit.PARTLY if done else Exit.FAILED)
