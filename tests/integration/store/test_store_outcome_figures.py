"""What became of articles, and how long they waited and took."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from core.store.models import PublishTask
from core.store.outcome_figures import Failures, OutcomeFigures, Times, waited_seconds
from tests.integration.store.store_world import WORKER, StoreWorld

NOW = datetime.now(UTC).replace(microsecond=0)
INDEX = "ix_publish_tasks_status_finished_at_user_id"


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def online(world: StoreWorld, ended: datetime, *, waited: float = 0, took: float = 0) -> int:
    """An article that came online then."""
    held = world.submitting()
    world.store.finish_published(held, f"r{held.id}", f"https://example.org/p/{held.id}")
    claimed = ended - timedelta(seconds=took)
    values = {
        "finished_at": ended,
        "first_claimed_ms": ms(claimed),
        "created_at": claimed - timedelta(seconds=waited),
    }
    with world.db.write() as connection:
        connection.execute(update(PublishTask).where(PublishTask.id == held.id).values(values))
    return held.id


def test_what_came_online_in_each_stretch_and_how_long_it_took(world: StoreWorld) -> None:
    figures, hour = OutcomeFigures(world.db), timedelta(hours=1)
    stretches = [(NOW - hours * hour, NOW - (hours - 1) * hour) for hours in (3, 2, 1)]
    assert figures.published_in(stretches) == [0, 0, 0]
    assert figures.times_in(stretches) == [Times(), Times(), Times()]
    for seconds in (10, 20, 30):
        online(world, NOW - 2.5 * hour, waited=seconds, took=2 * seconds)
    online(world, NOW - hour, waited=5, took=7)
    online(world, NOW, waited=1)
    world.store.take(world.add_task(), worker_id=WORKER, claimed_ms=ms(NOW))
    assert figures.published_in(stretches) == [3, 0, 1], "a stretch begins at its first moment and ends before its last"
    assert figures.times_in(stretches) == [Times(20, 30, 40, 60), Times(), Times(5, 5, 7, 7)]
    assert (figures.published(NOW - 2 * hour), figures.published(NOW + hour)) == (2, 0)
    other = world.users.add("li").id
    assert figures.published_in(stretches, other) == [0, 0, 0]
    assert figures.times_in(stretches, other) == [Times(), Times(), Times()]
    assert figures.published_in(stretches, world.user_id) == [3, 0, 1]


def test_what_failed_for_which_reason(world: StoreWorld) -> None:
    figures, begin = OutcomeFigures(world.db), NOW - timedelta(minutes=1)
    other = world.users.add("li").id
    assert (figures.failed(begin), figures.failures(begin)) == (0, [])
    for message in ("No such column.", "No such column.", "Too long."):
        held = world.store.take(world.add_task(), worker_id=WORKER, claimed_ms=ms(NOW))
        assert held is not None
        world.store.fail(held, error_class="Rejected", message=message)
    accounts = frozenset({world.account_id})
    assert figures.failures(begin) == [
        Failures("Rejected", "No such column.", 2, accounts),
        Failures("Rejected", "Too long.", 1, accounts),
    ]
    assert (figures.failed(begin), figures.failed(begin, other), figures.failures(begin, other)) == (3, 0, [])
    assert figures.failures(NOW + timedelta(hours=1)) == []


@pytest.mark.parametrize(
    ("run_at", "seconds"),
    [
        (None, 60),
        (timedelta(seconds=20), 40),  # scheduled
        (timedelta(seconds=90), 60),  # a retry moved it behind the first start
        (timedelta(seconds=-5), 60),
    ],
)
def test_a_wait_counts_from_when_the_article_might_go(run_at: timedelta | None, seconds: float) -> None:
    due = None if run_at is None else NOW + run_at
    assert waited_seconds(NOW, due, ms(NOW + timedelta(seconds=60))) == seconds


def test_the_figures_are_read_by_their_index(sqlite_world: StoreWorld) -> None:
    """Of a million rows it must not be all of them. (With a handful of rows MariaDB takes whatever index it likes.)"""
    world, asked = sqlite_world, list[tuple[str, Any]]()

    def note(connection: object, cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(world.db.engine, "before_cursor_execute", note)
    figures, begin = OutcomeFigures(world.db), NOW - timedelta(days=7)
    stretches = [(begin, begin + timedelta(hours=6)), (begin + timedelta(hours=6), begin + timedelta(hours=12))]
    for only in (None, 1):
        figures.published(begin, only)
        figures.published_in(stretches, only)
        figures.times_in(stretches, only)
        figures.failed(begin, only)
        figures.failures(begin, only)
    event.remove(world.db.engine, "before_cursor_execute", note)
    assert len(asked) == 10
    with world.db.engine.connect() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            touching = [str(row) for row in plan if "publish_tasks" in str(row)]
            assert touching, plan
            assert all(INDEX in row for row in touching), plan


def test_of_a_long_stretch_the_last_articles_are_looked_at(world: StoreWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.store.outcome_figures.SAMPLE", 2)
    for number in range(4):
        online(world, NOW - timedelta(minutes=10 - number), waited=number, took=1)
    (times,) = OutcomeFigures(world.db).times_in([(NOW - timedelta(hours=1), NOW)])
    assert times == Times(2, 3, 1, 1)
