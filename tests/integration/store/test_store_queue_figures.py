"""How the queue did lately."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.store import queue_figures
from core.store.queue_figures import QueueFigures, Waits
from tests.integration.store.store_world import WORKER, StoreWorld

NOW = datetime.now(UTC)
HOUR_AGO = NOW - timedelta(hours=1)


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def test_all_starts_count_though_only_the_newest_are_looked_at(
    world: StoreWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_figures, "MOST_STARTS", 2)
    for seconds in (10, 20, 30):
        task_id = world.add_task()
        created = world.view(task_id).created_at
        world.store.take(task_id, worker_id=WORKER, claimed_ms=ms(created + timedelta(seconds=seconds)))
    waits = QueueFigures(world.db).waits(HOUR_AGO)
    assert (waits.starts, round(waits.p50_seconds or 0)) == (3, 20)
    assert QueueFigures(world.db).waits(HOUR_AGO, world.user_id).starts == 3


def test_starts_waits_and_who_waits_longest(world: StoreWorld) -> None:
    figures = QueueFigures(world.db)
    other = world.users.add("li").id
    assert figures.waits(HOUR_AGO) == Waits(0, None, None)
    for user_id, seconds in ((world.user_id, 10), (world.user_id, 20), (other, 30)):
        task_id = world.add_task(user_id=user_id)
        created = world.view(task_id).created_at
        world.store.take(task_id, worker_id=WORKER, claimed_ms=ms(created + timedelta(seconds=seconds)))
    world.store.take(world.add_task(), worker_id=WORKER, claimed_ms=ms(NOW - timedelta(days=1)))
    assert figures.starts_by_user(HOUR_AGO) == {world.user_id: 2, other: 1}
    waits = figures.waits(HOUR_AGO)
    assert (waits.starts, round(waits.p50_seconds or 0), round(waits.p95_seconds or 0)) == (3, 20, 30)
    assert figures.waits(HOUR_AGO, other).starts == 1
    waiting = world.view(world.add_task())
    world.add_task()
    world.add_task(user_id=other, run_at=NOW + timedelta(days=1))
    assert figures.oldest_waiting() == {world.user_id: waiting.created_at}
