"""Plays a task's timeline through the product's own table of moves and tells where it broke the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.store.task_events import ACTION_EVENTS, EventKind
from core.task_state import CHECKPOINT_ORDER, MOVES, Action, Checkpoint, Fencing, TaskStatus
from tests.chaos.history import Event, TaskRow

CHECKPOINT_EVENTS = {
    EventKind.DRAFTED: Checkpoint.DRAFTED,
    EventKind.SUBMITTING: Checkpoint.SUBMITTING,
    EventKind.PUBLISHED: Checkpoint.PUBLISHED,
    EventKind.DRAFT_REOPENED: Checkpoint.DRAFTED,
    EventKind.DRAFT_DISCARDED: Checkpoint.NONE,
}
"""What a worker's event makes of the checkpoint, in the order that `CHECKPOINT_ORDER` allows."""
NOT_ONCE_SUBMITTED = frozenset({Action.FAIL, Action.STOP, Action.RESCUE_FAIL, Action.RESCUE_CANCEL})
"""What may be online is never ended by TOP_N alone: a person looks."""
AFTER_THE_END = frozenset({EventKind.ORPHAN_DRAFT})
"""Written in the name of a worker that has lost the task, by who found it."""


def action_of(event: Event) -> Action | None:
    """The move that this event tells of; None: it tells of no move. Two moves may have one kind of event: a worker
    signs what it does itself, and who finds a dead one names it."""
    match event.kind:
        case EventKind.TAKE_UNDONE:
            return Action.HAND_BACK
        case EventKind.FAILED:
            return Action.FAIL if event.worker_id else Action.RESCUE_FAIL
        case EventKind.BLOCKED:
            return Action.BLOCK if event.worker_id else Action.RESCUE_REVIEW
        case EventKind.CANCELLED:
            if event.worker_id:
                return Action.STOP
            return Action.RESCUE_CANCEL if "lost_worker" in event.detail else Action.CANCEL
    return next((action for action, kind in ACTION_EVENTS.items() if kind == event.kind), None)


BEGINS_ANEW = (EventKind.EDITED, EventKind.ACCOUNT_CHANGED)
"""What its owner did after which its draft is written from the beginning."""


class Timeline:
    """The state of one task while its events are played. `play` once; then the attributes tell the end."""

    def __init__(self) -> None:
        self.status = TaskStatus.WAITING
        self.checkpoint = Checkpoint.NONE
        self.fence = 0
        self.holder: str | None = None

    def play(self, events: Sequence[Event]) -> Iterator[str]:
        """What is wrong, in sentences."""
        if not events or events[0].kind != EventKind.HANDED_IN:
            yield "its timeline does not begin with being handed in"
        for event in events:
            for fault in self._play(event):
                yield f"event {event.id} ({event.kind} at {event.at:%H:%M:%S.%f}): {fault}"

    def _play(self, event: Event) -> Iterator[str]:
        is_late = event.worker_id is not None and event.worker_id != self.holder
        if is_late and event.kind not in AFTER_THE_END | {EventKind.TAKEN}:
            yield f"written by {event.worker_id} while {self.holder or 'nobody'} held the task"
        # The checkpoint first: the last step of a worker and the move that ends its attempt are one event.
        yield from self._move_checkpoint(event)
        action = action_of(event)
        if action is not None:
            yield from self._move(event, action)

    def _move(self, event: Event, action: Action) -> Iterator[str]:
        rule = MOVES[action]
        if self.status not in rule.sources:
            yield f"{action} is not allowed from {self.status}"
        if action in NOT_ONCE_SUBMITTED and self.checkpoint is Checkpoint.SUBMITTING:
            yield f"{action} of what may be online"
        if rule.fencing is Fencing.HOLD and event.worker_id is None:
            yield f"{action} takes a worker that holds the task"
        if rule.fencing is Fencing.RAISE:
            self.fence += 1
        if action is Action.TAKE and event.detail.get("fence") != self.fence:
            yield f"taken under fence {event.detail.get('fence')}, the next one was {self.fence}"
            self.fence = int(event.detail.get("fence") or self.fence)
        self.status = rule.target
        self.holder = event.worker_id if action is Action.TAKE else None

    def _move_checkpoint(self, event: Event) -> Iterator[str]:
        target = self._target(event)
        if target is None or (target is self.checkpoint is Checkpoint.NONE):
            return
        is_by_person = event.kind in (EventKind.CONFIRMED_ONLINE, *BEGINS_ANEW)
        if target not in CHECKPOINT_ORDER[self.checkpoint] and not is_by_person:
            yield f"no way leads from checkpoint {self.checkpoint} to {target}"
        self.checkpoint = target

    def _target(self, event: Event) -> Checkpoint | None:
        if event.kind == EventKind.CONFIRMED_ONLINE:
            return Checkpoint.PUBLISHED
        if event.kind in BEGINS_ANEW:
            return Checkpoint.NONE
        if event.kind == EventKind.RESUMED:
            is_again = event.detail.get("answer") == "publish_again" and self.checkpoint is Checkpoint.SUBMITTING
            return Checkpoint.DRAFTED if is_again else None
        return next((target for kind, target in CHECKPOINT_EVENTS.items() if kind == event.kind), None)


def faults_of_timeline(task: TaskRow, events: Sequence[Event]) -> Iterator[str]:
    """What is wrong with a task's timeline, and where it does not lead to what its row says."""
    timeline = Timeline()
    yield from timeline.play(events)
    said = (timeline.status, timeline.checkpoint, timeline.fence)
    shown = (task.status, task.checkpoint, task.fence)
    for what, by_events, in_row in zip(("status", "checkpoint", "fence"), said, shown, strict=True):
        if by_events != in_row:
            yield f"its timeline leads to {what} {by_events}, its row says {in_row}"
