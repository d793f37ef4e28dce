"""Lists, counts, what is due, and what the queue asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import NotFound
from core.lane import AccountLimits, Pause, PauseScope, RowSnapshot, RunningRow, StartRow, UserLimits, running_ids
from core.store.limits import LimitStore
from core.store.pauses import PauseStore
from core.store.records import Actor, NewBatch
from core.store.task_queries import Remaining, TaskFilter
from core.task_state import Action, BlockReason, TaskStatus
from tests.integration.store.store_world import WORKER, StoreWorld


def ago(seconds: float) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


def test_pages_newest_first(world: StoreWorld) -> None:
    ids = [world.add_task() for _ in range(5)]
    page = world.queries.list(limit=2)
    assert [view.id for view in page] == ids[:-3:-1]
    rest = world.queries.list(before_id=page[-1].id)
    assert [view.id for view in rest] == ids[2::-1]
    assert (page[0].user_name, page[0].account_name) == ("wang", "main")


def test_filters(world: StoreWorld) -> None:
    other_user = world.users.add("li").id
    second = world.accounts.add(world.user_id, "zhihu", "second", b"[]").id
    plain = world.add_task(title="普通 100%_x")
    of_other = world.add_task(user_id=other_user)
    of_second = world.add_task(account_id=second)
    batch = world.intake.insert([world.new_task()], batch=NewBatch(world.user_id, "a.csv"), actor=Actor.system())[0]
    blocked = world.take(world.add_task())
    world.store.block(blocked, BlockReason.NEEDS_LOGIN, error_class="X", message="x")
    cases = {
        of_other: TaskFilter(user_id=other_user),
        of_second: TaskFilter(account_id=second),
        batch.task_id: TaskFilter(batch_id=batch.batch_id),
        blocked.id: TaskFilter(statuses=[TaskStatus.BLOCKED, TaskStatus.FAILED]),
        plain: TaskFilter(text="100%_X"),
    }
    for task_id, wanted in cases.items():
        assert [view.id for view in world.queries.list(wanted)] == [task_id]
    assert world.queries.list(TaskFilter(block_reason=BlockReason.NEEDS_LOGIN))[0].id == blocked.id
    assert world.queries.list(TaskFilter(platform="elsewhere")) == []
    for text in ("100_", "\0", "100\0"):
        assert world.queries.list(TaskFilter(text=text)) == []
        assert world.queries.list(TaskFilter(reason=text)) == []
    assert world.queries.list(TaskFilter(statuses=[])) == []
    assert len(world.queries.list(TaskFilter(created_from=ago(60), created_before=ago(-60)))) == 5
    assert world.queries.list(TaskFilter(created_before=ago(60))) == []


def test_counts_and_what_remains(world: StoreWorld) -> None:
    other_user = world.users.add("li").id
    world.add_task()
    world.add_task(run_at=ago(-600))
    world.take(world.add_task(user_id=other_user))
    retrying = world.take(world.add_task())
    world.store.retry_later(retrying, delay_seconds=600, error_class="X", message="x", uses_retry=True)
    failed = world.take(world.add_task())
    world.store.fail(failed, error_class="X", message="x")
    counts = world.queries.counts()
    assert {status: count for status, count in counts.items() if count} == {
        TaskStatus.WAITING: 2, TaskStatus.RUNNING: 1, TaskStatus.RETRYING: 1, TaskStatus.FAILED: 1,
    }  # fmt: skip
    assert set(counts) == set(TaskStatus)
    assert world.queries.counts(other_user)[TaskStatus.RUNNING] == 1
    remaining = world.queries.remaining()
    assert remaining == Remaining(waiting=1, scheduled=1, running=1, retrying=1, blocked=0)
    assert remaining.active == 3


def test_what_is_not_there(world: StoreWorld) -> None:
    for look in (world.queries.get, world.queries.article):
        with pytest.raises(NotFound):
            look(7)
    with pytest.raises(NotFound):
        world.queries.get_by_public_id("nothing")
    with pytest.raises(NotFound):
        world.queries.picture("0" * 64)
    with pytest.raises(NotFound):
        world.queries.batch_id("nothing")
    assert world.queries.entry(7) is None
    assert world.queries.events(7) == []


def test_due_entries_are_those_whose_time_came_just_now(world: StoreWorld) -> None:
    world.add_task()
    world.add_task(run_at=ago(300))
    world.add_task(run_at=ago(-300))
    just_now = [world.add_task(run_at=ago(3)) for _ in range(3)]
    entries = world.queries.due_entries(2)
    assert [entry.task_id for entry in entries] == just_now[:2]
    assert [entry.task_id for entry in world.queries.due_entries(after_id=just_now[1])] == just_now[2:]
    assert len(world.queries.due_entries(within_seconds=600)) == 4


def test_the_database_is_a_row_snapshot(world: StoreWorld) -> None:
    rows: RowSnapshot = world.rows
    batch = world.intake.insert([world.new_task()], batch=NewBatch(world.user_id, "a.csv"), actor=Actor.system())[0]
    PauseStore(world.db).add(PauseScope.BATCH, str(batch.batch_id), by="admin")
    plain = world.add_task(priority=7)
    world.add_task(run_at=ago(-300))
    retrying = world.take(world.add_task())
    world.store.retry_later(retrying, delay_seconds=-1, error_class="X", message="x", uses_retry=True)
    running = world.take(world.add_task())
    entries = rows.waiting_entries(0, 10)
    assert [(entry.task_id, entry.is_resumed, entry.priority) for entry in entries] == [
        (plain, False, 7),
        (retrying.id, True, 5),
    ]
    assert rows.waiting_entries(0, 1) == entries[:1]
    assert rows.waiting_entries(plain, 10) == entries[1:]
    assert running_ids(rows.running_rows()) == {running.id}
    assert rows.running_rows() == [RunningRow(running.id, world.user_id, world.account_id, 1_000)]


def test_when_the_newest_attempt_of_an_account_ended(world: StoreWorld) -> None:
    """Whatever became of the article; and only what a worker had begun."""
    accounts = [world.accounts.add(world.user_id, "zhihu", f"a{number}", b"[]").id for number in range(6)]
    of = dict(zip(("published", "retried", "rescued", "undone", "cancelled", "running"), accounts, strict=True))
    tasks = {name: world.add_task(account_id=account) for name, account in of.items()}
    world.store.finish_published(world.submitting(tasks["published"]), "1", "https://x/1")
    retried = world.take(tasks["retried"])
    world.store.retry_later(retried, delay_seconds=9, error_class="X", message="x", uses_retry=True)
    world.end_lease(world.take(tasks["rescued"]))
    assert world.store.rescue(world.store.expired()[0]) is Action.RESCUE
    world.store.undo_take(world.take(tasks["undone"]), was_fresh=True)
    world.store.cancel(tasks["cancelled"])
    world.take(tasks["running"])
    ends = world.rows.ends_within(60)
    assert {end.account_id for end in ends} == {of["published"], of["retried"], of["rescued"]}
    assert all(-1 < end.seconds_ago < 60 for end in ends)
    world.sql("UPDATE task_events SET at = :at WHERE task_id = :id", at="2020-01-01 00:00:00.000000", id=retried.id)
    assert {end.account_id for end in world.rows.ends_within(60)} == {of["published"], of["rescued"]}


def test_starts_count_from_the_last_reset(world: StoreWorld) -> None:
    for claimed_ms in (100, 200, 300):
        assert world.store.take(world.add_task(), worker_id=WORKER, claimed_ms=claimed_ms)
    undone = world.take(world.add_task())
    world.store.undo_take(undone, was_fresh=True)
    starts = world.rows.starts_since(100)
    assert [start.first_claimed_ms for start in starts] == [200, 300]
    assert starts[0] == StartRow(2, world.user_id, 200)
    world.rows.save_starts_reset(world.user_id, 200)
    assert [start.first_claimed_ms for start in world.rows.starts_since(0)] == [300]
    world.rows.save_user_limits(UserLimits(world.user_id, max_running=3))
    assert [start.first_claimed_ms for start in world.rows.starts_since(0)] == [300]


def test_limits_are_kept_and_forgotten(world: StoreWorld) -> None:
    limits = LimitStore(world.db)
    assert limits.get(world.user_id) == UserLimits(world.user_id)
    limits.save(UserLimits(world.user_id, 3, 5, 1.5))
    limits.save(UserLimits(world.user_id, 4, None, 2.0))
    assert world.rows.user_limits() == [UserLimits(world.user_id, 4, None, 2.0)]
    assert limits.get(world.user_id).max_running == 4
    limits.save_account(AccountLimits(world.account_id, 1, 30.0))
    limits.save_account(AccountLimits(world.account_id, None, 60.0))
    assert world.rows.account_limits() == [AccountLimits(world.account_id, None, 60.0)]


def test_the_longest_pause_counts(world: StoreWorld) -> None:
    pauses = PauseStore(world.db)
    key = str(world.account_id)
    assert pauses.add(PauseScope.ACCOUNT, key, by="site", seconds=600).until_ms is not None
    assert pauses.add(PauseScope.ACCOUNT, key, by="admin") == Pause(PauseScope.ACCOUNT, key, None)
    assert pauses.add(PauseScope.ACCOUNT, key, by="site", seconds=60).until_ms is None
    assert len(pauses.list()) == 2
    pauses.add(PauseScope.EVERYTHING, by="admin", reason="deploy", seconds=-1)
    platform = pauses.add(PauseScope.PLATFORM, "zhihu", by="admin", seconds=60)
    pauses.add(PauseScope.BATCH, "3", by="admin")
    assert world.rows.pauses() == [Pause(PauseScope.ACCOUNT, key, None), platform]
    assert pauses.lift(PauseScope.ACCOUNT, key) == 2
    assert pauses.lift(PauseScope.ACCOUNT, key) == 0
    assert world.rows.pauses() == [platform]
