"""What the model of publishing once consists of: one task's row, the attempts at it, and the site.

The row has the product's own column names, so that the product's rules can be asked about it.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import count
from typing import NamedTuple

from core.task_state import BlockReason, Checkpoint, TaskStatus

WORKERS = (1, 2)
DEAD = 0
"""In `Row.worker_id`: a worker that has died. Its id never comes back."""


class Age(StrEnum):
    """How long ago `submitted_at` is, against `VERIFY_SECONDS`."""

    EARLY = "early"
    LATE = "late"


class Lease(StrEnum):
    """`lease_until` against the database's clock."""

    LIVE = "live"
    ENDED = "ended"


class Row(NamedTuple):
    """The row of the one task. Its fence is not kept here: attempts know whether they still have it."""

    status: TaskStatus = TaskStatus.WAITING
    block_reason: BlockReason | None = None
    checkpoint: Checkpoint = Checkpoint.NONE
    worker_id: int | None = None
    lease_until: Lease | None = None
    cancel_requested: bool = False
    crash_count: int = 0
    retries_used: int = 0
    max_retries: int = 1
    remote_draft_id: int | None = None
    submitted_at: Age | None = None


class At(StrEnum):
    """Where an attempt is: what it does next."""

    WRITING = "writing"
    """Writes into the known draft, or into a new one."""
    SAVING_DRAFT_ID = "saving_draft_id"
    SAVING_DRAFTED = "saving_drafted"
    DRAFTED = "drafted"
    """Commits `submitting`."""
    CLICKING = "clicking"
    """The click comes next."""
    CLICKED = "clicked"
    """Waits for the site's answer."""
    VERIFYING = "verifying"
    """Another attempt may have clicked."""
    VERIFYING_OWN = "verifying_own"
    """The answer to its own click proved nothing."""
    RESUBMITTING = "resubmitting"
    """The site still has a draft: commits that it clicks again."""
    RENEWING = "renewing"
    """The reply to one of the two commits before a click was lost: commits once more."""
    REOPENING = "reopening"
    """Its own click published nothing, for certain: the draft is opened again, then `end` follows."""
    DISCARDING = "discarding"
    """The opened draft is gone: it is forgotten, then `end` follows."""
    ENDING = "ending"
    """Writes down `end`."""
    READING_AGAIN = "reading_again"
    """The reply to writing down `end` was lost: writes it once more; if that is refused, the timeline tells."""


class Click(StrEnum):
    """What has become of an attempt's one click."""

    NONE = "none"
    UNDER_WAY = "under_way"
    LANDED = "landed"
    REFUSED = "refused"


class End(StrEnum):
    """How an attempt ends: the outcomes of `tasks.outcome`, as far as they differ for the row."""

    NONE = "none"
    ONLINE = "online"
    DRAFT_ONLY = "draft_only"
    TRY_AGAIN = "try_again"
    TRY_AGAIN_FREE = "try_again_free"
    CRASHED = "crashed"
    NEEDS_REVIEW = "needs_review"
    NEEDS_LOGIN = "needs_login"
    FAILED = "failed"
    STOPPED = "stopped"
    HANDED_BACK = "handed_back"


class Attempt(NamedTuple):
    """One attempt by one thread of a worker."""

    worker: int
    at: At
    draft: int | None
    end: End = End.NONE
    click: Click = Click.NONE
    is_resubmission: bool = False
    has_fence: bool = True
    """Its fence is the row's."""
    is_replaced: bool = False
    """The truth that the fence has to tell: it has ended, or the task was handed on. The product cannot see it."""

    @property
    def name(self) -> str:
        return f"worker {self.worker}{', replaced,' if self.is_replaced else ''}"

    def ending(self, end: End, at: At = At.ENDING) -> Attempt:
        """What no longer matters is forgotten, so that there are fewer states to walk through."""
        if self.click is Click.UNDER_WAY:
            return self._replace(at=at, end=end, is_resubmission=False)
        return self._replace(at=at, end=end, is_resubmission=False, draft=None, click=Click.NONE)


class World(NamedTuple):
    """Everything. `late`: drafts with a click under way whose attempt is gone; one a draft, for where a second one
    would change anything the first has broken the promise already."""

    row: Row = Row()
    attempts: tuple[Attempt, ...] = ()
    late: tuple[int, ...] = ()
    articles: tuple[int, ...] = ()
    """What is online, by draft."""
    deleted: int | None = None
    """The draft that somebody deleted on the site. It happens once."""
    is_cancel_owed: bool = False
    """Its owner was told that it will stop, and it has not ended since."""

    def with_attempt(self, index: int, attempt: Attempt | None, row: Row | None = None) -> World:
        """With this attempt in the place of another; None: it is gone, while its click may still be under way."""
        kept = () if attempt is None else (attempt,)
        attempts = (*self.attempts[:index], *kept, *self.attempts[index + 1 :])
        old, late = self.attempts[index], self.late
        if attempt is None and old.click is Click.UNDER_WAY and old.draft is not None and old.draft not in late:
            late = tuple(sorted((*late, old.draft)))
        return World(row or self.row, attempts, late, self.articles, self.deleted, self.is_cancel_owed)

    def new_draft(self) -> int:
        """The id of a draft that nobody knows yet."""
        known = {self.row.remote_draft_id, self.deleted, *self.late, *self.articles}
        known |= {attempt.draft for attempt in self.attempts}
        return next(number for number in count(1) if number not in known)

    @property
    def is_click_possible(self) -> bool:
        """Whether a click that was committed may still reach the site."""
        return bool(self.late) or any(
            attempt.click is Click.UNDER_WAY or attempt.at is At.CLICKING for attempt in self.attempts
        )


def same_world(world: World) -> World:
    """One of all the worlds that differ in the names of workers, in the order of attempts or in counters that are
    set back before they are looked at."""
    attempts, row = world.attempts, world.row
    if len(attempts) > 1:
        attempts = tuple(sorted(attempts, key=_without_worker))
    if (attempts[0].worker if attempts else row.worker_id) == WORKERS[1]:
        attempts = tuple(attempt._replace(worker=_OTHER[attempt.worker]) for attempt in attempts)
        if row.worker_id in _OTHER:
            row = row._replace(worker_id=_OTHER[row.worker_id])
    if (row.crash_count or row.retries_used) and _begins_anew(row):
        row = row._replace(crash_count=0, retries_used=0)
    return World(row, attempts, *world[2:])


_OTHER = {WORKERS[0]: WORKERS[1], WORKERS[1]: WORKERS[0]}


def _begins_anew(row: Row) -> bool:
    return row.status.is_final or row.block_reason is BlockReason.NEEDS_REVIEW


def _without_worker(attempt: Attempt) -> tuple[object, ...]:
    return (attempt.at, attempt.draft or 0, *attempt[3:])
