"""What a person can do about an article now, in plain words."""

from __future__ import annotations

from core.services.queue_overview import WaitFacts
from core.services.task_words import REFUSED, SITE_NAMES
from core.store.records import TaskView
from core.task_state import BlockReason, TaskStatus
from dashboard.text import _, mark

CHANGE_IT = mark("Press Edit, change what was refused, and send it again. Retry sends the same once more.")
RETRY_IT = mark("Once the reason is gone, press Retry.")
PUBLISH_IT = mark("To publish it after all, press Retry.")
LOOK_FOR_IT = mark("To publish it after all, press Retry. It is looked for on the site first.")
START_IT = mark("Start the publishing service. The page Workers and browsers says how.")
_BLOCKED = {
    BlockReason.NEEDS_LOGIN: mark(
        "Sign in to {site} in your own browser, export its cookies, and give them to the account on the page "
        "Accounts. All its articles then go on by themselves."
    ),
    BlockReason.NEEDS_HUMAN: mark("Answer the check on {site} in your own browser, then press Retry here."),
    BlockReason.NEEDS_REVIEW: mark("Look on {site} whether it is online, then give one of the answers below."),
}


def next_step(task: TaskView, wait: WaitFacts, *, has_workers: bool | None, is_admin: bool) -> str | None:
    """One or two sentences; None when it goes on by itself or has come to a good end."""
    site = _(SITE_NAMES.get(task.platform, task.platform))
    match task.status:
        case TaskStatus.BLOCKED:
            return _(_BLOCKED[task.block_reason or BlockReason.NEEDS_REVIEW], site=site)
        case TaskStatus.FAILED:
            is_refused = task.error_class == REFUSED
            return _(CHANGE_IT if is_refused else RETRY_IT)
        case TaskStatus.CANCELLED:
            return _(LOOK_FOR_IT if task.leaves_doubt else PUBLISH_IT)
        case TaskStatus.WAITING | TaskStatus.RETRYING:
            return _waiting(wait, has_workers=has_workers, is_admin=is_admin)
        case _:
            return None


def _waiting(wait: WaitFacts, *, has_workers: bool | None, is_admin: bool) -> str | None:
    if wait.pause is not None and not wait.pause.is_of_site:
        return _("To let it go on, lift the pause on the page Queue.")
    if has_workers is not False:
        return None
    return _(START_IT) if is_admin else _("An administrator has to start the publishing service.")
