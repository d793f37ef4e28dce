"""Outcomes whose writing got no answer: whether they were written is read from the row's own history."""

from __future__ import annotations

import threading

import pytest
from structlog.testing import capture_logs

from core.publishing.publisher import Published
from core.store.records import HeldTask
from core.store.task_store import TaskStore
from core.task_state import Action, BlockReason, TaskStatus
from tasks.held_row import HeldRow
from tasks.outcome import (
    AttemptEnd,
    DraftOnly,
    Failure,
    HandedBack,
    LostToAnother,
    NeedsPerson,
    NotBegun,
    Online,
    Outcome,
    SlowedDown,
    Stopped,
    TryAgain,
)
from tasks.running_attempt import RunningAttempt, StepLimits
from tasks.service_watch import ServiceWatch
from tasks.settlement import Settlement
from tests.integration.store.store_world import LEASE_SECONDS, OTHER, StoreWorld
from tests.servers.lossy_database import LossyDatabase

OUTCOMES: dict[str, tuple[Outcome, TaskStatus]] = {
    "online": (Online(Published("7", "https://x/7")), TaskStatus.PUBLISHED),
    "draft": (DraftOnly("https://x/7/edit"), TaskStatus.DRAFT_SAVED),
    "try again": (TryAgain(0, "RetryLater", "502"), TaskStatus.RETRYING),
    "crash": (TryAgain(0, "BrowserLost", "gone", uses_retry=False, is_crash=True), TaskStatus.RETRYING),
    "person": (NeedsPerson(BlockReason.NEEDS_LOGIN, "NeedsLogin", "signed out"), TaskStatus.BLOCKED),
    "failure": (Failure("Rejected", "no"), TaskStatus.FAILED),
    "stopped": (Stopped(), TaskStatus.CANCELLED),
    "handed back": (HandedBack("stopping"), TaskStatus.WAITING),
    "not begun": (NotBegun("no browser", was_fresh=True), TaskStatus.WAITING),
}
GO_ON = ("try again", "crash", "handed back", "not begun")


def settle(world: StoreWorld, lossy: LossyDatabase, held: HeldTask, outcome: Outcome) -> bool:
    store = TaskStore(lossy, lease_seconds=LEASE_SECONDS)
    attempt = RunningAttempt(held, StepLimits(180, 600))
    attempt.close()
    row = HeldRow(store, attempt, patience_seconds=600, giving_up=threading.Event(), watch=ServiceWatch())
    settlement = Settlement(store, world.accounts, lambda account_id, seconds, reason: None)
    return settlement.settle(row, AttemptEnd(outcome))


def held_for(world: StoreWorld, outcome: Outcome) -> HeldTask:
    return world.submitting() if isinstance(outcome, Online) else world.drafted()


@pytest.mark.fault("17")
@pytest.mark.parametrize("name", OUTCOMES)
def test_an_outcome_whose_answer_was_lost_is_written(world: StoreWorld, lossy: LossyDatabase, name: str) -> None:
    outcome, status = OUTCOMES[name]
    held = held_for(world, outcome)
    lossy.lose()
    assert settle(world, lossy, held, outcome)
    assert world.view(held).status is status


@pytest.mark.parametrize("name", GO_ON)
def test_it_is_written_though_another_has_the_task_by_now(world: StoreWorld, lossy: LossyDatabase, name: str) -> None:
    held = world.drafted()
    lossy.lose(meanwhile=lambda: world.take(held.id, OTHER))
    assert settle(world, lossy, held, OUTCOMES[name][0])
    assert world.view(held).status is TaskStatus.RUNNING


@pytest.mark.parametrize("name", OUTCOMES)
def test_an_outcome_that_was_not_written_is_written_then(world: StoreWorld, lossy: LossyDatabase, name: str) -> None:
    outcome, status = OUTCOMES[name]
    held = held_for(world, outcome)
    lossy.lose(is_committed=False)
    assert settle(world, lossy, held, outcome)
    assert world.view(held).status is status


@pytest.mark.parametrize("is_taken", [False, True])
def test_it_is_not_written_when_another_came_first(world: StoreWorld, lossy: LossyDatabase, is_taken: bool) -> None:
    held = world.submitting()

    def rescued() -> None:
        world.end_lease(held)
        assert world.store.rescue(world.store.expired()[0]) is Action.RESCUE
        if is_taken:
            world.take(held.id)  # by the same worker, in another thread

    lossy.lose(is_committed=False, meanwhile=rescued)
    assert not settle(world, lossy, held, OUTCOMES["online"][0])


def test_a_pause_of_the_site_is_written_once_and_the_article_goes_on(world: StoreWorld, lossy: LossyDatabase) -> None:
    held = world.drafted()
    lossy.lose(after=1)
    assert settle(world, lossy, held, SlowedDown(0, "too fast"))
    assert world.kinds(held)[-2:] == ["site_busy", "will_retry"]


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_log_names_what_a_person_is_asked_for_and_nothing_else(
    world: StoreWorld, lossy: LossyDatabase, name: str
) -> None:
    outcome, status = OUTCOMES[name]
    with capture_logs() as logs:
        assert settle(world, lossy, held_for(world, outcome), outcome)
    (told,) = [line for line in logs if line["event"] == "settled"]
    assert told.get("block_reason") == (BlockReason.NEEDS_LOGIN if status is TaskStatus.BLOCKED else None)


def test_the_log_tells_that_what_may_be_online_is_looked_at(world: StoreWorld, lossy: LossyDatabase) -> None:
    with capture_logs() as logs:
        assert settle(world, lossy, world.submitting(), Failure("Rejected", "no"))
    assert logs[-1]["block_reason"] is BlockReason.NEEDS_REVIEW


def test_what_is_lost_to_another_is_not_written(world: StoreWorld, lossy: LossyDatabase) -> None:
    held = world.drafted()
    assert not settle(world, lossy, held, LostToAnother())
    assert world.view(held).status is TaskStatus.RUNNING
