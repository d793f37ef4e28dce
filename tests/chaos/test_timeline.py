"""The replay of a timeline finds every break of the rules, and no more."""

from __future__ import annotations

import pytest

from core.store.task_events import ACTION_EVENTS, EventKind
from core.task_state import MOVES, Action, Checkpoint, Fencing, TaskStatus
from tests.chaos.history import Event
from tests.chaos.made_up_history import START, MadeUpHistory
from tests.chaos.timeline import Timeline, action_of, faults_of_timeline


def event(kind: EventKind, worker: str | None = None, **detail: object) -> Event:
    return Event(1, 1, START, kind, worker, detail)


def event_of(action: Action) -> Event:
    """How this move is told."""
    if action is Action.TAKE:
        return event(EventKind.TAKEN, "w1", fence=1)
    by_worker = MOVES[action].fencing is Fencing.HOLD
    lost = {"lost_worker": "w1"} if MOVES[action].fencing is Fencing.RAISE else {}
    return event(ACTION_EVENTS[action], "w1" if by_worker else None, **lost)


def faults(made: MadeUpHistory, task_id: int = 1) -> list[str]:
    return list(faults_of_timeline(made.tasks[task_id], made.made.timelines()[task_id]))


def handed_in() -> MadeUpHistory:
    made = MadeUpHistory()
    made.hand_in(1)
    return made


@pytest.mark.parametrize("action", list(Action))
def test_every_move_is_known_by_its_event(action: Action) -> None:
    assert action_of(event_of(action)) is action


def test_an_undone_take_is_a_task_handed_back() -> None:
    assert action_of(event(EventKind.TAKE_UNDONE, "w1")) is Action.HAND_BACK


@pytest.mark.parametrize("kind", [EventKind.STEP, EventKind.VERIFIED, EventKind.NOTE, EventKind.CANCEL_REQUESTED])
def test_other_events_move_nothing(kind: EventKind) -> None:
    assert action_of(event(kind, "w1")) is None


@pytest.mark.parametrize("status", list(TaskStatus))
@pytest.mark.parametrize("action", list(Action))
def test_a_move_from_a_wrong_status_is_found(action: Action, status: TaskStatus) -> None:
    timeline = Timeline()
    timeline.status = status
    timeline.holder = "w1" if status is TaskStatus.RUNNING else None
    timeline.checkpoint = Checkpoint.SUBMITTING
    found = [fault for fault in timeline.play([event_of(action)]) if "is not allowed from" in fault]
    assert bool(found) is (status not in MOVES[action].sources)


def test_a_timeline_begins_with_being_handed_in() -> None:
    made = handed_in()
    made.events.clear()
    assert faults(made) == ["its timeline does not begin with being handed in"]


def test_a_worker_that_writes_after_another_took_the_task() -> None:
    made = handed_in()
    made.take(1, "w1")
    made.leave(1, EventKind.RESCUED, TaskStatus.WAITING, None, lost_worker="w1")
    made.take(1, "w2")
    assert faults(made) == []
    made.event(1, EventKind.STEP, "w1")
    (fault,) = faults(made)
    assert "written by w1 while w2 held the task" in fault


def test_a_worker_that_writes_after_it_lost_the_task() -> None:
    made = handed_in()
    made.take(1, "w1")
    made.leave(1, EventKind.RESCUED, TaskStatus.WAITING, None, lost_worker="w1")
    made.event(1, EventKind.DRAFT_CREATED, "w1")
    (fault,) = faults(made)
    assert "written by w1 while nobody held the task" in fault


def test_who_finds_an_orphan_draft_names_the_dead_worker() -> None:
    made = handed_in()
    made.take(1, "w1")
    made.leave(1, EventKind.RESCUED, TaskStatus.WAITING, None, lost_worker="w1")
    made.event(1, EventKind.ORPHAN_DRAFT, "w1")
    assert faults(made) == []


def test_a_worker_that_ends_an_attempt_without_signing() -> None:
    made = handed_in()
    made.take(1, "w1")
    made.leave(1, EventKind.WILL_RETRY, TaskStatus.RETRYING, None)
    (fault,) = faults(made)
    assert "takes a worker that holds the task" in fault


@pytest.mark.parametrize("fence", [1, 3, None])
def test_a_fence_that_is_not_the_next_one(fence: int | None) -> None:
    made = handed_in()
    made.take(1, "w1")
    made.leave(1, EventKind.HANDED_BACK, TaskStatus.WAITING, "w1")
    made.event(1, EventKind.TAKEN, "w2", fence=fence)
    made.row(1, status=TaskStatus.RUNNING, fence=fence or 2)
    (fault,) = faults(made)
    assert "the next one was 2" in fault


def test_a_rescue_uses_up_a_fence() -> None:
    made = handed_in()
    made.take(1, "w1")
    made.leave(1, EventKind.RESCUED, TaskStatus.WAITING, None, lost_worker="w1")
    made.take(1, "w2")
    assert made.tasks[1].fence == 3
    assert faults(made) == []


def test_a_second_click_without_looking_first() -> None:
    made = handed_in()
    made.take(1, "w1")
    made.submit(1, "w1")
    made.event(1, EventKind.SUBMITTING, "w1")
    (fault,) = faults(made)
    assert "no way leads from checkpoint submitting to submitting" in fault


def test_a_click_without_a_draft() -> None:
    made = handed_in()
    made.take(1, "w1")
    made.event(1, EventKind.SUBMITTING, "w1")
    made.row(1, checkpoint=Checkpoint.SUBMITTING)
    (fault,) = faults(made)
    assert "no way leads from checkpoint none to submitting" in fault


def test_published_without_having_been_submitted() -> None:
    made = handed_in()
    made.take(1, "w1")
    made.finish(1, "w1")
    (fault,) = faults(made)
    assert "no way leads from checkpoint none to published" in fault


@pytest.mark.parametrize(
    ("kind", "status", "worker"),
    [
        (EventKind.FAILED, TaskStatus.FAILED, "w1"),
        (EventKind.CANCELLED, TaskStatus.CANCELLED, "w1"),
        (EventKind.FAILED, TaskStatus.FAILED, None),
        (EventKind.CANCELLED, TaskStatus.CANCELLED, None),
    ],
)
def test_what_may_be_online_is_not_ended_without_a_person(
    kind: EventKind, status: TaskStatus, worker: str | None
) -> None:
    made = handed_in()
    made.take(1, "w1")
    made.submit(1, "w1")
    made.leave(1, kind, status, worker, **({} if worker else {"lost_worker": "w1"}))
    made.row(1, fence=1 if worker else 2)
    (fault,) = faults(made)
    assert "of what may be online" in fault


def test_a_person_may_send_it_back_to_the_draft_and_it_is_submitted_once_more() -> None:
    made = handed_in()
    made.take(1, "w1")
    made.submit(1, "w1")
    made.leave(1, EventKind.BLOCKED, TaskStatus.BLOCKED, "w1", reason="needs_review")
    made.leave(1, EventKind.RESUMED, TaskStatus.WAITING, None, answer="publish_again")
    made.take(1, "w2")
    made.event(1, EventKind.SUBMITTING, "w2")
    made.row(1, checkpoint=Checkpoint.SUBMITTING)
    assert faults(made) == []


def test_a_resumed_task_keeps_its_checkpoint_otherwise() -> None:
    made = handed_in()
    made.take(1, "w1")
    made.submit(1, "w1")
    made.leave(1, EventKind.BLOCKED, TaskStatus.BLOCKED, "w1", reason="needs_review")
    made.leave(1, EventKind.RESUMED, TaskStatus.WAITING, None, answer="check_again")
    assert faults(made) == []


@pytest.mark.parametrize("kind", [EventKind.EDITED, EventKind.ACCOUNT_CHANGED])
def test_an_edit_forgets_the_draft_that_was_read_back(kind: EventKind) -> None:
    made = handed_in()
    made.take(1, "w1")
    made.event(1, EventKind.DRAFTED, "w1")
    made.leave(1, EventKind.WILL_RETRY, TaskStatus.RETRYING, "w1")
    made.event(1, kind)
    assert faults(made) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"status": TaskStatus.FAILED}, "status published, its row says failed"),
        ({"checkpoint": Checkpoint.DRAFTED}, "checkpoint published, its row says drafted"),
        ({"fence": 7}, "fence 1, its row says 7"),
    ],
)
def test_a_row_that_says_other_than_its_timeline(changed: dict[str, object], words: str) -> None:
    made = handed_in()
    made.publish(1)
    assert faults(made) == []
    made.row(1, **changed)
    assert faults(made) == [f"its timeline leads to {words}"]
