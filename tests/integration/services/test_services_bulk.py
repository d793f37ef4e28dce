"""Lists for the dashboard, and many articles changed at once: what was shown first is what happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import event

from core.errors import InvalidInput, NotFound, ServiceUnavailable
from core.services import task_lists
from core.services.bulk_change import BulkAction, BulkChange, Effect
from core.store import task_pages
from core.store.audit import AuditFilter
from core.store.bulk_changes import CHANGED_AT_ONCE
from core.store.records import Actor, TaskView
from core.store.task_filter import TaskFilter
from core.store.task_pages import TaskSort
from core.task_state import TaskStatus
from tests.integration.services.service_world import ADMIN, Services
from tests.servers.lossy_database import LossyDatabase
from tests.servers.migrated_tables import MigratedFile

CANCEL = BulkChange(BulkAction.CANCEL)
SOON = timedelta(minutes=5)


def articles(services: Services, actor: Actor, number: int) -> list[TaskView]:
    return [services.submit(actor, f"Article {place}") for place in range(number)]


def in_line(services: Services) -> int:
    return services.queue.stats().waiting


def test_a_page_with_its_total(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    _, bob, _ = services.add_user("bob")
    tasks = articles(services, ada, 5)
    articles(services, bob, 2)
    page = services.lists.page(TaskFilter(), actor=ada, number=2, size=2)
    assert [task.id for task in page.tasks] == [tasks[2].id, tasks[1].id]
    assert (page.total, page.is_more) == (5, False)
    assert services.lists.page(TaskFilter(), actor=ADMIN).total == 7
    assert services.lists.page(TaskFilter(), actor=ada, number=99).tasks == ()
    titles = services.lists.page(TaskFilter(), actor=ada, sort=TaskSort.TITLE).tasks
    assert titles[0].title == "Article 0"
    assert [task.user_name for task in services.lists.by_ids([tasks[0].id], actor=bob)] == []
    assert len(list(services.lists.everything(TaskFilter(), actor=ada))) == 5


def test_many_are_found_by_their_names_at_the_price_of_one(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """By public id or number, each once, in the order they were named."""
    _, ada, _ = services.add_user("ada")
    _, bob, _ = services.add_user("bob")
    first, second, third = articles(services, ada, 3)
    names = [third.public_id, str(first.id), third.public_id, second.public_id, str(second.id)]
    statements = count_statements(services, lambda: services.lists.named(names, actor=ada))
    assert [task.id for task in services.lists.named(names, actor=ada)] == [third.id, first.id, second.id]
    assert statements == count_statements(services, lambda: services.lists.named(names[:2], actor=ada))
    monkeypatch.setattr(task_pages, "IDS_AT_ONCE", 1)
    assert len(services.lists.named(names, actor=ADMIN)) == 3
    for missing in ("nothing", "999999", "9" * 30):
        with pytest.raises(NotFound, match=f"There is no article {missing}"):
            services.lists.named([first.public_id, missing], actor=ada)
    with pytest.raises(NotFound, match=first.public_id):
        services.lists.named([first.public_id], actor=bob)


def count_statements(services: Services, do: Callable[[], object], words: str = "") -> int:
    """How often this asks the database something with these words."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    event.listen(services.db.engine, "before_cursor_execute", note)
    do()
    event.remove(services.db.engine, "before_cursor_execute", note)
    return sum(words in statement for statement in statements)


def search(services: Services, actor: Actor, **more: Any) -> tuple[list[str], int, int]:
    """The titles of a page, how many there are in all, and how often texts were looked through for them."""
    wanted = TaskFilter(text="Article")
    searches = count_statements(services, lambda: services.lists.page(wanted, actor=actor, size=2, **more), " LIKE ")
    page = services.lists.page(wanted, actor=actor, size=2, **more)
    return [task.title for task in page.tasks], page.total, searches


def test_a_search_looks_through_all_texts_once(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    _, ada, _ = services.add_user("ada")
    _, bob, _ = services.add_user("bob")
    articles(services, ada, 3)
    services.submit(bob, "Article of bob")
    services.submit(ada, "Another")
    assert search(services, ada) == (["Article 2", "Article 1"], 3, 1)
    assert search(services, ada, number=2) == (["Article 0"], 3, 1)
    assert search(services, ada, sort=TaskSort.TITLE) == (["Article 0", "Article 1"], 3, 1)
    monkeypatch.setattr(task_lists, "IDS_AT_ONCE", 2)
    assert search(services, ada, sort=TaskSort.OLDEST) == (["Article 0", "Article 1"], 3, 2)


@pytest.mark.parametrize("is_growing", [False, True])
def test_a_file_leaves_nothing_out_and_tells_nothing_twice_while_the_list_moves(
    services: Services, monkeypatch: pytest.MonkeyPatch, *, is_growing: bool
) -> None:
    monkeypatch.setattr(task_lists, "EXPORTED_AT_ONCE", 2)
    _, ada, _ = services.add_user("ada")
    tasks = articles(services, ada, 6)
    told = []
    for task in services.lists.everything(TaskFilter(statuses=[TaskStatus.WAITING]), actor=ada):
        told.append(task.id)
        if is_growing:
            services.submit(ada, f"Newer than {task.title}")
        else:
            services.tasks.cancel(task.id, actor=ada)
    assert told == [task.id for task in reversed(tasks)]


def test_cancelling_by_filter(services_on_both: Services) -> None:
    services = services_on_both
    _, ada, _ = services.add_user("ada")
    _, bob, _ = services.add_user("bob")
    tasks = articles(services, ada, CHANGED_AT_ONCE + 3)
    other = services.submit(bob)
    plan = services.bulk.plan(CANCEL, TaskFilter(statuses=[TaskStatus.WAITING]), actor=ada)
    assert plan.effects == {Effect.CANCELLED: len(tasks)}
    late = services.submit(ada, "Handed in after the question")
    seen: list[int] = []
    receipt = services.bulk.carry_out(plan, actor=ada, on_progress=seen.append)
    assert (receipt.changed, receipt.refused, receipt.stopped) == (len(tasks), [], None)
    assert seen == [CHANGED_AT_ONCE, len(tasks)]
    assert services.tasks.get(tasks[0].id, actor=ada).status is TaskStatus.CANCELLED
    assert {services.tasks.get(task.id, actor=ADMIN).status for task in (late, other)} == {TaskStatus.WAITING}
    assert in_line(services) == 2
    entries = services.audit.entries(AuditFilter(kind="articles"))
    assert {entry.action for entry in entries} == {"article.cancel_many"}
    assert [entry.detail["changed"] for entry in entries] == [3, CHANGED_AT_ONCE]


def test_a_database_that_goes_away_on_the_way(tmp_path: Path, migrated_file: MigratedFile, redis_client: Redis) -> None:
    db = LossyDatabase(migrated_file.copy(tmp_path / "lossy.sqlite3"))
    services = Services(db, redis_client)
    _, ada, _ = services.add_user("ada")
    ids = [task.id for task in articles(services, ada, CHANGED_AT_ONCE + 1)]
    plan = services.bulk.plan(CANCEL, ids, actor=ada)
    db.lose(writes=9, after=1, is_committed=False)
    receipt = services.bulk.carry_out(plan, actor=ada)
    assert receipt.changed == CHANGED_AT_ONCE
    assert isinstance(receipt.stopped, ServiceUnavailable)
    db.lose(writes=0)
    (entry,) = services.audit.entries(AuditFilter(kind="articles"))
    assert (entry.detail["changed"], entry.detail["wanted"]) == (CHANGED_AT_ONCE, len(ids))
    again = services.bulk.carry_out(plan, actor=ada)
    assert (again.changed, len(again.refused), again.stopped) == (1, CHANGED_AT_ONCE, None)
    db.close()


def test_what_has_changed_since_is_left_and_told(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    first, second = articles(services, ada, 2)
    plan = services.bulk.plan(CANCEL, [first.id, second.id], actor=ada)
    services.tasks.cancel(second.id, actor=ada)
    receipt = services.bulk.carry_out(plan, actor=ada)
    assert receipt.changed == 1
    assert [error.task for error in receipt.refused] == [second.public_id]


def test_retrying_puts_them_in_line_again(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    tasks = articles(services, ada, 2)
    ids = [task.id for task in tasks]
    services.bulk.carry_out(services.bulk.plan(CANCEL, ids, actor=ada), actor=ada)
    assert in_line(services) == 0
    waiting = services.submit(ada, "Waits")
    plan = services.bulk.plan(BulkChange(BulkAction.RETRY), [*ids, waiting.id], actor=ada)
    assert plan.effects == {Effect.RETRIED: 2, Effect.LEFT: 1}
    assert services.bulk.carry_out(plan, actor=ada).changed == 2
    assert in_line(services) == 3


def test_times(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    ids = [task.id for task in articles(services, ada, 3)]

    def times(change: BulkChange) -> list[datetime | None]:
        services.bulk.carry_out(services.bulk.plan(change, ids, actor=ada), actor=ada)
        return [services.tasks.get(task_id, actor=ada).run_at for task_id in ids]

    start = datetime(2035, 1, 1, tzinfo=UTC)
    assert times(BulkChange(BulkAction.SET_TIME, run_at=start)) == [start] * 3
    assert in_line(services) == 0
    assert times(BulkChange(BulkAction.SHIFT)) == [start + timedelta(days=1)] * 3
    spread = times(BulkChange(BulkAction.SPREAD, run_at=start, spread=timedelta(hours=2)))
    assert spread == [start, start + timedelta(hours=1), start + timedelta(hours=2)]
    assert times(BulkChange(BulkAction.SET_TIME)) == [None] * 3
    assert in_line(services) == 3
    (shifted, *_) = times(BulkChange(BulkAction.SHIFT))
    assert shifted is not None
    assert timedelta(days=1) - SOON < shifted - datetime.now(UTC) < timedelta(days=1) + SOON


def test_the_last_of_a_spread_goes_at_its_end(services: Services) -> None:
    """Eight hours are no whole number of microseconds eleven times."""
    _, ada, _ = services.add_user("ada")
    ids = [task.id for task in articles(services, ada, 12)]
    start = datetime(2035, 1, 1, tzinfo=UTC)
    change = BulkChange(BulkAction.SPREAD, run_at=start, spread=timedelta(hours=8))
    services.bulk.carry_out(services.bulk.plan(change, ids, actor=ada), actor=ada)
    assert services.tasks.get(ids[-1], actor=ada).run_at == start + timedelta(hours=8)


def test_the_same_plan_carried_out_twice_moves_nothing_twice(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    start = datetime(2035, 1, 1, tzinfo=UTC)
    ids = [services.submit(ada, "Later", run_at=start).id, services.submit(ada, "Now").id]
    plan = services.bulk.plan(BulkChange(BulkAction.SHIFT), ids, actor=ada)
    for _ in range(2):
        assert services.bulk.carry_out(plan, actor=ada).changed == 2
        times = {task_id: services.tasks.get(task_id, actor=ada).run_at for task_id in ids}
        assert times == plan.times
    assert plan.times[ids[0]] == start + timedelta(days=1)


def test_priority(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    first, second = articles(services, ada, 2)
    plan = services.bulk.plan(BulkChange(BulkAction.PRIORITY, priority=9), [second.id], actor=ada)
    services.bulk.carry_out(plan, actor=ada)
    assert services.tasks.get(second.id, actor=ada).priority == 9
    assert services.queue.ahead_of(first.id, first.user_id, first.account_id) == 1


@pytest.mark.parametrize(
    "change",
    [
        BulkChange(BulkAction.PRIORITY, priority=10),
        BulkChange(BulkAction.SET_TIME, run_at=datetime(2020, 1, 1, tzinfo=UTC)),
        BulkChange(BulkAction.SET_TIME, run_at=datetime.max.replace(tzinfo=UTC)),
        BulkChange(BulkAction.SHIFT, shift=timedelta(days=3700)),
        BulkChange(BulkAction.SHIFT, shift=timedelta.max),
        BulkChange(BulkAction.SPREAD, spread=timedelta(days=3700)),
    ],
)
def test_what_makes_no_sense_is_refused_first(services: Services, change: BulkChange) -> None:
    _, ada, _ = services.add_user("ada")
    articles(services, ada, 2)
    with pytest.raises(InvalidInput):
        services.bulk.plan(change, TaskFilter(), actor=ada)
