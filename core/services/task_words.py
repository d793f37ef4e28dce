"""What people read about an article's state: DESIGN §3, in English. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from core.queue.queue_stats import Parked, WaitReason
from core.services.queue_overview import WaitFacts
from core.store.records import TaskView
from core.task_state import MAX_CRASHES, BlockReason, Checkpoint, Step, TaskStatus

SITE_NAMES = {"zhihu": "Zhihu"}
DOWN = "Publishing service is down"
STEPS: dict[Step, str] = {
    Step.CLAIMED: "starting a browser",
    Step.BROWSER_READY: "signing in",
    Step.SIGNED_IN: "writing",
    Step.WRITTEN: "saving the draft",
    Step.DRAFTED: "submitting",
    Step.SUBMITTED: "checking it is online",
}
"""What an article does while its progress is that of the step it has reached."""
CRASH = "BrowserLost"
REFUSED = "Rejected"

BLOCKED_WORDS = {
    BlockReason.NEEDS_LOGIN: "Action needed: sign in again",
    BlockReason.NEEDS_HUMAN: "Action needed: {site} asks for verification",
    BlockReason.NEEDS_REVIEW: "Please check: may be online",
}
_WAITS = {
    WaitReason.USER_PAUSED: "Paused{until}",
    WaitReason.PLATFORM_PAUSED: "{site} is paused{until}",
    WaitReason.ACCOUNT_PAUSED: "This account is paused{until}",
    WaitReason.USER_RUNNING: "As many as allowed are publishing",
    WaitReason.USER_STARTS: "As many as allowed started this minute{resumes}",
    WaitReason.ACCOUNT_RUNNING: "As many as allowed are publishing on this account",
    WaitReason.ACCOUNT_GAP: "Spacing this account's posts{resumes}",
}


WAIT_WORDS = {reason: words.format(site="The site", until="", resumes="") for reason, words in _WAITS.items()}
"""Why a user's line stands still, without the time."""


class TaskWords:
    """Knows the time zone and whether anybody is publishing."""

    def __init__(self, zone: ZoneInfo, *, has_workers: bool = True) -> None:
        self._zone = zone
        self._has_workers = has_workers

    def state(self, task: TaskView, wait: WaitFacts | None = None) -> str:
        """The state of a task. `wait`: why it waits, where that is known."""
        words: dict[TaskStatus, Callable[[TaskView], str]] = {
            TaskStatus.WAITING: lambda task: self._waiting(task, wait or WaitFacts()),
            TaskStatus.RUNNING: _running,
            TaskStatus.RETRYING: self._retrying,
            TaskStatus.BLOCKED: _blocked,
            TaskStatus.PUBLISHED: _published,
            TaskStatus.DRAFT_SAVED: lambda _: "Draft saved, not public",
            TaskStatus.FAILED: _failed,
            TaskStatus.CANCELLED: _cancelled,
        }
        return words[task.status](task)

    def clock(self, moment: datetime) -> str:
        """A moment in the user's zone; today's without the date."""
        local = moment.astimezone(self._zone)
        is_today = local.date() == datetime.now(self._zone).date()
        return f"{local:%H:%M:%S}" if is_today else f"{local:%Y-%m-%d %H:%M}"

    def _waiting(self, task: TaskView, wait: WaitFacts) -> str:
        if task.run_at is not None and task.run_at > datetime.now(self._zone):
            return f"Scheduled for {self.clock(task.run_at)}"
        if not self._has_workers:
            return DOWN
        if wait.parked is not None:
            return self._parked(wait.parked, task)
        if wait.ahead:
            return f"Queued ({wait.ahead} ahead)"
        return "Queued"

    def _parked(self, parked: Parked, task: TaskView) -> str:
        until = resumes = ""
        if parked.until_ms is not None:
            end = self.clock(datetime.fromtimestamp(parked.until_ms / 1000, self._zone))
            until, resumes = f" until {end}", f", resumes {end}"
        return _WAITS[parked.reason].format(site=_site(task), until=until, resumes=resumes)

    def _retrying(self, task: TaskView) -> str:
        at = f", {self.clock(task.run_at)}" if task.run_at else ""
        return f"Will retry ({task.retries_used} of {task.max_retries}{at})"


def _site(task: TaskView) -> str:
    return SITE_NAMES.get(task.platform, task.platform)


def _running(task: TaskView) -> str:
    if task.cancel_requested:
        return "Publishing, will stop"
    if task.checkpoint is Checkpoint.SUBMITTING:
        is_checking = task.progress >= Step.SUBMITTED
        return "Checking it is online" if is_checking else "Submitting, cannot stop"
    reached = max((step for step in STEPS if step <= task.progress), default=Step.CLAIMED)
    return f"Publishing, step {list(STEPS).index(reached) + 1} of {len(STEPS)}: {STEPS[reached]}"


def _blocked(task: TaskView) -> str:
    reason = task.block_reason or BlockReason.NEEDS_REVIEW
    return BLOCKED_WORDS[reason].format(site=_site(task))


def _published(task: TaskView) -> str:
    return f"Under {_site(task)} review" if task.site_state == "under_review" else "Published"


def _failed(task: TaskView) -> str:
    if task.error_class == REFUSED:
        return f"Refused by {_site(task)}: {task.error_message}"
    if task.error_class == CRASH or task.crash_count >= MAX_CRASHES:
        return "System fault, stopped"
    return f"Failed: {task.error_message or 'no reason is known'}"


def _cancelled(task: TaskView) -> str:
    return "Given up, may be online" if task.submitted_at is not None else "Cancelled"
