"""What an owner does with an article is on record if and only if it happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from core.errors import ServiceUnavailable
from core.services.task_manager import ArticleChanges
from core.store.records import Actor, ReviewAnswer, TaskView
from core.task_state import BlockReason
from tests.integration.services.service_world import Services
from tests.servers.lossy_database import LossyDatabase
from tests.servers.migrated_tables import MigratedFile

Move = Callable[[Services, TaskView, Actor], object]
MOVES: dict[str, Move] = {
    "edit": lambda services, task, ada: services.tasks.edit(task.id, ArticleChanges(title="New"), actor=ada),
    "reschedule": lambda services, task, ada: services.tasks.reschedule(task.id, None, actor=ada),
    "reprioritise": lambda services, task, ada: services.tasks.reprioritise(task.id, 9, actor=ada),
    "cancel": lambda services, task, ada: services.tasks.cancel(task.id, actor=ada),
    "retry": lambda services, task, ada: services.tasks.retry(task.id, actor=ada),
    "review": lambda services, task, ada: services.tasks.answer_review(task.id, ReviewAnswer.CHECK_AGAIN, actor=ada),
}


@pytest.fixture
def db(tmp_path: Path, migrated_file: MigratedFile) -> Iterator[LossyDatabase]:
    made = LossyDatabase(migrated_file.copy(tmp_path / "lossy.sqlite3"))
    yield made
    made.close()


@pytest.mark.parametrize("is_committed", [True, False])
@pytest.mark.parametrize("move", MOVES)
def test_a_change_and_its_record_happen_together(
    db: LossyDatabase, redis_client: Redis, move: str, is_committed: bool
) -> None:
    services = Services(db, redis_client)
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada)
    if move == "retry":
        services.store.cancel(task.id)
    if move == "review":
        held = services.store.take(task.id, worker_id="w:1:a", claimed_ms=1)
        assert held is not None
        services.store.block(held, BlockReason.NEEDS_REVIEW, error_class="Unknown", message="no answer")
    before = services.tasks.events(task.id, actor=ada)
    db.lose(writes=9, is_committed=is_committed)
    with pytest.raises(ServiceUnavailable):
        MOVES[move](services, task, ada)
    has_happened = len(services.tasks.events(task.id, actor=ada)) > len(before)
    records = [entry for entry in services.audit.entries() if entry.action == f"article.{move}"]
    assert (has_happened, len(records)) == (is_committed, int(is_committed))
