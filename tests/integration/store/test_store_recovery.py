"""Leases: kept alive, ended, handed on."""

from __future__ import annotations

import pytest

from core.store.records import CancelResult, ReviewAnswer
from core.task_state import MAX_CRASHES, Action, BlockReason, Checkpoint, TaskStatus
from tests.integration.store.store_world import OTHER, WORKER, StoreWorld


def test_renew_only_what_is_mine(world: StoreWorld) -> None:
    mine = [world.take(world.add_task()).grip for _ in range(3)]
    others = world.take(world.add_task(), OTHER).grip
    waiting = world.add_task()
    for task_id, _ in [*mine, others]:
        world.end_lease(task_id)
    assert world.store.renew_leases(WORKER, mine[:2]) == set(mine[:2])
    assert {one.task_id for one in world.store.expired()} == {mine[2][0], others[0]}
    assert world.store.renew_leases(WORKER, [*mine, others, (waiting, 0), (99_999, 1)]) == set(mine)
    assert {one.task_id for one in world.store.expired()} == {others[0]}
    assert world.store.renew_leases(WORKER, []) == set()


def test_an_earlier_hold_of_the_same_worker_renews_nothing(world: StoreWorld) -> None:
    """A process that slept past its lease has the task again, in another thread."""
    earlier = world.take(world.add_task())
    world.end_lease(earlier)
    assert world.store.rescue(world.store.expired()[0]) is Action.RESCUE
    now = world.take(earlier.id)
    world.end_lease(now)
    assert world.store.renew_leases(WORKER, [earlier.grip]) == set()
    assert [one.fence for one in world.store.expired()] == [now.fence]
    assert world.store.renew_leases(WORKER, [earlier.grip, now.grip]) == {now.grip}
    assert world.store.expired() == []


def test_a_live_lease_is_not_rescued(world: StoreWorld) -> None:
    held = world.take(world.add_task())
    assert world.store.expired() == []
    world.end_lease(held)
    expired = world.store.expired()[0]
    assert (expired.task_id, expired.fence, expired.worker_id) == (held.id, held.fence, WORKER)
    assert world.store.renew_leases(WORKER, [held.grip]) == {held.grip}
    assert world.store.rescue(expired) is None
    assert world.view(held).status == TaskStatus.RUNNING


def test_rescue_hands_on_with_draft_and_checkpoint(world: StoreWorld) -> None:
    held = world.submitting()
    world.end_lease(held)
    expired = world.store.expired()[0]
    assert world.store.rescue(expired) is Action.RESCUE
    assert world.store.rescue(expired) is None
    view = world.view(held)
    assert (view.status, view.crash_count, view.checkpoint) == (TaskStatus.WAITING, 1, Checkpoint.SUBMITTING)
    assert world.queries.entry(held.id) == expired.entry
    assert expired.entry.is_resumed
    again = world.take(held.id, OTHER)
    assert again.fence == held.fence + 2
    assert (again.crash_count, again.submitted_at, again.remote_draft_id) == (1, view.submitted_at, "d-1")
    story = world.queries.events(held.id)[-2]
    assert (story.kind, story.detail["lost_worker"], story.detail["checkpoint"]) == ("rescued", WORKER, "submitting")


def test_an_old_view_of_a_lease_rescues_nobody_else(world: StoreWorld) -> None:
    """The rescuer was slow: meanwhile the task was rescued, taken by another, and that lease ended as well."""
    held = world.take(world.add_task())
    world.end_lease(held)
    old_view = world.store.expired()[0]
    assert world.store.rescue(old_view) is Action.RESCUE
    world.take(held.id, OTHER)
    world.end_lease(held)
    assert world.store.rescue(old_view) is None
    assert world.view(held).status == TaskStatus.RUNNING


def test_three_rescues_fail(world: StoreWorld) -> None:
    task_id = world.add_task()
    done = []
    for _ in range(MAX_CRASHES):
        world.end_lease(world.take(task_id))
        done.append(world.store.rescue(world.store.expired()[0]))
    assert done == [Action.RESCUE, Action.RESCUE, Action.RESCUE_FAIL]
    view = world.view(task_id)
    assert (view.status, view.error_class, view.crash_count) == (TaskStatus.FAILED, "Crashed", 3)
    assert world.kinds(task_id).count("rescued") == 2
    assert world.queries.events(task_id)[-1].detail["lost_worker"] == WORKER


def test_a_crashed_task_that_may_be_online_is_for_a_person(world: StoreWorld) -> None:
    held = world.submitting()
    world.sql("UPDATE publish_tasks SET crash_count = 2")
    world.end_lease(held)
    assert world.store.rescue(world.store.expired()[0]) is Action.RESCUE_REVIEW
    view = world.view(held)
    assert (view.status, view.block_reason, view.crash_count) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW, 3)
    assert "may be online" in (view.error_message or "")
    event = world.queries.events(held.id)[-1]
    assert (event.kind, event.detail["reason"], event.detail["lost_worker"]) == ("blocked", "needs_review", WORKER)
    assert event.detail["evidence"] == {"draft_id": "d-1", "submitted_at": str(view.submitted_at)}
    assert world.store.answer_review(held.id, ReviewAnswer.CHECK_AGAIN) is not None
    assert world.view(held).crash_count == 0


def test_rescue_of_a_cancelled_task_ends_it(world: StoreWorld) -> None:
    held = world.drafted()
    assert world.store.cancel(held.id) is CancelResult.REQUESTED
    world.end_lease(held)
    assert world.store.rescue(world.store.expired()[0]) is Action.RESCUE_CANCEL
    assert world.view(held).status == TaskStatus.CANCELLED


def test_release_worker_hands_on_at_once_and_only_its_own(world: StoreWorld) -> None:
    first, second = world.take(world.add_task()), world.submitting()
    others = world.take(world.add_task(), OTHER)
    world.store.cancel(first.id)
    released = world.store.release_worker(WORKER)
    assert [(one.action, one.entry.task_id) for one in released] == [
        (Action.RESCUE_CANCEL, first.id),
        (Action.RESCUE, second.id),
    ]
    assert world.store.release_worker(WORKER) == []
    assert world.view(others).status == TaskStatus.RUNNING


def test_wishes_to_cancel_reach_the_worker(world: StoreWorld) -> None:
    held = world.drafted()
    world.take(world.add_task())
    assert world.store.cancel_requested(WORKER) == []
    world.store.cancel(held.id)
    world.store.cancel(held.id)
    (wish,) = world.store.cancel_requested(WORKER)
    assert (wish.task_id, wish.fence, wish.checkpoint) == (held.id, held.fence, Checkpoint.DRAFTED)
    assert world.store.cancel_requested(OTHER) == []
    assert world.kinds(held).count("cancel_requested") == 1


@pytest.mark.parametrize("limit", [1, 2])
def test_expired_gives_the_longest_ended_first(sqlite_world: StoreWorld, limit: int) -> None:
    ids = [sqlite_world.take(sqlite_world.add_task()).id for _ in range(3)]
    for task_id in reversed(ids):
        sqlite_world.sql(
            "UPDATE publish_tasks SET lease_until = :at WHERE id = :id",
            at=f"2020-01-0{4 - ids.index(task_id)} 00:00:00.000000",
            id=task_id,
        )
    assert [one.task_id for one in sqlite_world.store.expired(limit)] == list(reversed(ids))[:limit]
