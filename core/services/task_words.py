"""What people read about an article's state: DESIGN §3, in English unless told otherwise. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.services.local_clock import LocalClock
from core.services.queue_overview import WaitFacts
from core.services.say import Say, in_english
from core.services.wait_words import DOWN, WaitWords
from core.store.pauses import PauseView
from core.store.records import TaskView
from core.task_state import MAX_CRASHES, BlockReason, Checkpoint, Step, TaskStatus

SITE_NAMES = {"zhihu": "Zhihu"}
STEPS: dict[Step, str] = {
    Step.CLAIMED: "waiting for a browser",
    Step.BROWSER_READY: "signing in",
    Step.SIGNED_IN: "writing",
    Step.WRITTEN: "saving the draft",
    Step.DRAFTED: "submitting",
    Step.SUBMITTED: "checking it is online",
}
"""What an article does while its progress is that of the step it has reached."""
CRASH = "BrowserLost"
REFUSED = "Rejected"
SLOWED = "SiteBusy"
SITE_SAYS = "The site says: "

STATUS_WORDS = {
    TaskStatus.WAITING: "waiting",
    TaskStatus.RUNNING: "publishing",
    TaskStatus.RETRYING: "will retry",
    TaskStatus.BLOCKED: "action needed",
    TaskStatus.PUBLISHED: "published",
    TaskStatus.DRAFT_SAVED: "draft saved",
    TaskStatus.FAILED: "failed",
    TaskStatus.CANCELLED: "cancelled",
}
"""With a number before or behind."""

BLOCKED_WORDS = {
    BlockReason.NEEDS_LOGIN: "Action needed: sign in again",
    BlockReason.NEEDS_HUMAN: "Action needed: {site} asks for verification",
    BlockReason.NEEDS_REVIEW: "Please check: may be online",
}


class TaskWords:
    """Knows the time zone, the language and whether anybody is publishing; `has_workers` None: nobody can tell."""

    def __init__(self, clock: LocalClock, *, has_workers: bool | None = True, say: Say = in_english) -> None:
        self.clock = clock
        self.has_workers = has_workers
        self._say = say
        self._waits = WaitWords(clock, say)

    def state(self, task: TaskView, wait: WaitFacts | None = None) -> str:
        """The state of a task. `wait`: why it waits, where that is known."""
        facts = wait or WaitFacts()
        words: dict[TaskStatus, Callable[[TaskView], str]] = {
            TaskStatus.WAITING: lambda task: self._waiting(task, facts),
            TaskStatus.RUNNING: self._running,
            TaskStatus.RETRYING: lambda task: self._retrying(task, facts),
            TaskStatus.BLOCKED: self._blocked,
            TaskStatus.PUBLISHED: self._published,
            TaskStatus.DRAFT_SAVED: lambda _: self._say("Draft saved, not public"),
            TaskStatus.FAILED: self._failed,
            TaskStatus.CANCELLED: self._cancelled,
        }
        return words[task.status](task)

    def _waiting(self, task: TaskView, wait: WaitFacts) -> str:
        if task.run_at is not None and self._is_to_come(task.run_at):
            scheduled = self._say("Scheduled for {at}", at=self.clock.say(task.run_at))
            return self._paused_beyond(wait.pause, task) or scheduled
        held_back = self._held_back(task, wait)
        if held_back is None and task.checkpoint is Checkpoint.SUBMITTING:
            return self._say("{queued} to check whether it is online", queued=self._waits.queued(wait))
        return held_back or self._waits.queued(wait)

    def _retrying(self, task: TaskView, wait: WaitFacts) -> str:
        """Before its time it says what it waits for; after that it is in line as any other."""
        is_to_come = task.run_at is not None and self._is_to_come(task.run_at)
        held_back = self._paused_beyond(wait.pause, task) if is_to_come else self._held_back(task, wait)
        if held_back:
            return held_back
        at = self.clock.say(task.run_at) if is_to_come and task.run_at else ""
        if task.checkpoint is Checkpoint.SUBMITTING:
            return self._say("Checking it is online, looks again {at}", at=at or self._say("soon"))
        if task.error_class == SLOWED:
            return self._say("Slowed by {site}, resumes itself {end}", site=self._site(task), end=at).rstrip()
        told = at
        if task.retries_used:
            count = self._say("{used} of {most}", used=task.retries_used, most=task.max_retries)
            told = self._say("{count}, {at}", count=count, at=at) if at else count
        return self._say("Will retry ({told})", told=told) if told else self._say("Will retry")

    def _held_back(self, task: TaskView, wait: WaitFacts) -> str | None:
        """What keeps a task from being taken although its time has come, the first of these that is so:

        1. A person paused it: no worker would change that.
        2. There are no workers.
        3. The site asked its account to slow down.
        4. A limit is used up.
        """
        site = site_name(task)
        if wait.pause is not None and not wait.pause.is_of_site:
            return self._waits.paused(wait.pause, site)
        if self.has_workers is False:
            return self._say(DOWN)
        if wait.pause is not None:
            return self._waits.paused(wait.pause, site)
        return None if wait.parked is None else self._waits.parked(wait.parked, site)

    def _paused_beyond(self, pause: PauseView | None, task: TaskView) -> str | None:
        """A pause that will still hold when the task's time comes."""
        if pause is None or (pause.until and task.run_at and pause.until <= task.run_at):
            return None
        return self._waits.paused(pause, site_name(task))

    def _is_to_come(self, moment: datetime) -> bool:
        return moment > self.clock.now()

    def _site(self, task: TaskView) -> str:
        return self._say(site_name(task))

    def _running(self, task: TaskView) -> str:
        told = self._step(task)
        if self.has_workers is False:
            return self._say("{down} (stopped at: {told})", down=self._say(DOWN), told=told)
        return told

    def _step(self, task: TaskView) -> str:
        if task.cancel_requested:
            return self._say("Publishing, will stop")
        if task.checkpoint is Checkpoint.SUBMITTING:
            is_checking = task.progress >= Step.SUBMITTED
            return self._say("Checking it is online" if is_checking else "Submitting, cannot stop")
        reached = max((step for step in STEPS if step <= task.progress), default=Step.CLAIMED)
        number = list(STEPS).index(reached) + 1
        words = "Publishing, step {number} of {steps}: {doing}"
        return self._say(words, number=number, steps=len(STEPS), doing=self._say(STEPS[reached]))

    def _blocked(self, task: TaskView) -> str:
        reason = task.block_reason or BlockReason.NEEDS_REVIEW
        return self._say(BLOCKED_WORDS[reason], site=self._site(task))

    def _published(self, task: TaskView) -> str:
        if task.site_state == "under_review":
            return self._say("Under {site} review", site=self._site(task))
        return self._say("Published")

    def _failed(self, task: TaskView) -> str:
        if task.error_class == REFUSED:
            # What the site itself said tells more than that it refused.
            _before, _label, said = (task.error_message or "").rpartition(SITE_SAYS)
            return self._say("Refused by {site}: {reason}", site=self._site(task), reason=self._say(said))
        if task.error_class == CRASH or task.crash_count >= MAX_CRASHES:
            return self._say("System fault, stopped")
        return self._say("Failed: {reason}", reason=self._say(task.error_message or "no reason is known"))

    def _cancelled(self, task: TaskView) -> str:
        """Of a restored backup nobody can tell what was submitted in the time it does not know."""
        return self._say("Given up, may be online" if task.leaves_doubt else "Cancelled")


def site_name(task: TaskView) -> str:
    """The platform as people call it."""
    return SITE_NAMES.get(task.platform, task.platform)
