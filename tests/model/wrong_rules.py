"""Rules that are wrong in one place each, and the promise that each of them breaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from core.publishing.publisher import FindOutcome, StillDraft, Unknown
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
    Checkpoint,
    Demand,
    Fencing,
    TaskStatus,
)
from tasks.running_attempt import KillReason
from tasks.verify import SubmitAgain, Verdict, judge
from tests.model.promises import (
    CANCEL_KEPT,
    KEPT_ALIVE,
    LIVE_LEASE,
    NO_BLIND_CLICK,
    NO_DRAFT_ONLINE,
    ONE_ARTICLE,
    ONE_HOLDER,
    SHUT_OUT,
    TRUE_END,
    UNASKED,
)
from tests.model.rules import KILLS, Rules
from tests.model.search import NO_WAY_OUT
from tests.model.world import End

K = TypeVar("K")
V = TypeVar("V")
_S = TaskStatus
ONE, MANY = Rules(), Rules(one_article_per_draft=False)
"""A site where publishing one draft twice leaves one article, and one where it makes two."""


@dataclass(frozen=True)
class Wrong:
    """`rules` break `promise`; `steps` are what the way there must show."""

    name: str
    rules: Rules
    promise: str
    steps: tuple[str, ...] = ()


def _but(table: Mapping[K, V], key: K, value: V) -> dict[K, V]:
    return {**table, key: value}


def _move(action: Action, **changes: Any) -> Rules:
    return replace(ONE, moves=_but(MOVES, action, replace(MOVES[action], **changes)))


def _one_attempt(rules: Rules) -> Rules:
    """Enough to see that it does not go on; with more attempts the walk to the end is long."""
    return replace(rules, max_attempts=1)


def _hold(*demands: Demand) -> Rules:
    return replace(ONE, fence_demands=_but(FENCE_DEMANDS, Fencing.HOLD, frozenset(demands)))


def _order(source: Checkpoint, *targets: Checkpoint) -> Rules:
    return replace(ONE, checkpoint_order=_but(CHECKPOINT_ORDER, source, frozenset(targets)))


def _ends_otherwise(instead: Callable[..., Action]) -> Rules:
    return replace(ONE, end_of_attempt=instead)


def _forget_cancel(action: Action) -> Callable[..., Action]:
    """This move no longer gives way to a cancel."""

    def end_of_attempt(wished: Action, *, may_be_online: bool, cancel_requested: bool) -> Action:
        asked = cancel_requested and wished is not action
        return task_decisions.end_of_attempt(wished, may_be_online=may_be_online, cancel_requested=asked)

    return end_of_attempt


def _fail_what_may_be_online(wished: Action, *, may_be_online: bool, cancel_requested: bool) -> Action:
    return task_decisions.end_of_attempt(wished, may_be_online=False, cancel_requested=cancel_requested)


def _stop_what_cannot_be_retried(**facts: Any) -> Action:
    action = task_decisions.after_fault(**facts)
    return Action.STOP if action is Action.FAIL else action


def _rescue_in_spite_of_a_cancel(*, crashes: int, may_be_online: bool, cancel_requested: bool) -> Action:
    return task_decisions.rescue(crashes=crashes, may_be_online=may_be_online, cancel_requested=False)


def _rescue_as_never_submitted(*, crashes: int, may_be_online: bool, cancel_requested: bool) -> Action:
    return task_decisions.rescue(crashes=crashes, may_be_online=False, cancel_requested=cancel_requested)


def _cancel_what_is_submitted(status: TaskStatus, *, may_be_online: bool) -> CancelResult | None:
    return task_decisions.cancel(status, may_be_online=False)


def _believe_at_once(found: FindOutcome, **facts: Any) -> Verdict:
    """StillDraft counts from the first moment."""
    if isinstance(found, StillDraft):
        facts["submitted_seconds_ago"] = facts["verify_seconds"]
    return judge(found, **facts)


def _click_twice_anywhere(found: FindOutcome, **facts: Any) -> Verdict:
    """StillDraft leads to a second click also where that makes a second article."""
    return judge(found, **{**facts, "one_article_per_draft": True})


def _take_unknown_for_a_draft(found: FindOutcome, **facts: Any) -> Verdict:
    is_late = facts["submitted_seconds_ago"] >= facts["verify_seconds"]
    return SubmitAgain() if isinstance(found, Unknown) and is_late else judge(found, **facts)


WRONG = [
    Wrong("a rescue needs to hold the task", _one_attempt(_move(Action.RESCUE, fencing=Fencing.HOLD)), NO_WAY_OUT),
    Wrong("a rescue leaves the fence as it is", _move(Action.RESCUE, fencing=Fencing.NONE), SHUT_OUT, ("rescuer",)),
    Wrong(
        "a take leaves the fence as it is",
        _move(Action.TAKE, fencing=Fencing.NONE),
        ONE_HOLDER,
        ("reply is lost", "takes"),
    ),
    Wrong("a write does not ask for the fence", _hold(Demand.SAME_WORKER), ONE_HOLDER, ("takes",)),
    Wrong("a write asks for nothing", _hold(), ONE_HOLDER, ("takes",)),
    Wrong(
        "a task is taken from its worker while its lease lives",
        replace(ONE, rescue_demands=RESCUE_DEMANDS - {Demand.ENDED_LEASE}),
        KEPT_ALIVE,
        ("rescuer",),
    ),
    Wrong(
        "submitting does not ask for the lease",
        replace(ONE, submit_demands=SUBMIT_DEMANDS - {Demand.LIVE_LEASE}),
        LIVE_LEASE,
        ("the lease ends", "commits `submitting`"),
    ),
    Wrong(
        "a later click does not ask for the lease",
        replace(ONE, click_demands=CLICK_DEMANDS - {Demand.LIVE_LEASE}),
        LIVE_LEASE,
        ("the reply is lost", "the lease ends", "once more that the click comes now"),
    ),
    Wrong(
        "submitting does not ask for a cancel",
        replace(ONE, submit_demands=SUBMIT_DEMANDS - {Demand.NO_CANCEL_REQUEST}),
        CANCEL_KEPT,
        ("told that it will stop", "commits `submitting`"),
    ),
    Wrong(
        "what was submitted is not looked for first",
        replace(ONE, verifies_first=False),
        NO_DRAFT_ONLINE,
        ("takes the task at checkpoint submitting", "opens the draft again"),
    ),
    Wrong(
        "what is submitted again is a draft in between",
        replace(ONE, reopens_to_submit_again=True),
        NO_DRAFT_ONLINE,
        ("SubmitAgain", "opens the draft again", "late click"),
    ),
    Wrong("a draft is believed at once", replace(ONE, judge=_believe_at_once), NO_BLIND_CLICK, ("StillDraft",)),
    Wrong(
        "a second click where it makes a second article",
        replace(MANY, judge=_click_twice_anywhere),
        ONE_ARTICLE,
        ("StillDraft, SubmitAgain", "clicks again"),
    ),
    Wrong(
        "nothing seen is taken for a draft",
        replace(MANY, judge=_take_unknown_for_a_draft),
        ONE_ARTICLE,
        ("Unknown, SubmitAgain", "clicks again"),
    ),
    Wrong("what may be online fails", _ends_otherwise(_fail_what_may_be_online), TRUE_END, ("is failed",)),
    Wrong(
        "what may be online fails with its workers",
        replace(ONE, rescue=_rescue_as_never_submitted),
        TRUE_END,
        ("hands the task on, it is failed",),
    ),
    Wrong(
        "a cancel is taken though it is submitted",
        replace(ONE, cancel=_cancel_what_is_submitted),
        CANCEL_KEPT,
        ("told",),
    ),
    Wrong(
        "a rescue forgets a cancel", replace(ONE, rescue=_rescue_in_spite_of_a_cancel), CANCEL_KEPT, ("told", "hands")
    ),
    *(
        Wrong(f"{action} forgets a cancel", _ends_otherwise(_forget_cancel(action)), CANCEL_KEPT, ("told",))
        for action in sorted(task_decisions.GIVES_WAY_TO_CANCEL)
    ),
    Wrong(
        "a worker that stops cancels its tasks",
        replace(ONE, kills=_but(KILLS, (KillReason.STOPPING, Checkpoint.NONE), End.STOPPED)),
        UNASKED,
        ("is killed (stopping)",),
    ),
    Wrong(
        "what has no retry left is cancelled",
        replace(ONE, after_fault=_stop_what_cannot_be_retried),
        UNASKED,
        ("is cancelled",),
    ),
    Wrong("what was published counts as a draft", _move(Action.FINISH, target=_S.DRAFT_SAVED), TRUE_END),
    Wrong("what a person must see has failed", _move(Action.BLOCK, target=_S.FAILED), TRUE_END),
    Wrong("a stop sends it back into line", _move(Action.STOP, target=_S.WAITING), CANCEL_KEPT, ("told",)),
    Wrong("nobody takes a retry", _one_attempt(_move(Action.TAKE, sources=frozenset({_S.WAITING}))), NO_WAY_OUT),
    Wrong("nobody may submit", _order(Checkpoint.DRAFTED, Checkpoint.NONE), "no way leads from checkpoint drafted"),
    Wrong(
        "no refused draft", _order(Checkpoint.SUBMITTING, Checkpoint.PUBLISHED), "no way leads from checkpoint submi"
    ),
]
