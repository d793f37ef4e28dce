"""What the terminal says of the work, and what it asks the database for that."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from core.services.local_clock import LocalClock
from core.store.records import HeldTask
from core.task_state import BlockReason
from tasks.progress import WorkProgress
from tests.integration.store.store_world import StoreWorld

CLOCK = LocalClock(ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def world(database_url: str) -> Iterator[StoreWorld]:
    """Empty tables, once on SQLite and once on MariaDB."""
    made = StoreWorld(database_url)
    yield made
    made.db.close()


def finish(world: StoreWorld, held: HeldTask) -> None:
    world.store.finish_published(held, f"r-{held.id}", "https://x/1")


def test_each_change_is_told_once(world: StoreWorld) -> None:
    said: list[str] = []
    progress = WorkProgress(world.queries, said.append, CLOCK, counting_share=1e9)
    assert progress.look()
    first, second = world.add_task(), world.add_task()
    assert not progress.look()
    held = world.submitting(first)
    progress.look()
    progress.look()
    finish(world, held)
    assert not progress.look()
    world.store.fail(world.take(second), error_class="X", message="x")
    assert progress.look()
    assert said == [
        "2 waiting",
        "1 waiting, 1 publishing",
        "1 waiting, 1 published",
        "1 published, 1 failed",
    ]


def test_what_needs_a_person_is_counted(world: StoreWorld) -> None:
    said: list[str] = []
    progress = WorkProgress(world.queries, said.append, CLOCK)
    for _number in range(2):
        held = world.take(world.add_task())
        world.store.block(held, BlockReason.NEEDS_HUMAN, error_class="NeedsHuman", message="A check.")
        progress.look()
    assert said == ["1 action needed", "2 action needed"]


def test_what_a_drain_leaves_behind_is_listed_as_people_know_it(world: StoreWorld) -> None:
    said: list[str] = []
    progress = WorkProgress(world.queries, said.append, CLOCK)
    finish(world, world.submitting())
    assert not progress.tell_left_over()
    assert said == []
    failed = world.take(world.add_task(title="失败"))
    world.store.fail(failed, error_class="Rejected", message="内容违规")
    assert progress.tell_left_over()
    assert said == ["Left over:", f"  {failed.public_id}  wang: “失败”: Refused by Zhihu: 内容违规"]


def test_finished_articles_are_counted_seldom(world: StoreWorld) -> None:
    progress = WorkProgress(world.queries, lambda line: None, CLOCK, counting_share=1e-9)
    held, other = world.submitting(), world.take(world.add_task())
    progress.look()
    asked: list[str] = []

    def ask(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.append(str(parameters))

    def asked_by_a_look() -> list[str]:
        asked.clear()
        progress.look()
        return list(asked)

    event.listen(world.db.engine, "before_cursor_execute", ask)
    assert len(asked_by_a_look()) == 1
    finish(world, held)
    (only,) = asked_by_a_look()
    assert "published" not in only
    assert len(asked_by_a_look()) == 1
    world.store.fail(other, error_class="X", message="x")
    assert len(asked_by_a_look()) == 2, "at the end they are counted in any case"
    assert len(asked_by_a_look()) == 1, "and once"
