"""Pages, counts and facts of many tasks, and changing many at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from core.errors import Conflict, NotFound, NotPossible
from core.lane import AccountLimits, PauseScope
from core.store import owner_moves, task_pages
from core.store.bulk_changes import CHANGED_AT_ONCE
from core.store.limits import LimitStore
from core.store.pauses import PauseStore
from core.store.records import Actor, NewBatch
from core.store.task_filter import TaskFilter
from core.store.task_pages import TaskPages, TaskSort
from core.task_state import BlockReason, Checkpoint, TaskStatus
from tests.integration.store.store_world import StoreWorld

LATER = datetime(2099, 1, 1, tzinfo=UTC)


def order(world: StoreWorld, sort: TaskSort) -> list[int]:
    return [view.id for view in TaskPages(world.db).page(TaskFilter(), sort=sort)]


def test_every_sort(world: StoreWorld) -> None:
    other_user = world.users.add("abe").id
    second = world.accounts.add(world.user_id, "zhihu", "another", b"[]").id
    first = world.add_task(title="乙", priority=1)
    later = world.add_task(title="甲", run_at=LATER, priority=9)
    sooner = world.add_task(title="丙", run_at=LATER - timedelta(days=1), account_id=second)
    held = world.take(world.add_task(title="A", user_id=other_user))
    world.store.fail(held, error_class="X", message="x")
    failed = held.id
    assert order(world, TaskSort.NEWEST) == [failed, sooner, later, first]
    assert order(world, TaskSort.OLDEST) == [first, later, sooner, failed]
    assert order(world, TaskSort.DUE) == [failed, first, sooner, later]
    assert order(world, TaskSort.PRIORITY) == [later, failed, sooner, first]
    assert order(world, TaskSort.STATUS)[0] == failed
    assert order(world, TaskSort.FINISHED)[0] == failed
    assert order(world, TaskSort.PROGRESS)[-1] == first
    assert order(world, TaskSort.TITLE)[0] == failed
    assert order(world, TaskSort.ACCOUNT)[0] == sooner
    assert order(world, TaskSort.USER)[0] == failed


@pytest.mark.parametrize("sort", list(TaskSort))
def test_pages_do_not_overlap(world: StoreWorld, sort: TaskSort) -> None:
    ids = {world.add_task() for _ in range(7)}
    pages = [TaskPages(world.db).page(TaskFilter(), sort=sort, offset=start, limit=3) for start in (0, 3, 6, 9)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert {view.id for page in pages for view in page} == ids


def test_counting_ends_beyond_the_most(world: StoreWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_pages, "MOST", 3)
    pages = TaskPages(world.db)
    ids = [world.add_task() for _ in range(5)]
    assert pages.count(TaskFilter()) == 4
    assert pages.count(TaskFilter(statuses=[TaskStatus.FAILED])) == 0
    assert [facts.id for facts in pages.facts(TaskFilter())] == ids[:1:-1]
    assert {view.id for view in pages.page(TaskFilter(), sort=TaskSort.PRIORITY)} == set(ids[2:])


def test_facts_of_a_filter_and_of_ids(world: StoreWorld) -> None:
    pages = TaskPages(world.db)
    waiting = world.add_task(run_at=LATER)
    held = world.submitting()
    world.store.block(held, BlockReason.NEEDS_REVIEW, error_class="X", message="x")
    newest, oldest = pages.facts([waiting, held.id, 999_999])
    assert (newest.id, oldest.id) == (held.id, waiting)
    assert (newest.status, newest.checkpoint) == (TaskStatus.BLOCKED, Checkpoint.SUBMITTING)
    assert newest.block_reason is BlockReason.NEEDS_REVIEW
    assert newest.submitted_at is not None
    assert (oldest.run_at, oldest.user_id) == (LATER, world.user_id)
    assert [facts.id for facts in pages.facts(TaskFilter(statuses=[TaskStatus.WAITING]))] == [waiting]
    assert [view.id for view in pages.by_ids([waiting, 999_999, held.id])] == [waiting, held.id]
    assert pages.page(TaskFilter(text="no such title")) == []


def test_places_in_line_of_those_that_may_go(world: StoreWorld) -> None:
    now, later = world.add_task(), world.add_task(run_at=LATER)
    assert [entry.task_id for entry in TaskPages(world.db).entries([now, later])] == [now]


def test_recent_batches(world: StoreWorld) -> None:
    other = world.users.add("li").id
    for user_id, name in ((world.user_id, "a.csv"), (other, "b.csv")):
        world.intake.insert([world.new_task(user_id=user_id)], batch=NewBatch(user_id, name), actor=Actor.system())
    pages = TaskPages(world.db)
    assert [batch.name for batch in pages.recent_batches()] == ["b.csv", "a.csv"]
    assert [(batch.name, batch.user_name) for batch in pages.recent_batches(other)] == [("b.csv", "li")]


def test_many_are_changed_and_each_refusal_is_told(world: StoreWorld) -> None:
    waiting = [world.add_task() for _ in range(3)]
    submitting = world.submitting()
    change = partial(owner_moves.cancel, by="wang")
    result = world.store.change_many([*waiting, submitting.id, 999_999], change)
    assert [entry.task_id for entry in result.changed] == waiting
    (refusal,) = result.refused
    assert isinstance(refusal, NotPossible)
    assert refusal.task == world.view(submitting).public_id
    assert {world.view(task_id).status for task_id in waiting} == {TaskStatus.CANCELLED}
    assert world.kinds(waiting[0])[-1] == "cancelled"
    assert world.view(submitting).status is TaskStatus.RUNNING


def test_too_many_for_one_transaction(world: StoreWorld) -> None:
    with pytest.raises(ValueError, match="too many"):
        world.store.change_many(list(range(CHANGED_AT_ONCE + 1)), partial(owner_moves.cancel, by=None))


def test_what_is_open_for_each_account(world: StoreWorld) -> None:
    second = world.accounts.add(world.user_id, "zhihu", "second", b"[]").id
    world.add_task()
    world.take(world.add_task())
    world.store.cancel(world.add_task())
    found = TaskPages(world.db).open_by_account([world.account_id, second])
    assert found == {world.account_id: {TaskStatus.WAITING: 1, TaskStatus.RUNNING: 1}}


def test_an_account_is_deleted_with_its_limits_and_pauses_unless_it_has_articles(world: StoreWorld) -> None:
    second = world.accounts.add(world.user_id, "zhihu", "second", b"[]").id
    PauseStore(world.db).add(PauseScope.ACCOUNT, str(second), by="wang")
    LimitStore(world.db).save_account(AccountLimits(second, max_running=1))
    world.accounts.delete(second)
    assert [account.id for account in world.accounts.list()] == []
    assert PauseStore(world.db).list() == []
    assert LimitStore(world.db).account_limits() == []
    world.add_task()
    PauseStore(world.db).add(PauseScope.ACCOUNT, str(world.account_id), by="wang")
    with pytest.raises(Conflict):
        world.accounts.delete(world.account_id)
    assert len(PauseStore(world.db).list()) == 1
    with pytest.raises(NotFound):
        world.accounts.delete(second)
