"""The states of a task, the checkpoints inside `running`, and the one table of moves between them.

`core.store.task_store` moves rows by this table alone; DESIGN §3 is its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class TaskStatus(StrEnum):
    """Where a task is. Each says who moves it on, also after a crash."""

    WAITING = "waiting"
    """Accepted; in line, or due later. A worker takes it (the sweeper pushes what is missing from the line);
    its owner cancels or edits it."""
    RUNNING = "running"
    """Held by one worker. That worker moves it on; once its lease has ended, the rescuer."""
    RETRYING = "retrying"
    """A retryable error. The sweeper pushes it when `run_at` has come; then a worker takes it."""
    BLOCKED = "blocked"
    """Needs a person, see `BlockReason`. The person moves it on."""
    PUBLISHED = "published"
    """Final: it is on the site."""
    DRAFT_SAVED = "draft_saved"
    """Final: the end of `mode=draft`."""
    FAILED = "failed"
    """Final, with a reason. Only an explicit retry leaves it."""
    CANCELLED = "cancelled"
    """Final, by its owner's wish. Only an explicit retry leaves it."""

    @property
    def is_final(self) -> bool:
        return self in FINAL_STATUSES


FINAL_STATUSES = frozenset({TaskStatus.PUBLISHED, TaskStatus.DRAFT_SAVED, TaskStatus.FAILED, TaskStatus.CANCELLED})
OPEN_STATUSES = frozenset(TaskStatus) - FINAL_STATUSES


class BlockReason(StrEnum):
    """Why a task needs a person."""

    NEEDS_LOGIN = "needs_login"
    """The site no longer knows the account. A fresh sign-in resumes all tasks of that account."""
    NEEDS_HUMAN = "needs_human"
    """The site asks for a human check. The owner answers it on the site and retries."""
    NEEDS_REVIEW = "needs_review"
    """It may be online and nothing here can tell. A person looks and answers."""


class Checkpoint(StrEnum):
    """How far a task has come; committed before the next step. It outlives the worker."""

    NONE = "none"
    """Nothing that counts. After a crash: open the remembered draft if any, empty it, write again."""
    DRAFTED = "drafted"
    """The saved draft was read back and matches. After a crash: go on with the same draft."""
    SUBMITTING = "submitting"
    """The publish click may have happened. After a crash: verify first, never click blindly."""
    PUBLISHED = "published"
    """The site has it. After a crash: nothing is left to do."""


class Mode(StrEnum):
    """What the owner wants of a task."""

    PUBLISH = "publish"
    """Bring it online."""
    DRAFT = "draft"
    """Only save a draft on the site."""


class Step(IntEnum):
    """The steps people see, with their progress in percent."""

    CLAIMED = 10
    BROWSER_READY = 20
    SIGNED_IN = 30
    WRITTEN = 50
    DRAFTED = 60
    SUBMITTED = 80
    VERIFYING = 90
    PUBLISHED = 100


class Action(StrEnum):
    """A move of a task. `MOVES` says from where, to where and under which fence."""

    TAKE = "take"
    FINISH = "finish"
    SAVE_DRAFT = "save_draft"
    RETRY_LATER = "retry_later"
    BLOCK = "block"
    FAIL = "fail"
    STOP = "stop"
    HAND_BACK = "hand_back"
    RESCUE = "rescue"
    RESCUE_FAIL = "rescue_fail"
    RESCUE_REVIEW = "rescue_review"
    RESCUE_CANCEL = "rescue_cancel"
    CANCEL = "cancel"
    RESUME = "resume"
    RETRY_BY_HAND = "retry_by_hand"
    CONFIRM_ONLINE = "confirm_online"
    GIVE_UP = "give_up"


class Fencing(StrEnum):
    """What a move demands of the row's fence."""

    RAISE = "raise"
    """The fence must be the one that was seen, and grows by one: earlier holders are shut out."""
    HOLD = "hold"
    """The mover must hold the task: same fence, status running."""
    NONE = "none"
    """Nobody holds the task in the states this move starts from."""


class Demand(StrEnum):
    """A condition on the row in the moment of a change, beside its status. The store makes it a part of the
    statement that changes the row."""

    SAME_FENCE = "same_fence"
    """Nobody has taken the task or handed it on since the mover looked."""
    SAME_WORKER = "same_worker"
    """The mover is the worker in the row."""
    LIVE_LEASE = "live_lease"
    """The worker in the row was heard of lately."""
    ENDED_LEASE = "ended_lease"
    """The worker in the row has been silent for too long."""
    NO_CANCEL_REQUEST = "no_cancel_request"
    """Its owner has not asked to stop it."""


FENCE_DEMANDS: dict[Fencing, frozenset[Demand]] = {
    Fencing.RAISE: frozenset({Demand.SAME_FENCE}),
    Fencing.HOLD: frozenset({Demand.SAME_FENCE, Demand.SAME_WORKER}),
    Fencing.NONE: frozenset({Demand.SAME_FENCE}),
}
"""Also who holds nothing must have seen the row as it is."""

SUBMIT_DEMANDS = frozenset({Demand.LIVE_LEASE, Demand.NO_CANCEL_REQUEST})
"""Of the holder that is about to click for the first time: one that slept may not."""

CLICK_DEMANDS = frozenset({Demand.LIVE_LEASE})
"""Of the holder of what is at `submitting` already, before its click and before each later one: it is too late for
a cancel by then."""

RESCUE_DEMANDS = frozenset({Demand.ENDED_LEASE})
"""Of who hands on the task of a worker whose end nobody has seen."""


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the table of moves."""

    sources: frozenset[TaskStatus]
    target: TaskStatus
    fencing: Fencing


def _move(sources: set[TaskStatus], target: TaskStatus, fencing: Fencing) -> Move:
    return Move(frozenset(sources), target, fencing)


_S = TaskStatus

MOVES: dict[Action, Move] = {
    Action.TAKE: _move({_S.WAITING, _S.RETRYING}, _S.RUNNING, Fencing.RAISE),
    Action.FINISH: _move({_S.RUNNING}, _S.PUBLISHED, Fencing.HOLD),
    Action.SAVE_DRAFT: _move({_S.RUNNING}, _S.DRAFT_SAVED, Fencing.HOLD),
    Action.RETRY_LATER: _move({_S.RUNNING}, _S.RETRYING, Fencing.HOLD),
    Action.BLOCK: _move({_S.RUNNING}, _S.BLOCKED, Fencing.HOLD),
    Action.FAIL: _move({_S.RUNNING}, _S.FAILED, Fencing.HOLD),
    Action.STOP: _move({_S.RUNNING}, _S.CANCELLED, Fencing.HOLD),
    Action.HAND_BACK: _move({_S.RUNNING}, _S.WAITING, Fencing.HOLD),
    Action.RESCUE: _move({_S.RUNNING}, _S.WAITING, Fencing.RAISE),
    Action.RESCUE_FAIL: _move({_S.RUNNING}, _S.FAILED, Fencing.RAISE),
    Action.RESCUE_REVIEW: _move({_S.RUNNING}, _S.BLOCKED, Fencing.RAISE),
    Action.RESCUE_CANCEL: _move({_S.RUNNING}, _S.CANCELLED, Fencing.RAISE),
    Action.CANCEL: _move({_S.WAITING, _S.RETRYING, _S.BLOCKED}, _S.CANCELLED, Fencing.NONE),
    Action.RESUME: _move({_S.BLOCKED}, _S.WAITING, Fencing.NONE),
    Action.RETRY_BY_HAND: _move({_S.FAILED, _S.CANCELLED}, _S.WAITING, Fencing.NONE),
    Action.CONFIRM_ONLINE: _move({_S.BLOCKED}, _S.PUBLISHED, Fencing.NONE),
    Action.GIVE_UP: _move({_S.BLOCKED}, _S.CANCELLED, Fencing.NONE),
}
"""The one table of allowed moves. FAIL, RESCUE_FAIL and RESCUE_CANCEL are only for tasks not at `submitting`:
what may be online is never failed, a person looks (BLOCK, RESCUE_REVIEW)."""

CHECKPOINT_ORDER: dict[Checkpoint, frozenset[Checkpoint]] = {
    Checkpoint.NONE: frozenset({Checkpoint.DRAFTED}),
    Checkpoint.DRAFTED: frozenset({Checkpoint.SUBMITTING, Checkpoint.NONE}),
    Checkpoint.SUBMITTING: frozenset({Checkpoint.PUBLISHED, Checkpoint.DRAFTED}),
    Checkpoint.PUBLISHED: frozenset(),
}
"""Checkpoint → those it may become. DRAFTED → NONE: the draft is gone or no longer matches.
SUBMITTING → DRAFTED: the site itself refused the only click so far, or a person says publish again. A draft that is
submitted again by itself stays at SUBMITTING: its earlier click may still arrive, and a task at DRAFTED may be
cancelled, failed and edited as one that is not online for certain."""

MAX_CRASHES = 3
"""A task whose worker died this often is failed: it is likely the cause. One that may be online by then waits for
a person instead."""
