"""What each error means for a task, decided by its class alone."""

from __future__ import annotations

import pytest

from core.errors import (
    BrowserLost,
    CancelRequested,
    LeaseLost,
    NeedsHuman,
    NeedsLogin,
    Rejected,
    RetryLater,
    SiteBusy,
)
from core.task_state import BlockReason
from tasks.outcome import (
    Failure,
    HandedBack,
    LostToAnother,
    NeedsPerson,
    Outcome,
    SlowedDown,
    Stopped,
    TryAgain,
    back_off_seconds,
    outcome_of_error,
)
from tasks.running_attempt import KillReason, RunningAttempt, StepLimits
from tests.unit.held_task import held_task


def attempt(retries_used: int = 0) -> RunningAttempt:
    return RunningAttempt(held_task(retries_used=retries_used), StepLimits(60, 600))


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (LeaseLost(7, 3), LostToAnother()),
        (CancelRequested(7), Stopped()),
        (SiteBusy("操作过于频繁", 60), SlowedDown(60, "操作过于频繁")),
        (NeedsLogin("signed out"), NeedsPerson(BlockReason.NEEDS_LOGIN, "NeedsLogin", "signed out")),
        (NeedsHuman("captcha"), NeedsPerson(BlockReason.NEEDS_HUMAN, "NeedsHuman", "captcha")),
        (Rejected("forbidden words"), Failure("Rejected", "forbidden words")),
        (RetryLater("502", retry_after=7), TryAgain(7, "RetryLater", "502")),
        (BrowserLost("gone"), TryAgain(2.0, "BrowserLost", "gone", uses_retry=False, is_crash=True)),
    ],
)
def test_policy(error: Exception, outcome: Outcome) -> None:
    assert outcome_of_error(error, attempt()) == outcome


def test_a_subclass_follows_the_class_above_it() -> None:
    class RefusedTitle(Rejected):
        pass

    assert outcome_of_error(RefusedTitle("too long"), attempt()) == Failure("RefusedTitle", "too long")


def test_an_error_nobody_knows_may_pass() -> None:
    outcome = outcome_of_error(ZeroDivisionError("oops"), attempt())
    assert isinstance(outcome, TryAgain)
    assert outcome.uses_retry
    assert outcome.error_class == "ZeroDivisionError"


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        (KillReason.CANCELLED, Stopped()),
        (KillReason.LEASE_LOST, LostToAnother()),
        (KillReason.STOPPING, HandedBack("the worker is stopping")),
    ],
)
def test_the_purpose_of_a_kill_decides(reason: KillReason, outcome: Outcome) -> None:
    ended = attempt()
    ended.kill(reason)
    assert outcome_of_error(BrowserLost("gone"), ended) == outcome


def test_a_deadline_uses_a_retry_and_is_no_crash() -> None:
    ended = attempt()
    ended.kill(KillReason.DEADLINE)
    outcome = outcome_of_error(BrowserLost("gone"), ended)
    assert isinstance(outcome, TryAgain)
    assert (outcome.error_class, outcome.uses_retry, outcome.is_crash) == ("DeadlinePassed", True, False)


@pytest.mark.parametrize(("retries_used", "base"), [(0, 10), (1, 60), (2, 300), (9, 300)])
def test_back_off_grows_and_spreads(retries_used: int, base: float) -> None:
    waits = {back_off_seconds(retries_used) for _ in range(200)}
    assert all(0.8 * base <= wait <= 1.2 * base for wait in waits)
    assert len(waits) > 100
