"""What becomes of a task, decided by its row alone: pure rules, asked where the row is locked.

Beside `core.task_state`'s tables, these are all the rules there are; the model check of publishing asks the same.
"""

from __future__ import annotations

from core.store.records import CancelResult
from core.task_state import MAX_CRASHES, MOVES, Action, TaskStatus

GIVES_WAY_TO_CANCEL = frozenset({Action.HAND_BACK, Action.RETRY_LATER, Action.BLOCK})
"""Moves that become STOP if the owner asked meanwhile: what would go on later is what he wants stopped."""


def after_fault(*, crashes: int, is_crash: bool, uses_retry: bool, retries_left: int) -> Action:
    """Whether an attempt that went wrong is followed by another. `crashes` counts this one."""
    if is_crash and crashes >= MAX_CRASHES:
        return Action.FAIL
    if uses_retry and retries_left <= 0:
        return Action.FAIL
    return Action.RETRY_LATER


def end_of_attempt(action: Action, *, may_be_online: bool, cancel_requested: bool) -> Action:
    """The move that a holder's wish to leave its task comes to. What may be online is never failed: a person looks."""
    if action in GIVES_WAY_TO_CANCEL and cancel_requested and not may_be_online:
        return Action.STOP
    if action is Action.FAIL and may_be_online:
        return Action.BLOCK
    return action


def rescue(*, crashes: int, may_be_online: bool, cancel_requested: bool) -> Action:
    """How the task of a dead worker is handed on. `crashes` counts this one."""
    if cancel_requested and not may_be_online:
        return Action.RESCUE_CANCEL
    if crashes < MAX_CRASHES:
        return Action.RESCUE
    return Action.RESCUE_REVIEW if may_be_online else Action.RESCUE_FAIL


def cancel(status: TaskStatus, *, may_be_online: bool) -> CancelResult | None:
    """What an owner's wish to cancel comes to. None: it is too late. What a person is asked about may be cancelled
    all the same: before, he is told that it may be online and is given up."""
    if may_be_online and status is not TaskStatus.BLOCKED:
        return None
    if status is TaskStatus.RUNNING:
        return CancelResult.REQUESTED
    return CancelResult.CANCELLED if status in MOVES[Action.CANCEL].sources else None
