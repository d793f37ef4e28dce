"""What becomes of a task, case by case."""

from __future__ import annotations

import pytest

from core.store import task_decisions
from core.store.records import CancelResult
from core.task_state import MAX_CRASHES, Action, TaskStatus


@pytest.mark.parametrize(
    ("crashes", "is_crash", "uses_retry", "retries_left", "action"),
    [
        (0, False, True, 1, Action.RETRY_LATER),
        (0, False, True, 0, Action.FAIL),
        (0, False, False, 0, Action.RETRY_LATER),
        (MAX_CRASHES - 1, True, False, 0, Action.RETRY_LATER),
        (MAX_CRASHES, True, False, 3, Action.FAIL),
        (MAX_CRASHES, False, False, 0, Action.RETRY_LATER),
    ],
)
def test_after_a_fault(crashes: int, is_crash: bool, uses_retry: bool, retries_left: int, action: Action) -> None:
    decided = task_decisions.after_fault(
        crashes=crashes, is_crash=is_crash, uses_retry=uses_retry, retries_left=retries_left
    )
    assert decided is action


@pytest.mark.parametrize("wished", list(Action))
def test_what_would_go_on_later_gives_way_to_a_cancel(wished: Action) -> None:
    decided = task_decisions.end_of_attempt(wished, may_be_online=False, cancel_requested=True)
    gives_way = wished in (Action.HAND_BACK, Action.RETRY_LATER, Action.BLOCK)
    assert decided is (Action.STOP if gives_way else wished)


@pytest.mark.parametrize("cancel_requested", [False, True])
@pytest.mark.parametrize("wished", list(Action))
def test_what_may_be_online_is_neither_stopped_nor_failed(wished: Action, cancel_requested: bool) -> None:
    decided = task_decisions.end_of_attempt(wished, may_be_online=True, cancel_requested=cancel_requested)
    assert decided is (Action.BLOCK if wished is Action.FAIL else wished)


@pytest.mark.parametrize(
    ("crashes", "may_be_online", "cancel_requested", "action"),
    [
        (1, False, False, Action.RESCUE),
        (1, True, False, Action.RESCUE),
        (1, False, True, Action.RESCUE_CANCEL),
        (1, True, True, Action.RESCUE),
        (MAX_CRASHES, False, False, Action.RESCUE_FAIL),
        (MAX_CRASHES, False, True, Action.RESCUE_CANCEL),
        (MAX_CRASHES, True, False, Action.RESCUE_REVIEW),
    ],
)
def test_rescue(crashes: int, may_be_online: bool, cancel_requested: bool, action: Action) -> None:
    decided = task_decisions.rescue(crashes=crashes, may_be_online=may_be_online, cancel_requested=cancel_requested)
    assert decided is action


@pytest.mark.parametrize(
    ("status", "result", "result_when_submitted"),
    [
        (TaskStatus.WAITING, CancelResult.CANCELLED, None),
        (TaskStatus.RETRYING, CancelResult.CANCELLED, None),
        (TaskStatus.RUNNING, CancelResult.REQUESTED, None),
        (TaskStatus.BLOCKED, CancelResult.CANCELLED, CancelResult.CANCELLED),
        (TaskStatus.FAILED, None, None),
        (TaskStatus.PUBLISHED, None, None),
    ],
)
def test_cancel(status: TaskStatus, result: CancelResult | None, result_when_submitted: CancelResult | None) -> None:
    assert task_decisions.cancel(status, may_be_online=False) is result
    assert task_decisions.cancel(status, may_be_online=True) is result_when_submitted
