"""What an attempt writes while answers of the database are lost."""

from __future__ import annotations

import threading

import pytest

from core.errors import LeaseLost
from core.store.records import HeldTask
from core.store.task_store import TaskStore
from core.task_state import Checkpoint
from tasks.held_row import HeldRow
from tasks.running_attempt import RunningAttempt, StepLimits
from tasks.service_watch import ServiceWatch
from tests.integration.store.store_world import LEASE_SECONDS, StoreWorld
from tests.servers.lossy_database import LossyDatabase


def row_of(held: HeldTask, lossy: LossyDatabase) -> HeldRow:
    attempt = RunningAttempt(held, StepLimits(180, 600))
    store = TaskStore(lossy, lease_seconds=LEASE_SECONDS)
    return HeldRow(store, attempt, patience_seconds=600, giving_up=threading.Event(), watch=ServiceWatch())


def test_no_click_when_the_answer_to_submitting_came_after_the_lease(world: StoreWorld, lossy: LossyDatabase) -> None:
    held = world.drafted()
    lossy.lose(meanwhile=lambda: world.end_lease(held))
    with pytest.raises(LeaseLost):
        row_of(held, lossy).begin_submitting()
    (expired,) = world.store.expired()
    assert (expired.task_id, expired.checkpoint) == (held.id, Checkpoint.SUBMITTING)


def test_no_second_click_either(world: StoreWorld, lossy: LossyDatabase) -> None:
    world.store.hand_back(world.submitting(), "x")
    held = world.take(world.queries.list()[0].id)
    lossy.lose(meanwhile=lambda: world.end_lease(held))
    with pytest.raises(LeaseLost):
        row_of(held, lossy).submit_again()
    assert world.kinds(held)[-1] == "resubmitting"


def test_no_click_when_somebody_else_holds_it_by_now(world: StoreWorld, lossy: LossyDatabase) -> None:
    held = world.drafted()

    def rescued() -> None:
        world.end_lease(held)
        assert world.store.rescue(world.store.expired()[0]) is not None
        world.take(held.id)

    lossy.lose(meanwhile=rescued)
    with pytest.raises(LeaseLost):
        row_of(held, lossy).begin_submitting()


@pytest.mark.parametrize("lost", [1, 2])
def test_the_click_counts_from_when_the_lease_was_seen_to_last(
    world: StoreWorld, lossy: LossyDatabase, lost: int
) -> None:
    held = world.drafted()

    def age() -> None:
        world.sql("UPDATE publish_tasks SET submitted_at = '2020-01-01 00:00:00.000000' WHERE id = :id", id=held.id)

    lossy.lose(writes=lost, meanwhile=age)
    submitted_at = row_of(held, lossy).begin_submitting()
    assert submitted_at.year > 2020
    assert world.view(held).submitted_at == submitted_at
    assert world.kinds(held).count("submitting") == 1
    assert world.kinds(held)[-1] == "note"
