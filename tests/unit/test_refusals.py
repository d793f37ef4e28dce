"""What owners read when an article's state does not allow what they ask."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from core.errors import TooLate
from core.store.owner_moves import CHANGEABLE, WITHOUT_ANSWER
from core.store.refusals import Asked, refused
from core.task_state import MOVES, Action, BlockReason, Checkpoint, TaskStatus

S = TaskStatus
INTERNAL = ("lane", "window", "claim", "lease", "fence", "checkpoint", "_", "needs")
STAGES = [
    *((status, None, False) for status in TaskStatus if status is not S.BLOCKED),
    *((S.BLOCKED, reason, False) for reason in BlockReason),
    *((status, None, True) for status in (S.RUNNING, S.WAITING, S.RETRYING)),
]


def row(status: TaskStatus, reason: BlockReason | None, is_submitted: bool) -> Any:
    checkpoint = Checkpoint.SUBMITTING if is_submitted else Checkpoint.NONE
    return cast("Any", SimpleNamespace(public_id="4k7p", status=status, block_reason=reason, checkpoint=checkpoint))


def is_refused(asked: Asked, status: TaskStatus, reason: BlockReason | None, is_submitted: bool) -> bool:
    """As `core.store.task_changes` decides."""
    match asked:
        case Asked.CANCEL:
            return is_submitted or (status not in MOVES[Action.CANCEL].sources and status is not S.RUNNING)
        case Asked.RETRY:
            return reason not in WITHOUT_ANSWER and status not in MOVES[Action.RETRY_BY_HAND].sources
        case Asked.ANSWER:
            return reason is not BlockReason.NEEDS_REVIEW
        case Asked.EDIT:
            return True  # anything that was submitted before
        case _:
            return status not in CHANGEABLE


CASES = [(asked, *stage) for asked in Asked for stage in STAGES if is_refused(asked, *stage)]


@pytest.mark.parametrize(("asked", "status", "reason", "is_submitted"), CASES)
def test_a_refusal_says_how_it_stands_and_what_can_be_done(
    asked: Asked, status: TaskStatus, reason: BlockReason | None, is_submitted: bool
) -> None:
    error = refused(row(status, reason, is_submitted), asked)
    told = str(error)
    assert told.startswith("Article 4k7p ")
    assert told.endswith(".")
    assert error.hint, told
    assert not any(word in told for word in INTERNAL), told
    assert "too late" not in told


@pytest.mark.parametrize(
    ("asked", "status", "is_submitted", "words"),
    [
        (Asked.CANCEL, S.RUNNING, True, "is being submitted just now. That cannot be stopped."),
        (Asked.CANCEL, S.PUBLISHED, False, "is published. To take it back, delete it on the site."),
        (Asked.RETRY, S.PUBLISHED, False, "is published. To publish it once more, hand it in again."),
        (Asked.RETRY, S.WAITING, False, "waits for its turn. It goes by itself;"),
        (Asked.ANSWER, S.RETRYING, True, "was submitted and is still being checked. An answer is only needed if"),
    ],
)
def test_sentences(asked: Asked, status: TaskStatus, is_submitted: bool, words: str) -> None:
    error = refused(row(status, None, is_submitted), asked)
    assert words in str(error)
    assert isinstance(error, TooLate) is (asked is Asked.CANCEL and is_submitted)
