"""How an attempt at an article can end, as values, and the one table from errors to them.

`tasks.publish_worker` makes one of these per attempt; `tasks.settlement` brings it into the store.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.errors import (
    BrowserLost,
    CancelRequested,
    LeaseLost,
    NeedsHuman,
    NeedsLogin,
    Rejected,
    RetryLater,
    SiteBusy,
    TopnError,
)
from core.publishing.publisher import Published
from core.task_state import BlockReason
from tasks.article_source import FreshCookies
from tasks.running_attempt import KillReason, RunningAttempt

BACK_OFF_SECONDS = (10.0, 60.0, 300.0)
"""Wait before the first, second and every later retry, each ± 20 % so that retries do not arrive together."""
CRASH_DELAY_SECONDS = 2.0
"""Wait after a lost browser: long enough for a new one to start."""


@dataclass(frozen=True, slots=True)
class Online:
    """The site has the article."""

    found: Published


@dataclass(frozen=True, slots=True)
class DraftOnly:
    """`mode=draft` has reached its end."""

    draft_url: str


@dataclass(frozen=True, slots=True)
class TryAgain:
    """A later attempt may do better."""

    delay_seconds: float
    error_class: str
    message: str
    uses_retry: bool = True
    is_crash: bool = False


@dataclass(frozen=True, slots=True)
class SlowedDown:
    """The site asks this account to wait: its other articles wait as well."""

    delay_seconds: float
    message: str


@dataclass(frozen=True, slots=True)
class NeedsPerson:
    """Only a person can go on from here."""

    reason: BlockReason
    error_class: str
    message: str
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """It will not be published, with the reason."""

    error_class: str
    message: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """Its owner cancelled it, and nothing was submitted."""


@dataclass(frozen=True, slots=True)
class HandedBack:
    """This worker is going down; another goes on from the checkpoint."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotBegun:
    """No browser came free, or the turn in line was taken away: as if the task had never been taken."""

    reason: str
    was_fresh: bool


@dataclass(frozen=True, slots=True)
class LostToAnother:
    """Somebody else holds the task now. Nothing more may be written."""


Outcome = (
    Online | DraftOnly | TryAgain | SlowedDown | NeedsPerson | Failure | Stopped | HandedBack | NotBegun | LostToAnother
)


@dataclass(slots=True)
class AttemptEnd:
    """What is known when an attempt is over. `cookies_version` tells which cookies it was made with; None: it
    did not come that far."""

    outcome: Outcome
    screenshot_path: str | None = None
    cookies_version: int | None = None
    fresh_cookies: FreshCookies | None = None


def back_off_seconds(retries_used: int) -> float:
    """The wait before the next retry, in seconds."""
    base = BACK_OFF_SECONDS[min(retries_used, len(BACK_OFF_SECONDS) - 1)]
    return base * random.uniform(0.8, 1.2)  # noqa: S311  # spreads load, guards nothing


def outcome_of_error(error: Exception, attempt: RunningAttempt) -> Outcome:
    """What an error means for the task. Cases, the first that fits:

    1. The browser was killed on purpose: the purpose decides, whatever error came of it.
    2. The error's class, or the nearest one above it, has a line in `POLICY` (DESIGN §6).
    3. Nothing knows this error: it may pass.
    """
    if attempt.kill_reason is not None:
        return _outcome_of_kill(attempt.kill_reason, attempt)
    for error_class in type(error).__mro__:
        if error_class in POLICY:
            return POLICY[error_class](error, attempt)
    return try_again(attempt, _class_name(error), f"Unexpected: {error}")


def _class_name(error: Exception) -> str:
    return type(error).__name__


def _outcome_of_kill(reason: KillReason, attempt: RunningAttempt) -> Outcome:
    match reason:
        case KillReason.CANCELLED:
            return Stopped()
        case KillReason.LEASE_LOST:
            return LostToAnother()
        case KillReason.STOPPING:
            return HandedBack("the worker is stopping")
        case KillReason.DEADLINE:
            message = f"Step {attempt.step_name} took longer than allowed."
            return try_again(attempt, "DeadlinePassed", message)


def try_again(attempt: RunningAttempt, error_class: str, message: str, retry_after: float | None = None) -> TryAgain:
    """Another try, after what the site asks for or else the usual wait. The store has the last word: without a
    retry left the task fails, or a person looks when it may be online."""
    delay_seconds = back_off_seconds(attempt.held.retries_used) if retry_after is None else retry_after
    return TryAgain(delay_seconds, error_class, message)


def after_crash(error_class: str, message: str) -> TryAgain:
    """Another try soon; after `MAX_CRASHES` of one task the store ends it: failed, or for a person to look at when
    it may be online."""
    return TryAgain(CRASH_DELAY_SECONDS, error_class, message, uses_retry=False, is_crash=True)


def _needs_person(reason: BlockReason) -> Callable[[Any, RunningAttempt], Outcome]:
    return lambda error, attempt: NeedsPerson(reason, _class_name(error), error.reason)


POLICY: dict[type, Callable[[Any, RunningAttempt], Outcome]] = {
    LeaseLost: lambda error, attempt: LostToAnother(),
    CancelRequested: lambda error, attempt: Stopped(),
    SiteBusy: lambda error, attempt: SlowedDown(error.retry_after, error.reason),
    NeedsLogin: _needs_person(BlockReason.NEEDS_LOGIN),
    NeedsHuman: _needs_person(BlockReason.NEEDS_HUMAN),
    Rejected: lambda error, attempt: Failure(_class_name(error), error.reason),
    BrowserLost: lambda error, attempt: after_crash(_class_name(error), error.reason),
    RetryLater: lambda error, attempt: try_again(attempt, _class_name(error), error.reason, error.retry_after),
    TopnError: lambda error, attempt: try_again(attempt, _class_name(error), str(error)),
}
"""Error class → what becomes of the task."""
