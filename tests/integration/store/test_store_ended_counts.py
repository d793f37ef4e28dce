"""What has ended for good is counted once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from core.store import ended_counts
from core.store.ended_counts import EndedCounts
from core.store.models import PublishTask
from core.task_state import TaskStatus
from tests.integration.store.store_world import StoreWorld


def publish(world: StoreWorld, *, ago: timedelta) -> int:
    held = world.submitting()
    world.store.finish_published(held, f"r{held.id}", f"https://example.org/p/{held.id}")
    with world.db.write() as connection:
        ended = datetime.now(UTC) - ago
        connection.execute(update(PublishTask).where(PublishTask.id == held.id).values(finished_at=ended))
    return held.id


def test_each_is_counted_once_also_while_time_passes(world: StoreWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = EndedCounts(world.db)
    assert counts.counts() == {TaskStatus.PUBLISHED: 0, TaskStatus.DRAFT_SAVED: 0}
    publish(world, ago=timedelta(days=1))
    assert EndedCounts(world.db).counts()[TaskStatus.PUBLISHED] == 1
    fresh = EndedCounts(world.db)
    assert fresh.counts()[TaskStatus.PUBLISHED] == 1
    for minutes in (1, 2):
        publish(world, ago=timedelta(minutes=minutes))
    assert fresh.counts()[TaskStatus.PUBLISHED] == 3
    # As ten minutes later: what was new has settled.
    monkeypatch.setattr(ended_counts, "SETTLED", timedelta(0))
    assert fresh.counts()[TaskStatus.PUBLISHED] == 3
    publish(world, ago=timedelta(0))
    assert fresh.counts()[TaskStatus.PUBLISHED] == 4
    assert fresh.counts()[TaskStatus.PUBLISHED] == 4
