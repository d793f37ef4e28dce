"""A worker that was taken for dead comes back: the cases of Solid Queue's claimed_execution_concurrency_test.rb for
our fence. What it held has been handed on, so whatever it writes is refused, and each task gets one outcome."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from core.errors import LeaseLost
from core.store.records import HeldTask
from core.store.task_events import EventKind
from core.store.task_recovery import Rescued
from core.store.task_store import TaskStore
from core.task_state import Action, BlockReason, Checkpoint, Step, TaskStatus
from tests.integration.store.store_world import OTHER, WORKER, Draft, StoreWorld
from tests.integration.store.test_store_races import run_together

pytestmark = pytest.mark.fault("13")

ROUNDS = 10

Write = Callable[[TaskStore, HeldTask], Any]

FINISHES: dict[str, Write] = {
    "finish_published": lambda store, held: store.finish_published(held, f"r-{held.id}", "https://x/9"),
    "finish_draft_saved": lambda store, held: store.finish_draft_saved(held),
    "fail": lambda store, held: store.fail(held, error_class="X", message="x"),
    "block": lambda store, held: store.block(held, BlockReason.NEEDS_LOGIN, error_class="X", message="x"),
    "stop": lambda store, held: store.stop(held),
}
GIVE_BACKS: dict[str, Write] = {
    "hand_back": lambda store, held: store.hand_back(held, "stopping"),
    "undo_take": lambda store, held: store.undo_take(held, was_fresh=True),
}
PROMOTES: dict[str, Write] = {
    "retry_later": lambda store, held: store.retry_later(
        held, delay_seconds=0, error_class="X", message="x", uses_retry=True
    ),
    "record_step": lambda store, held: store.record_step(held, Step.WRITTEN),
    "record_event": lambda store, held: store.record_event(held, EventKind.NOTE),
    "record_draft_id": lambda store, held: store.record_draft_id(held, "d-2"),
    "record_drafted": lambda store, held: store.record_drafted(held, Draft()),
    "begin_submitting": lambda store, held: store.begin_submitting(held),
    "renew_submitting": lambda store, held: store.renew_submitting(held),
    "submit_again": lambda store, held: store.submit_again(held),
    "reopen_draft": lambda store, held: store.reopen_draft(held),
    "discard_draft": lambda store, held: store.discard_draft(held),
}


def prune(world: StoreWorld, held: HeldTask) -> None:
    """It was silent for too long: its task is handed on."""
    world.end_lease(held)
    assert world.store.rescue(world.store.expired()[0]) is Action.RESCUE


def held_at(world: StoreWorld, checkpoint: Checkpoint) -> HeldTask:
    """A task that its worker has brought so far."""
    if checkpoint is Checkpoint.SUBMITTING:
        return world.submitting()
    return world.drafted() if checkpoint is Checkpoint.DRAFTED else world.take(world.add_task())


def is_refused(world: StoreWorld, held: HeldTask, write: Write) -> None:
    """Nothing has changed, not even the timeline."""
    before = world.view(held), world.queries.events(held.id)
    with pytest.raises(LeaseLost):
        write(world.store, held)
    assert (world.view(held), world.queries.events(held.id)) == before


AT = (Checkpoint.NONE, Checkpoint.DRAFTED, Checkpoint.SUBMITTING)


@pytest.mark.parametrize("checkpoint", AT)
@pytest.mark.parametrize("write", FINISHES.values(), ids=FINISHES)
def test_finishing_by_a_pruned_worker_is_refused(world: StoreWorld, write: Write, checkpoint: Checkpoint) -> None:
    held = held_at(world, checkpoint)
    prune(world, held)
    is_refused(world, held, write)
    world.take(held.id, OTHER)
    is_refused(world, held, write)


@pytest.mark.parametrize("checkpoint", AT)
@pytest.mark.parametrize("write", GIVE_BACKS.values(), ids=GIVE_BACKS)
def test_giving_back_by_a_pruned_worker_is_refused(world: StoreWorld, write: Write, checkpoint: Checkpoint) -> None:
    held = held_at(world, checkpoint)
    prune(world, held)
    is_refused(world, held, write)
    world.take(held.id, OTHER)
    is_refused(world, held, write)
    assert world.store.release_worker(WORKER) == [], "nor does its supervisor's word count any more"


@pytest.mark.parametrize("checkpoint", AT)
@pytest.mark.parametrize("write", PROMOTES.values(), ids=PROMOTES)
def test_going_on_by_a_pruned_worker_is_refused(world: StoreWorld, write: Write, checkpoint: Checkpoint) -> None:
    held = held_at(world, checkpoint)
    prune(world, held)
    is_refused(world, held, write)
    world.take(held.id, OTHER)
    is_refused(world, held, write)
    assert world.store.renew_leases(WORKER, [held.grip]) == set()
    assert world.store.held(held.id, held.fence, WORKER) is None


def test_the_same_worker_that_took_it_again_is_shut_out_of_its_first_take(world: StoreWorld) -> None:
    """The fence decides, not the name."""
    first = world.drafted()
    prune(world, first)
    second = world.take(first.id, WORKER)
    for write in (*FINISHES.values(), *GIVE_BACKS.values(), *PROMOTES.values()):
        is_refused(world, first, write)
    world.store.begin_submitting(second)
    world.store.finish_published(second, "9", "https://x/9")
    assert world.view(first).status is TaskStatus.PUBLISHED


def test_of_two_pruners_one_wins(world: StoreWorld) -> None:
    """Two leaders of the maintenance, or the rescuer and a supervisor that has seen its worker die."""
    for _ in range(ROUNDS):
        held = world.drafted()
        world.end_lease(held)
        expired = world.store.expired()[0]
        by_lease, by_lease_too, by_supervisor = run_together(
            partial(world.store.rescue, expired),
            partial(world.store.rescue, expired),
            partial(world.store.release_worker, WORKER),
        )
        assert isinstance(by_supervisor, list)
        won = [one for one in (by_lease, by_lease_too, *by_supervisor) if one is not None]
        assert len(won) == 1, won
        assert won[0] is Action.RESCUE or isinstance(won[0], Rescued)
        view = world.view(held)
        assert (view.status, view.crash_count) == (TaskStatus.WAITING, 1)
        assert world.kinds(held).count("rescued") == 1


@pytest.mark.parametrize("finish", ["finish_published", "fail", "block"])
def test_of_a_pruner_and_a_finish_one_wins_and_there_is_one_outcome(world: StoreWorld, finish: str) -> None:
    for _ in range(ROUNDS):
        held = world.submitting() if finish == "finish_published" else world.drafted()
        world.end_lease(held)
        expired = world.store.expired()[0]
        finished, pruned = run_together(
            partial(FINISHES[finish], world.store, held), partial(world.store.rescue, expired)
        )
        outcomes = [kind for kind in world.kinds(held) if kind in ("published", "failed", "blocked", "rescued")]
        assert len(outcomes) == 1, outcomes
        if pruned is None:
            assert not isinstance(finished, LeaseLost)
            assert world.view(held).crash_count == 0
        else:
            assert isinstance(finished, LeaseLost)
            assert (world.view(held).status, world.view(held).crash_count) == (TaskStatus.WAITING, 1)
