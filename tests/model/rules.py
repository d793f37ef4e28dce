"""The product's own rules in one place, so that a test can put a wrong one among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.errors import BrowserLost, NeedsLogin, Rejected, RetryLater
from core.publishing.publisher import FindOutcome
from core.store import task_decisions
from core.store.records import CancelResult
from core.task_state import (
    CHECKPOINT_ORDER,
    CLICK_DEMANDS,
    FENCE_DEMANDS,
    MOVES,
    RESCUE_DEMANDS,
    SUBMIT_DEMANDS,
    Action,
    BlockReason,
    Checkpoint,
    Demand,
    Fencing,
    Mode,
    Move,
    TaskStatus,
)
from tasks.outcome import (
    DraftOnly,
    Failure,
    HandedBack,
    LostToAnother,
    NeedsPerson,
    NotBegun,
    Online,
    Outcome,
    SlowedDown,
    Stopped,
    TryAgain,
    outcome_of_error,
)
from tasks.running_attempt import KillReason, RunningAttempt, StepLimits
from tasks.verify import Verdict, judge
from tests.model.world import End
from tests.unit.held_task import held_task

LIMITS = StepLimits(step_seconds=60, task_seconds=600)
VERIFY_SECONDS = 90.0


_ENDS: dict[type, End] = {
    Online: End.ONLINE,
    DraftOnly: End.DRAFT_ONLY,
    SlowedDown: End.TRY_AGAIN_FREE,
    Failure: End.FAILED,
    Stopped: End.STOPPED,
    HandedBack: End.HANDED_BACK,
    NotBegun: End.HANDED_BACK,
    LostToAnother: End.NONE,
}


def end_of(outcome: Outcome) -> End:
    """What an outcome means for the row."""
    match outcome:
        case TryAgain(is_crash=True):
            return End.CRASHED
        case TryAgain():
            return End.TRY_AGAIN if outcome.uses_retry else End.TRY_AGAIN_FREE
        case NeedsPerson():
            return End.NEEDS_REVIEW if outcome.reason is BlockReason.NEEDS_REVIEW else End.NEEDS_LOGIN
    return _ENDS[type(outcome)]


def end_of_error(error: Exception) -> End:
    """What the product makes of this error."""
    return end_of(outcome_of_error(error, RunningAttempt(held_task(), LIMITS)))


ERRORS = tuple(end_of_error(error) for error in (RetryLater("502"), NeedsLogin("signed out"), Rejected("no")))
"""What a publisher may raise while a draft is written, and when a click has published nothing for certain."""
LOST_BROWSER = end_of_error(BrowserLost("gone"))


def end_of_kill(reason: KillReason, checkpoint: Checkpoint) -> End | None:
    """How an attempt at this checkpoint ends when it is killed for this reason; None: it is spared."""
    attempt = RunningAttempt(held_task(checkpoint=checkpoint), LIMITS)
    if not attempt.kill(reason, is_final=True):
        return None
    return end_of(outcome_of_error(BrowserLost("killed"), attempt))


KILLS = {
    (reason, checkpoint): end
    for reason in (KillReason.CANCELLED, KillReason.DEADLINE, KillReason.STOPPING)
    for checkpoint in (Checkpoint.NONE, Checkpoint.DRAFTED, Checkpoint.SUBMITTING)
    if (end := end_of_kill(reason, checkpoint)) is not None
}
"""Reason and checkpoint → how the attempt ends."""


@dataclass(frozen=True)
class Rules:
    """Everything that decides what may happen. The defaults are the product's own."""

    moves: Mapping[Action, Move] = field(default_factory=lambda: MOVES)
    checkpoint_order: Mapping[Checkpoint, frozenset[Checkpoint]] = field(default_factory=lambda: CHECKPOINT_ORDER)
    fence_demands: Mapping[Fencing, frozenset[Demand]] = field(default_factory=lambda: FENCE_DEMANDS)
    submit_demands: frozenset[Demand] = SUBMIT_DEMANDS
    click_demands: frozenset[Demand] = CLICK_DEMANDS
    rescue_demands: frozenset[Demand] = RESCUE_DEMANDS
    after_fault: Callable[..., Action] = task_decisions.after_fault
    end_of_attempt: Callable[..., Action] = task_decisions.end_of_attempt
    rescue: Callable[..., Action] = task_decisions.rescue
    cancel: Callable[..., CancelResult | None] = task_decisions.cancel
    judge: Callable[..., Verdict] = judge
    kills: Mapping[tuple[KillReason, Checkpoint], End] = field(default_factory=lambda: KILLS)

    mode: Mode = Mode.PUBLISH
    one_article_per_draft: bool = True
    verifies_first: bool = True
    """The program of `tasks.publish_steps`: what was submitted is looked for before anything else."""
    reopens_to_submit_again: bool = False
    """Not the program of `tasks.publish_steps`: what is to be submitted again becomes `drafted` in between."""
    person_waits_for_clicks: bool = True
    """A person says "publish again" only when no earlier click can arrive any more."""
    reads_again_in_any_case: bool = False
    """Walk through all that may come between a lost reply and the reading of the row, also where it cannot matter:
    when each take raises the fence, whoever has ended reads that the row is not its own."""
    max_attempts: int = 2
    """How many attempts may be at work or asleep at once, replaced ones too."""

    def verdict(self, found: FindOutcome, *, is_late: bool) -> Verdict:
        """What `judge` says of an answer of the site."""
        return self.judge(
            found,
            submitted_seconds_ago=VERIFY_SECONDS * (2 if is_late else 0),
            verify_seconds=VERIFY_SECONDS,
            one_article_per_draft=self.one_article_per_draft,
        )

    def is_powerless(self, *, has_fence: bool) -> bool:
        """Whether all that an attempt still writes is refused."""
        return not has_fence and Demand.SAME_FENCE in self.fence_demands[Fencing.HOLD]

    def shuts_out(self, action: Action) -> bool:
        """Whether earlier holders have lost their fence after this move."""
        return self.moves[action].fencing is Fencing.RAISE

    def leads_to(self, action: Action) -> TaskStatus:
        """The status after this move."""
        return self.moves[action].target
