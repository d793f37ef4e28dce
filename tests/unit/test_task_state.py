"""The table of moves says what DESIGN §3 says."""

from __future__ import annotations

import pytest

from core.task_state import CHECKPOINT_ORDER, FINAL_STATUSES, MOVES, Action, Checkpoint, Fencing, TaskStatus


def test_every_action_has_one_line_in_the_table() -> None:
    assert set(MOVES) == set(Action)


def test_only_an_explicit_retry_leaves_a_final_state() -> None:
    leaving = {action for action, move in MOVES.items() if move.sources & FINAL_STATUSES}
    assert leaving == {Action.RETRY_BY_HAND}
    assert MOVES[Action.RETRY_BY_HAND].sources == {TaskStatus.FAILED, TaskStatus.CANCELLED}


def test_who_leaves_running_holds_the_task_or_shuts_its_holder_out() -> None:
    for action, move in MOVES.items():
        if TaskStatus.RUNNING in move.sources:
            assert move.fencing is not Fencing.NONE, action
        elif move.target is not TaskStatus.RUNNING:
            assert move.fencing is Fencing.NONE, action


def test_taking_raises_the_fence() -> None:
    assert MOVES[Action.TAKE].fencing is Fencing.RAISE
    assert MOVES[Action.RESCUE].fencing is Fencing.RAISE


@pytest.mark.parametrize("status", list(TaskStatus))
def test_every_state_that_is_not_final_has_a_way_out(status: TaskStatus) -> None:
    ways_out = [move for move in MOVES.values() if status in move.sources]
    assert ways_out or status in {TaskStatus.PUBLISHED, TaskStatus.DRAFT_SAVED}


@pytest.mark.parametrize("status", list(TaskStatus))
def test_every_state_can_be_reached(status: TaskStatus) -> None:
    assert any(move.target is status for move in MOVES.values())


def test_nothing_is_submitted_that_was_not_drafted() -> None:
    before_submitting = {source for source, targets in CHECKPOINT_ORDER.items() if Checkpoint.SUBMITTING in targets}
    assert before_submitting == {Checkpoint.DRAFTED}
    assert Checkpoint.NONE not in CHECKPOINT_ORDER[Checkpoint.SUBMITTING]
