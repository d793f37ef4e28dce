"""What the worker that holds a task may write, and what it may no longer write once it lost it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from core.errors import CancelRequested, Conflict, LeaseLost, TooLate
from core.lane import PauseScope
from core.store.clock import later_sql
from core.store.models import PublishTask
from core.store.pauses import PauseStore
from core.store.records import Actor, HeldTask, NewBatch
from core.store.task_events import EventKind
from core.task_state import Action, BlockReason, Checkpoint, Step, TaskStatus
from tests.integration.store.store_world import OTHER, WORKER, Draft, StoreWorld

FENCED: dict[str, Callable[[StoreWorld, HeldTask], object]] = {
    "record_step": lambda world, held: world.store.record_step(held, Step.WRITTEN),
    "record_draft_id": lambda world, held: world.store.record_draft_id(held, "d-2"),
    "record_event": lambda world, held: world.store.record_event(held, EventKind.NOTE, reason="x"),
    "record_drafted": lambda world, held: world.store.record_drafted(held, Draft()),
    "begin_submitting": lambda world, held: world.store.begin_submitting(held),
    "renew_submitting": lambda world, held: world.store.renew_submitting(held),
    "submit_again": lambda world, held: world.store.submit_again(held),
    "reopen_draft": lambda world, held: world.store.reopen_draft(held),
    "discard_draft": lambda world, held: world.store.discard_draft(held),
    "finish_published": lambda world, held: world.store.finish_published(held, "1", "https://x/1"),
    "finish_draft_saved": lambda world, held: world.store.finish_draft_saved(held),
    "retry_later": lambda world, held: world.store.retry_later(
        held, delay_seconds=1, error_class="X", message="x", uses_retry=True
    ),
    "crash": lambda world, held: world.store.retry_later(
        held, delay_seconds=1, error_class="X", message="x", uses_retry=False, is_crash=True
    ),
    "block": lambda world, held: world.store.block(held, BlockReason.NEEDS_LOGIN, error_class="X", message="x"),
    "fail": lambda world, held: world.store.fail(held, error_class="X", message="x"),
    "stop": lambda world, held: world.store.stop(held),
    "hand_back": lambda world, held: world.store.hand_back(held, "x"),
    "undo_take": lambda world, held: world.store.undo_take(held, was_fresh=True),
}


@pytest.mark.parametrize("checkpoint", [Checkpoint.NONE, Checkpoint.DRAFTED, Checkpoint.SUBMITTING])
def test_whoever_lost_its_lease_writes_nothing(sqlite_world: StoreWorld, checkpoint: Checkpoint) -> None:
    """After a rescue, and after another worker took the task: the fence decides, whatever the checkpoint."""
    refuse_all_late_writes(sqlite_world, checkpoint)


def test_whoever_lost_its_lease_writes_nothing_on_either_database(world: StoreWorld) -> None:
    refuse_all_late_writes(world, Checkpoint.SUBMITTING)


def refuse_all_late_writes(world: StoreWorld, checkpoint: Checkpoint) -> None:
    reach = {
        Checkpoint.NONE: lambda: world.take(world.add_task()),
        Checkpoint.DRAFTED: world.drafted,
        Checkpoint.SUBMITTING: world.submitting,
    }
    late = reach[checkpoint]()
    world.end_lease(late)
    assert world.store.rescue(world.store.expired()[0]) is Action.RESCUE
    # Nobody holds it; another worker; and the same worker again, in another thread: then the fence alone decides.
    for holder in (None, OTHER, WORKER):
        if holder is not None:
            held = world.take(late.id, holder)
        before, events = world.view(late), world.kinds(late)
        for name, write in FENCED.items():
            with pytest.raises(LeaseLost):
                write(world, late)
            assert (name, world.view(late), world.kinds(late)) == (name, before, events)
        if holder is not None:
            world.store.hand_back(held, "next")


def test_the_whole_way(world: StoreWorld) -> None:
    held = world.take(world.add_task())
    assert (held.attempt, held.fence, held.checkpoint) == (1, 1, Checkpoint.NONE)
    assert (held.article.title, held.article.content, held.account_name) == ("标题 😀", "正文", "main")
    view = world.view(held)
    assert (view.status, view.progress, view.first_claimed_ms) == (TaskStatus.RUNNING, 10, 1_000)
    world.store.record_step(held, Step.SIGNED_IN)
    world.store.record_draft_id(held, "d-1")
    world.store.record_drafted(held, Draft())
    before = datetime.now(UTC)
    submitted_at = world.store.begin_submitting(held)
    assert abs(submitted_at - before) < timedelta(seconds=60)
    world.store.record_step(held, Step.SUBMITTED)
    world.store.finish_published(held, "777", "https://zhuanlan.zhihu.com/p/777", "under_review")
    view = world.view(held)
    assert (view.status, view.checkpoint, view.progress) == (TaskStatus.PUBLISHED, Checkpoint.PUBLISHED, 100)
    assert (view.remote_id, view.site_state, view.submitted_at) == ("777", "under_review", submitted_at)
    assert view.finished_at is not None
    assert world.kinds(held) == [
        "handed_in", "taken", "step", "draft_created", "drafted", "submitting", "step", "published",
    ]  # fmt: skip
    assert world.rows.running_rows() == []


def test_a_draft_that_was_wished_for(world: StoreWorld) -> None:
    held = world.drafted()
    world.store.finish_draft_saved(held, "https://zhuanlan.zhihu.com/p/1/edit")
    view = world.view(held)
    assert (view.status, view.checkpoint, view.progress) == (TaskStatus.DRAFT_SAVED, Checkpoint.DRAFTED, 100)


def test_the_timeline_counts_the_attempts(world: StoreWorld) -> None:
    task_id = world.add_task()
    world.store.retry_later(world.take(task_id), delay_seconds=0, error_class="X", message="x", uses_retry=True)
    world.store.hand_back(world.take(task_id), "x")
    taken = [event.detail["attempt"] for event in world.queries.events(task_id) if event.kind == EventKind.TAKEN]
    assert taken == [1, 2]


def test_take_only_what_may_go(world: StoreWorld) -> None:
    def take(task_id: int) -> HeldTask | None:
        return world.store.take(task_id, worker_id=WORKER, claimed_ms=5)

    later = world.add_task(run_at=datetime.now(UTC) + timedelta(hours=1))
    due = world.add_task(run_at=datetime.now(UTC) - timedelta(minutes=1))
    batch = NewBatch(world.user_id, "a.csv")
    in_batch = world.intake.insert([world.new_task()], batch=batch, actor=Actor.system())[0]
    pauses = PauseStore(world.db)
    pauses.add(PauseScope.BATCH, str(in_batch.batch_id), by="admin")
    assert take(later) is None
    assert take(in_batch.task_id) is None
    assert take(99_999) is None
    assert take(due) is not None
    assert take(due) is None
    pauses.lift(PauseScope.BATCH, str(in_batch.batch_id))
    assert take(in_batch.task_id) is not None
    assert world.view(later).status == TaskStatus.WAITING


def test_first_claim_is_never_overwritten(world: StoreWorld) -> None:
    task_id = world.add_task()
    held = world.store.take(task_id, worker_id=WORKER, claimed_ms=111)
    assert held is not None
    world.store.hand_back(held, "stopping")
    again = world.store.take(task_id, worker_id=OTHER, claimed_ms=222)
    assert again is not None
    assert world.view(task_id).first_claimed_ms == 111
    assert (again.fence, again.attempt) == (2, 2)


def test_undo_take_leaves_no_trace_but_its_events(world: StoreWorld) -> None:
    task_id = world.add_task()
    untouched = world.view(task_id)
    world.store.undo_take(world.take(task_id), was_fresh=True, reason="no browser")
    assert world.view(task_id) == untouched
    assert world.kinds(task_id) == ["handed_in", "taken", "take_undone"]
    held = world.take(task_id)
    world.store.hand_back(held, "x")
    world.store.undo_take(world.take(task_id), was_fresh=False)
    view = world.view(task_id)
    assert (view.attempt, view.first_claimed_ms) == (1, 1_000)


def test_a_take_undone_of_what_its_owner_stopped_is_no_start(world: StoreWorld) -> None:
    """Its turn is given back, so that another article starts in its stead: counted as well, it would be one too many
    in a minute."""
    held = world.take(world.add_task())
    world.store.cancel(held.id)
    assert world.store.undo_take(held, was_fresh=True) is Action.STOP
    assert world.rows.starts_since(0) == []


def test_hand_back_costs_nothing(world: StoreWorld) -> None:
    held = world.drafted()
    assert world.store.hand_back(held, "worker stops") is Action.HAND_BACK
    view = world.view(held)
    assert (view.status, view.retries_used, view.crash_count) == (TaskStatus.WAITING, 0, 0)
    assert (view.checkpoint, view.remote_draft_id, view.progress) == (Checkpoint.DRAFTED, "d-1", 0)


def test_submitting_needs_a_lease_that_has_not_ended(world: StoreWorld) -> None:
    """A worker that was suspended must not click, even if nobody has taken its task yet."""
    held = world.drafted()
    world.end_lease(held)
    with pytest.raises(LeaseLost):
        world.store.begin_submitting(held)
    assert world.view(held).checkpoint == Checkpoint.DRAFTED
    assert world.store.renew_leases(WORKER, [held.grip]) == {held.grip}
    world.store.begin_submitting(held)


def test_submitting_extends_the_lease(world: StoreWorld) -> None:
    held = world.drafted()
    with world.db.write() as connection:
        connection.execute(update(PublishTask).values(lease_until=later_sql(5)))
    world.store.begin_submitting(held)
    world.store.record_step(held, Step.SUBMITTED)
    assert world.store.expired() == []
    with world.db.read() as connection:
        assert connection.scalar(select(PublishTask.lease_until > later_sql(20)))


def test_submitting_happens_once(world: StoreWorld) -> None:
    held = world.submitting()
    with pytest.raises(LeaseLost):
        world.store.begin_submitting(held)


def test_submitting_again_renews_the_moment_and_the_lease_and_leaves_the_checkpoint(world: StoreWorld) -> None:
    first = world.submitting()
    world.store.hand_back(first, "x")
    held = world.take(first.id)
    with world.db.write() as connection:
        connection.execute(update(PublishTask).values(lease_until=later_sql(5)))
    submitted_at = world.store.submit_again(held)
    view = world.view(held)
    assert held.submitted_at is not None
    assert submitted_at > held.submitted_at
    assert (view.checkpoint, view.submitted_at) == (Checkpoint.SUBMITTING, submitted_at)
    with pytest.raises(TooLate):
        world.store.cancel(held.id)
    with world.db.read() as connection:
        assert connection.scalar(select(PublishTask.lease_until > later_sql(20)))
    assert world.kinds(held)[-1] == "resubmitting"


def test_submitting_again_needs_a_lease_and_an_earlier_submission(world: StoreWorld) -> None:
    held = world.drafted()
    with pytest.raises(LeaseLost):
        world.store.submit_again(held)
    world.store.begin_submitting(held)
    world.end_lease(held)
    before = world.view(held)
    with pytest.raises(LeaseLost):
        world.store.submit_again(held)
    assert world.view(held) == before


def test_a_cancel_request_stops_the_submit(world: StoreWorld) -> None:
    held = world.drafted()
    world.store.cancel(held.id)
    with pytest.raises(CancelRequested):
        world.store.begin_submitting(held)
    world.store.stop(held)
    assert world.view(held).status == TaskStatus.CANCELLED


def test_what_was_submitted_cannot_be_stopped(world: StoreWorld) -> None:
    held = world.submitting()
    with pytest.raises(LeaseLost):
        world.store.stop(held)
    assert world.view(held).status == TaskStatus.RUNNING


def test_published_only_after_submitting(world: StoreWorld) -> None:
    held = world.drafted()
    with pytest.raises(LeaseLost):
        world.store.finish_published(held, "1", "https://x/1")


def test_reopen_and_discard(world: StoreWorld) -> None:
    held = world.submitting()
    world.store.reopen_draft(held, "still a draft")
    view = world.view(held)
    assert (view.checkpoint, view.submitted_at) == (Checkpoint.DRAFTED, None)
    world.store.discard_draft(held)
    view = world.view(held)
    assert (view.checkpoint, view.remote_draft_id) == (Checkpoint.NONE, "d-1")


def test_an_article_of_the_site_has_one_owner(world: StoreWorld) -> None:
    first, second = world.submitting(), world.submitting()
    world.store.finish_published(first, "777", "https://x/777")
    with pytest.raises(Conflict, match=first.public_id):
        world.store.finish_published(second, "777", "https://x/777")
    assert world.view(second).status == TaskStatus.RUNNING
    world.store.block(second, BlockReason.NEEDS_REVIEW, error_class="Conflict", message="owned")
    assert world.view(second).block_reason == BlockReason.NEEDS_REVIEW


def retry(world: StoreWorld, held: HeldTask, *, uses_retry: bool = True, is_crash: bool = False) -> Action:
    return world.store.retry_later(
        held, delay_seconds=0, error_class="RetryLater", message="502", uses_retry=uses_retry, is_crash=is_crash
    )


def test_retries_are_counted(world: StoreWorld) -> None:
    task_id = world.add_task(max_retries=2)
    done = [retry(world, world.take(task_id)) for _ in range(3)]
    assert done == [Action.RETRY_LATER, Action.RETRY_LATER, Action.FAIL]
    view = world.view(task_id)
    assert (view.status, view.retries_used, view.attempt) == (TaskStatus.FAILED, 2, 3)
    assert (view.error_class, view.error_message) == ("RetryLater", "502")


def test_retries_that_cost_nothing(world: StoreWorld) -> None:
    task_id = world.add_task(max_retries=0)
    for _ in range(4):
        assert retry(world, world.take(task_id), uses_retry=False) is Action.RETRY_LATER
    assert world.view(task_id).retries_used == 0


def test_without_a_retry_left_what_may_be_online_goes_to_a_person(world: StoreWorld) -> None:
    task_id = world.add_task(max_retries=0)
    held = world.submitting(task_id)
    assert retry(world, held) is Action.BLOCK
    assert world.view(task_id).block_reason == BlockReason.NEEDS_REVIEW


def test_three_crashes_of_what_may_be_online_are_for_a_person(world: StoreWorld) -> None:
    held = world.submitting()
    world.sql("UPDATE publish_tasks SET crash_count = 2")
    assert retry(world, held, uses_retry=False, is_crash=True) is Action.BLOCK
    view = world.view(held)
    assert (view.status, view.block_reason, view.crash_count) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW, 3)
    assert "may be online" in (view.error_message or "")
    assert world.queries.events(held.id)[-1].detail["evidence"]["draft_id"] == "d-1"


def test_what_may_be_online_is_never_failed(world: StoreWorld) -> None:
    held = world.submitting()
    assert world.store.fail(held, error_class="Rejected", message="no longer allowed") is Action.BLOCK
    view = world.view(held)
    assert (view.status, view.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW)
    assert view.error_message == "no longer allowed"


def test_three_crashes_fail_and_their_story_is_told(world: StoreWorld) -> None:
    task_id = world.add_task()
    done = [retry(world, world.take(task_id), uses_retry=False, is_crash=True) for _ in range(3)]
    assert done == [Action.RETRY_LATER, Action.RETRY_LATER, Action.FAIL]
    view = world.view(task_id)
    assert (view.status, view.crash_count, view.error_class) == (TaskStatus.FAILED, 3, "Crashed")
    crashes = [event.detail["crashes"] for event in world.queries.events(task_id) if "crashes" in event.detail]
    assert crashes == [1, 2, 3]


def test_a_retry_waits_for_its_time(world: StoreWorld) -> None:
    held = world.take(world.add_task())
    world.store.retry_later(held, delay_seconds=60, error_class="X", message="x", uses_retry=True)
    view = world.view(held)
    assert view.status == TaskStatus.RETRYING
    assert view.run_at is not None
    assert view.run_at - datetime.now(UTC) > timedelta(seconds=30)
    assert world.store.take(held.id, worker_id=WORKER, claimed_ms=2) is None


@pytest.mark.parametrize("ending", ["retry_later", "block", "hand_back", "undo_take", "crash"])
def test_what_its_owner_cancelled_does_not_go_on(sqlite_world: StoreWorld, ending: str) -> None:
    held = sqlite_world.drafted()
    sqlite_world.store.cancel(held.id)
    assert FENCED[ending](sqlite_world, held) is Action.STOP
    assert sqlite_world.view(held).status == TaskStatus.CANCELLED


def test_the_true_outcome_wins_over_a_cancel_request(world: StoreWorld) -> None:
    held = world.drafted()
    world.store.cancel(held.id)
    world.store.finish_draft_saved(held)
    view = world.view(held)
    assert (view.status, view.cancel_requested) == (TaskStatus.DRAFT_SAVED, False)


def test_evidence_for_a_person(world: StoreWorld) -> None:
    held = world.submitting()
    evidence = {"last_url": "https://x/p/1", "draft_url": "https://x/p/1/edit"}
    world.store.block(
        held,
        BlockReason.NEEDS_REVIEW,
        error_class="Unknown",
        message="no answer",
        evidence=evidence,
        screenshot_path="shots/1.png",
    )
    event = world.queries.events(held.id)[-1]
    assert (event.kind, event.detail["evidence"]) == ("blocked", evidence)
    assert world.view(held).screenshot_path == "shots/1.png"


def test_held_tells_what_is_so(world: StoreWorld) -> None:
    held = world.submitting()
    again = world.store.held(held.id, held.fence, held.worker_id)
    assert again is not None
    assert (again.checkpoint, again.remote_draft_id) == (Checkpoint.SUBMITTING, "d-1")
    assert world.store.held(held.id, held.fence, OTHER) is None
    assert world.store.held(held.id, held.fence + 1, held.worker_id) is None
