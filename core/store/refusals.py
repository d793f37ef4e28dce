"""What is said when the state of an article does not allow what its owner asks: how it stands, and what can be
done instead."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from core.errors import NotPossible, TooLate
from core.task_state import BlockReason, Checkpoint, TaskStatus


class Asked(StrEnum):
    """What an owner asks for."""

    CANCEL = "cancel"
    RETRY = "retry"
    RESCHEDULE = "reschedule"
    REPRIORITISE = "reprioritise"
    EDIT = "edit"
    CHANGE_ACCOUNT = "change_account"
    ANSWER = "answer"


class _Stage(StrEnum):
    """How an article stands. The value goes on from “Article 4k7p2m9x1c3v …”."""

    SUBMITTING = "is being submitted just now"
    CHECKING = "was submitted and is still being checked"
    RUNNING = "is being published just now"
    WAITING = "waits for its turn"
    RETRYING = "will be tried again by itself"
    NEEDS_LOGIN = "waits until its account is signed in again"
    NEEDS_HUMAN = "waits until somebody has answered the site's check"
    NEEDS_REVIEW = "may be online and waits for an answer"
    PUBLISHED = "is published"
    DRAFT_SAVED = "is saved as a draft on the site, as it was meant to be"
    FAILED = "has failed"
    CANCELLED = "is cancelled"


_ON_ITS_WAY = frozenset({_Stage.SUBMITTING, _Stage.CHECKING, _Stage.RUNNING})
_NOT_LATE = frozenset({Asked.RETRY, Asked.ANSWER})
"""These cannot come too late, only too early or for nothing."""

_SUBMITTED = "It was submitted before, so its text must stay what it was."
_ON_ITS_ACCOUNT = "It was submitted before, so it stays on the account it has."
_SEE = "See what comes of it."
_SITE = "Whatever else should happen to it has to be done on the site."
_SOONER = "It goes by itself; to have it sooner, give it another time."
_AGAIN = "To publish it once more, hand it in again."
_HINTS: dict[Asked, dict[_Stage, str]] = {
    Asked.CANCEL: {
        _Stage.SUBMITTING: f"That cannot be stopped. {_SEE}",
        _Stage.CHECKING: "It may be online, so it can no longer be cancelled. See what the check finds.",
        _Stage.PUBLISHED: "To take it back, delete it on the site.",
        _Stage.DRAFT_SAVED: "To take it back, delete the draft on the site.",
        _Stage.FAILED: "Nothing more happens to it by itself.",
        _Stage.CANCELLED: "Nothing more happens to it by itself.",
    },
    Asked.RETRY: {
        _Stage.SUBMITTING: _SEE,
        _Stage.CHECKING: "See what the check finds.",
        _Stage.RUNNING: _SEE,
        _Stage.WAITING: _SOONER,
        _Stage.RETRYING: _SOONER,
        _Stage.NEEDS_REVIEW: "Look for it on the site, then answer.",
        _Stage.PUBLISHED: _AGAIN,
        _Stage.DRAFT_SAVED: _AGAIN,
    },
    Asked.RESCHEDULE: {
        _Stage.SUBMITTING: f"It can no longer go at another time. {_SEE}",
        _Stage.RUNNING: "To have it at another time, cancel it, then retry it and give it the time.",
        _Stage.PUBLISHED: _SITE,
        _Stage.DRAFT_SAVED: _SITE,
        _Stage.CANCELLED: "Retry it, then give it another time.",
    },
    Asked.REPRIORITISE: {
        _Stage.SUBMITTING: _SEE,
        _Stage.RUNNING: "Nothing goes before it any more.",
        _Stage.PUBLISHED: _SITE,
        _Stage.DRAFT_SAVED: _SITE,
        _Stage.CANCELLED: "Retry it, then change its priority.",
    },
    Asked.EDIT: {
        _Stage.SUBMITTING: f"Its text must stay what it was. {_SEE}",
        _Stage.CHECKING: "It may be online, so its text must stay what it was. See what the check finds.",
        _Stage.RUNNING: "To change it, cancel it first.",
        _Stage.WAITING: _SUBMITTED,
        _Stage.RETRYING: _SUBMITTED,
        _Stage.NEEDS_LOGIN: _SUBMITTED,
        _Stage.NEEDS_HUMAN: _SUBMITTED,
        _Stage.FAILED: _SUBMITTED,
        _Stage.NEEDS_REVIEW: "Its text must stay what it was until that is answered.",
        _Stage.PUBLISHED: "To change it, edit it on the site.",
        _Stage.DRAFT_SAVED: "To change it, edit the draft on the site.",
        _Stage.CANCELLED: "Retry it, then change it.",
    },
    Asked.CHANGE_ACCOUNT: {
        _Stage.SUBMITTING: "It goes to the account it has. See what comes of it.",
        _Stage.CHECKING: "It may be online on the account it has. See what the check finds.",
        _Stage.RUNNING: "To have it on another account, cancel it first.",
        _Stage.WAITING: _ON_ITS_ACCOUNT,
        _Stage.RETRYING: _ON_ITS_ACCOUNT,
        _Stage.NEEDS_LOGIN: _ON_ITS_ACCOUNT,
        _Stage.NEEDS_HUMAN: _ON_ITS_ACCOUNT,
        _Stage.FAILED: _ON_ITS_ACCOUNT,
        _Stage.NEEDS_REVIEW: "It stays on its account until that is answered.",
        _Stage.PUBLISHED: "To have it on another account too, hand it in again.",
        _Stage.DRAFT_SAVED: "To have it on another account too, hand it in again.",
        _Stage.CANCELLED: "Retry it, then change its account.",
    },
    Asked.ANSWER: {
        _Stage.SUBMITTING: "An answer is only needed if nothing shows whether it is online.",
        _Stage.CHECKING: "An answer is only needed if the check cannot tell.",
    },
}
_NO_QUESTION = "It asks for no answer."
HINTS = tuple(hint for hints in _HINTS.values() for hint in hints.values())
"""All that is said beside a refusal."""


def refused(row: Row[Any], asked: Asked) -> NotPossible:
    """The error to raise for a row that does not allow it. TooLate: it could have been had earlier."""
    stage = _stage(row)
    hint = _HINTS[asked].get(stage, _NO_QUESTION if asked is Asked.ANSWER else "")
    is_late = stage in _ON_ITS_WAY and asked not in _NOT_LATE
    return (TooLate if is_late else NotPossible)(row.public_id, asked.value, stage.value, hint)


def refused_until_looked_for(row: Row[Any], asked: Asked) -> NotPossible:
    """For a row of a restored backup, which may be online under its present title."""
    state = "may have been published before the backup was restored"
    hint = "Its text must stay what it was until TOP_N has looked."
    if asked is Asked.CHANGE_ACCOUNT:
        hint = "It stays on its account until TOP_N has looked."
    return NotPossible(row.public_id, asked.value, state, hint)


def refused_to_leave_its_draft(row: Row[Any], asked: Asked) -> NotPossible:
    """For a row whose draft was submitted, and of which a person has said that it is not online: if he is wrong, only
    the same draft keeps it from being published twice."""
    state = "was submitted before, so it keeps its draft on the site"
    hint = (
        "Topics, column and cover can be changed but not taken out. To be rid of them, cancel it and hand it in anew."
    )
    if asked is Asked.CHANGE_ACCOUNT:
        hint = "It stays on the account it has. To have it on another one, cancel it and hand it in there."
    return NotPossible(row.public_id, asked.value, state, hint)


def _stage(row: Row[Any]) -> _Stage:
    status = TaskStatus(row.status)
    if row.checkpoint == Checkpoint.SUBMITTING:
        if status is TaskStatus.RUNNING:
            return _Stage.SUBMITTING
        if status in (TaskStatus.WAITING, TaskStatus.RETRYING):
            return _Stage.CHECKING
    if status is TaskStatus.BLOCKED:
        return _Stage[BlockReason(row.block_reason).name]
    return _Stage[status.name]
