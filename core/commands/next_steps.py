"""What a person can do about an article now, as commands to type."""

from __future__ import annotations

from collections.abc import Callable

from core.lane import PauseScope
from core.services.queue_overview import WaitFacts
from core.services.task_words import REFUSED, TaskWords, site_name
from core.store.pauses import PauseView
from core.store.records import TaskView
from core.task_state import BlockReason, TaskStatus

COMMAND = "python -m core"
START_WORKERS = "Start the workers: python run_workers.py"
NOBODY_PUBLISHES = f"No workers are running. {START_WORKERS}"


def next_step(task: TaskView, words: TaskWords, wait: WaitFacts) -> str | None:
    """One sentence; None when it goes on by itself or has come to a good end."""
    cases: dict[TaskStatus, Callable[[TaskView], str]] = {
        TaskStatus.BLOCKED: _blocked,
        TaskStatus.FAILED: _failed,
        TaskStatus.CANCELLED: _cancelled,
    }
    if task.status in cases:
        return cases[task.status](task)
    if task.status.is_final:
        return None
    if wait.pause is not None and not wait.pause.is_of_site:
        return f"To let it go: {COMMAND} resume {_pause_name(wait.pause, task)}"
    return START_WORKERS if words.has_workers is False else None


def _pause_name(pause: PauseView, task: TaskView) -> str:
    names = {
        PauseScope.EVERYTHING: "everything",
        PauseScope.PLATFORM: f"platform {pause.key}",
        PauseScope.USER: f"user {task.user_name}",
        PauseScope.ACCOUNT: f"account {task.account_name} --user {task.user_name}",
        PauseScope.BATCH: f"batch {pause.key}",
    }
    return names[pause.scope]


def _blocked(task: TaskView) -> str:
    site = site_name(task)
    match task.block_reason:
        case BlockReason.NEEDS_LOGIN:
            return (
                f"Sign in to {site} in your own browser, export its cookies into a file, then: {COMMAND} accounts "
                f"cookies {task.account_name} --user {task.user_name} --cookies FILE"
            )
        case BlockReason.NEEDS_HUMAN:
            return f"Answer the check on {site} in your own browser, then: {COMMAND} retry {task.public_id}"
        case _:
            return (
                f"Look on {site} whether it is online, then: {COMMAND} review {task.public_id} online LINK (or, in "
                "place of `online LINK`: check-again, publish-again, give-up)"
            )


def _failed(task: TaskView) -> str:
    if task.error_class == REFUSED:
        return f"Change what was refused and send it again: {COMMAND} edit {task.public_id} --file NEW.md --resend"
    return f"Once the reason is gone: {COMMAND} retry {task.public_id}"


def _cancelled(task: TaskView) -> str:
    first = " It looks on the site first." if task.submitted_at is not None else ""
    return f"To publish it after all: {COMMAND} retry {task.public_id}{first}"
