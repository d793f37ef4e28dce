"""A kill from outside against the step to `submitting`: never both."""

from __future__ import annotations

import threading

import pytest

from core.errors import BrowserLost
from core.task_state import Checkpoint
from tasks.running_attempt import KillReason, RunningAttempt, StepLimits
from tests.unit.held_task import held_task

LIMITS = StepLimits(step_seconds=60, task_seconds=600)


class KilledBrowsers:
    """Remembers the reasons it was killed for."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def kill(self, reason: str) -> None:
        self.reasons.append(reason)


def attempt_with_browser() -> tuple[RunningAttempt, KilledBrowsers]:
    attempt = RunningAttempt(held_task(), LIMITS)
    browser = KilledBrowsers()
    attempt.attach(browser)
    return attempt, browser


def test_a_cancel_kills_the_browser_and_the_next_step() -> None:
    attempt, browser = attempt_with_browser()
    assert attempt.kill(KillReason.CANCELLED)
    assert browser.reasons == ["cancelled"]
    with pytest.raises(BrowserLost):
        attempt.enter_step("writing")
    with pytest.raises(BrowserLost):
        attempt.enter_submitting()


def test_a_cancel_before_there_is_a_browser_counts_when_it_comes() -> None:
    attempt = RunningAttempt(held_task(), LIMITS)
    assert attempt.kill(KillReason.CANCELLED)
    with pytest.raises(BrowserLost):
        attempt.attach(KilledBrowsers())


@pytest.mark.parametrize("reason", [KillReason.CANCELLED, KillReason.STOPPING])
def test_what_is_submitting_is_neither_cancelled_nor_handed_back(reason: KillReason) -> None:
    attempt, browser = attempt_with_browser()
    attempt.enter_submitting()
    assert not attempt.kill(reason)
    assert browser.reasons == []
    assert attempt.checkpoint is Checkpoint.SUBMITTING


@pytest.mark.parametrize("reason", [KillReason.DEADLINE, KillReason.LEASE_LOST])
def test_a_deadline_and_a_lost_lease_end_what_is_submitting(reason: KillReason) -> None:
    attempt, browser = attempt_with_browser()
    attempt.enter_submitting()
    assert attempt.kill(reason)
    assert browser.reasons == [reason.value]


def test_the_end_of_the_grace_time_ends_what_is_submitting() -> None:
    attempt, browser = attempt_with_browser()
    attempt.enter_submitting()
    assert attempt.kill(KillReason.STOPPING, is_final=True)
    assert browser.reasons == ["stopping"]


def test_a_kill_does_not_reach_a_browser_that_is_back() -> None:
    """It may serve another account by now. The attempt is ended all the same."""
    attempt, browser = attempt_with_browser()
    attempt.detach()
    assert attempt.kill(KillReason.LEASE_LOST)
    assert browser.reasons == []
    with pytest.raises(BrowserLost):
        attempt.check()


def test_no_kill_once_the_outcome_is_known() -> None:
    attempt, browser = attempt_with_browser()
    attempt.close()
    assert not attempt.kill(KillReason.LEASE_LOST)
    assert browser.reasons == []
    assert attempt.kill_reason is None


def test_the_outcome_of_a_killed_attempt_is_written_down_without_hindrance() -> None:
    """Also after several looks at a database that is away, each of which is a step."""
    attempt, _ = attempt_with_browser()
    attempt.kill(KillReason.DEADLINE)
    attempt.close()
    attempt.check()
    attempt.enter_step("settling")


def test_the_first_kill_decides() -> None:
    attempt, browser = attempt_with_browser()
    assert attempt.kill(KillReason.DEADLINE)
    assert not attempt.kill(KillReason.CANCELLED)
    assert attempt.kill_reason is KillReason.DEADLINE
    assert browser.reasons == ["deadline"]


def test_cancel_and_submitting_never_both_win() -> None:
    for _ in range(200):
        attempt, browser = attempt_with_browser()
        barrier = threading.Barrier(2)
        results: dict[str, bool] = {}

        def submit(attempt: RunningAttempt = attempt, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            try:
                attempt.enter_submitting()
            except BrowserLost:
                return

        submitter = threading.Thread(target=submit)
        submitter.start()
        barrier.wait()
        results["killed"] = attempt.kill(KillReason.CANCELLED)
        submitter.join()
        assert results["killed"] == bool(browser.reasons)
        assert results["killed"] != (attempt.checkpoint is Checkpoint.SUBMITTING)


def test_deadlines_of_step_and_attempt() -> None:
    assert RunningAttempt(held_task(), StepLimits(step_seconds=-1, task_seconds=600)).is_past_deadline
    assert RunningAttempt(held_task(), StepLimits(step_seconds=60, task_seconds=-1)).is_past_deadline
    assert not RunningAttempt(held_task(), LIMITS).is_past_deadline
