"""Each check lets a good history pass and fails on a bad one."""

from __future__ import annotations

import pytest

from core.store.task_events import EventKind
from core.task_state import Checkpoint, Mode, TaskStatus
from tests.chaos.history import Leftovers
from tests.chaos.history_checker import check
from tests.chaos.made_up_history import START_MS, MadeUpHistory


def broken(history: MadeUpHistory) -> list[str]:
    """The promises that this history breaks."""
    return sorted({violation.promise for violation in check(history.made)})


@pytest.fixture
def history() -> MadeUpHistory:
    """Two published articles of two users."""
    made = MadeUpHistory()
    made.hand_in(1)
    made.hand_in(2, user_id=2)
    made.publish(1)
    made.publish(2)
    return made


@pytest.fixture
def eventful() -> MadeUpHistory:
    """Much happens and all is well: a rescue, a retry, a cancel, a review, a draft, a failure."""
    made = MadeUpHistory(max_running=10, max_starts=10)
    for task_id in range(1, 8):
        made.hand_in(task_id, mode=Mode.DRAFT if task_id == 5 else Mode.PUBLISH)
    # 1: its worker dies after the click; the next one finds it online.
    made.take(1, "w1")
    made.submit(1, "w1")
    made.post(1)
    made.leave(1, EventKind.RESCUED, TaskStatus.WAITING, None, lost_worker="w1")
    made.take(1, "w2")
    made.finish(1, "w2")
    # 2: a retry, then its owner cancels it, and retries it.
    made.take(2, "w1")
    made.leave(2, EventKind.WILL_RETRY, TaskStatus.RETRYING, "w1")
    made.leave(2, EventKind.CANCELLED, TaskStatus.CANCELLED, None, by="user-1")
    made.leave(2, EventKind.RETRIED_BY_HAND, TaskStatus.WAITING, None)
    made.publish(2, "w3")
    # 3: nobody can tell; a person says that it is online.
    made.take(3, "w1")
    made.submit(3, "w1")
    made.post(3)
    made.leave(3, EventKind.BLOCKED, TaskStatus.BLOCKED, "w1", reason="needs_review")
    made.event(3, EventKind.CONFIRMED_ONLINE)
    made.row(3, status=TaskStatus.PUBLISHED, checkpoint=Checkpoint.PUBLISHED, remote_id="p3")
    # 4: stopped while it runs. 5: only a draft. 6: three crashes.
    made.take(4, "w1")
    made.event(4, EventKind.CANCEL_REQUESTED)
    made.leave(4, EventKind.CANCELLED, TaskStatus.CANCELLED, "w1")
    made.take(5, "w1")
    made.event(5, EventKind.DRAFTED, "w1")
    made.row(5, checkpoint=Checkpoint.DRAFTED)
    made.leave(5, EventKind.DRAFT_SAVED, TaskStatus.DRAFT_SAVED, "w1")
    made.take(6, "w1")
    made.leave(6, EventKind.FAILED, TaskStatus.FAILED, None, lost_worker="w1")
    made.event(6, EventKind.ORPHAN_DRAFT, "w1")
    made.row(6, fence=2)
    # 7: the site still has the draft, so it is submitted again, once.
    made.take(7, "w1")
    made.submit(7, "w1")
    made.leave(7, EventKind.RESCUED, TaskStatus.WAITING, None, lost_worker="w1")
    made.take(7, "w2")
    made.event(7, EventKind.RESUBMITTING, "w2")
    made.post(7)
    made.finish(7, "w2")
    return made


def test_a_good_history_passes(history: MadeUpHistory) -> None:
    assert check(history.made) == []


def test_an_eventful_history_passes(eventful: MadeUpHistory) -> None:
    assert check(eventful.made) == []


# Nothing is lost.


def test_an_accepted_article_without_a_row_is_lost(history: MadeUpHistory) -> None:
    history.accepted.append("ref-99")
    assert broken(history) == ["nothing is lost"]


def test_an_article_with_two_rows_is_a_fault(history: MadeUpHistory) -> None:
    history.hand_in(3)
    history.publish(3)
    history.row(3, client_ref="ref-1")
    assert "nothing is lost" in broken(history)


@pytest.mark.parametrize("status", [TaskStatus.WAITING, TaskStatus.RETRYING, TaskStatus.RUNNING])
def test_an_article_on_its_way_at_the_end_is_lost(history: MadeUpHistory, status: TaskStatus) -> None:
    history.hand_in(3)
    history.row(3, status=status)
    assert "nothing is lost" in broken(history)


def test_one_that_waits_for_a_person_is_not_lost(history: MadeUpHistory) -> None:
    history.hand_in(3)
    history.take(3, "w1")
    history.leave(3, EventKind.BLOCKED, TaskStatus.BLOCKED, "w1", reason="needs_login")
    assert broken(history) == []


# Nothing is published twice.


def test_two_posts_of_one_article(history: MadeUpHistory) -> None:
    history.post(1, post_id="p1-again")
    assert "nothing is published twice" in broken(history)


def test_one_draft_that_was_published_twice(history: MadeUpHistory) -> None:
    history.posts.pop()
    history.post(2, post_count=2)
    assert broken(history) == ["nothing is published twice"]


def test_a_post_that_nobody_handed_in(history: MadeUpHistory) -> None:
    history.hand_in(3)
    history.post(3)
    del history.tasks[3]
    history.accepted.pop()
    history.events.pop()
    assert broken(history) == ["nothing is published twice"]


# Rows say what is on the site.


@pytest.mark.parametrize("remote_id", ["another", None])
def test_a_published_row_that_names_another_post(history: MadeUpHistory, remote_id: str | None) -> None:
    history.row(1, remote_id=remote_id)
    assert broken(history) == ["rows say what is on the site"]


def test_a_published_row_without_a_post(history: MadeUpHistory) -> None:
    history.posts.pop()
    assert broken(history) == ["rows say what is on the site"]


def test_a_post_in_somebody_elses_account(history: MadeUpHistory) -> None:
    history.row(1, user_name="somebody else")
    assert broken(history) == ["rows say what is on the site"]


def test_a_cancelled_row_that_was_never_submitted_and_is_online(history: MadeUpHistory) -> None:
    history.hand_in(3)
    history.leave(3, EventKind.CANCELLED, TaskStatus.CANCELLED, None)
    assert broken(history) == []
    history.post(3)
    assert broken(history) == ["rows say what is on the site"]


def test_a_cancelled_row_that_was_submitted_may_be_online(history: MadeUpHistory) -> None:
    history.hand_in(3)
    history.take(3, "w1")
    history.submit(3, "w1")
    history.post(3)
    history.leave(3, EventKind.BLOCKED, TaskStatus.BLOCKED, "w1", reason="needs_review")
    history.leave(3, EventKind.GIVEN_UP, TaskStatus.CANCELLED, None)
    assert broken(history) == []


def test_a_draft_that_was_published(eventful: MadeUpHistory) -> None:
    eventful.post(5)
    assert broken(eventful) == ["rows say what is on the site"]


# Timelines (each rule of the table: test_timeline.py).


def test_a_move_that_the_table_does_not_know(history: MadeUpHistory) -> None:
    history.leave(1, EventKind.FAILED, TaskStatus.FAILED, "w1")
    assert "timelines follow the table of moves" in broken(history)


# Caps.


def running(*user_ids: int) -> MadeUpHistory:
    """Tasks of these users that run at the same time, one after the other coming in."""
    made = MadeUpHistory(max_running=2, max_starts=100)
    for task_id, user_id in enumerate(user_ids, start=1):
        made.hand_in(task_id, user_id=user_id)
    for task_id in range(1, len(user_ids) + 1):
        made.take(task_id, f"w{task_id}", at=100.0 + task_id)
    for task_id in range(1, len(user_ids) + 1):
        made.submit(task_id, f"w{task_id}")
        made.post(task_id)
        made.finish(task_id, f"w{task_id}", at=200.0 + task_id)
    return made


def test_as_many_as_allowed_may_run() -> None:
    assert broken(running(1, 1, 2, 2)) == []


def test_one_more_than_allowed_runs() -> None:
    assert broken(running(1, 2, 1, 2, 1)) == ["nobody runs more than allowed"]


def test_a_run_that_ends_in_the_same_moment_makes_room() -> None:
    made = MadeUpHistory(max_running=1)
    made.hand_in(1)
    made.hand_in(2)
    made.take(1, "w1", at=10)
    made.submit(1, "w1")
    made.post(1)
    made.finish(1, "w1", at=20)
    made.take(2, "w1", at=20)
    made.leave(2, EventKind.FAILED, TaskStatus.FAILED, "w1")
    assert broken(made) == []


def test_a_take_that_is_undone_before_its_first_step_is_no_run() -> None:
    made = running(1, 1)
    made.hand_in(3)
    made.event(3, EventKind.TAKEN, "w3", at=103, fence=1)
    made.event(3, EventKind.TAKE_UNDONE, "w3", at=104)
    made.event(3, EventKind.CANCELLED)
    made.row(3, status=TaskStatus.CANCELLED, fence=1)
    assert broken(made) == []


def test_a_run_that_never_ended_goes_on() -> None:
    made = MadeUpHistory(max_running=1)
    made.hand_in(1)
    made.hand_in(2)
    made.take(1, "w1", at=10)
    made.take(2, "w2", at=500)
    assert "nobody runs more than allowed" in broken(made)


# Windows.


def started(*seconds: float) -> MadeUpHistory:
    """A user's tasks that started at these moments and failed; three may start in a window."""
    made = MadeUpHistory()
    for task_id, second in enumerate(seconds, start=1):
        made.hand_in(task_id)
        made.take(task_id, "w1", start_ms=START_MS + round(second * 1000))
        made.leave(task_id, EventKind.FAILED, TaskStatus.FAILED, "w1")
    return made


def test_as_many_as_allowed_may_start() -> None:
    assert broken(started(0, 1, 2, 60.001, 61.001, 62.001)) == []


def test_at_the_very_end_of_a_window_a_start_still_counts() -> None:
    assert broken(started(0, 1, 2, 60)) == ["nobody starts more than allowed"]


def test_the_window_rolls() -> None:
    assert broken(started(0, 1, 50, 61, 62)) == []
    assert broken(started(0, 1, 50, 61, 62, 100)) == ["nobody starts more than allowed"]


def test_starts_before_a_reset_do_not_count() -> None:
    made = started(0, 1, 2, 4, 5, 6)
    assert broken(made) == ["nobody starts more than allowed"]
    made.resets = {1: (START_MS + 3000,)}
    assert broken(made) == []


def test_a_reset_of_another_user_or_of_another_time_does_not_count() -> None:
    made = started(10, 11, 12, 14)
    made.resets = {1: (START_MS + 9999, START_MS + 14001), 2: (START_MS + 13000,)}
    assert broken(made) == ["nobody starts more than allowed"]


# Leftovers.


@pytest.mark.parametrize(
    "leftovers",
    [Leftovers(running_entries=("7",)), Leftovers(processes=("chromium 1",)), Leftovers(folders=("run/x",))],
)
def test_whatever_is_left_is_named(history: MadeUpHistory, leftovers: Leftovers) -> None:
    history.leftovers = leftovers
    assert broken(history) == ["nothing is left behind"]
