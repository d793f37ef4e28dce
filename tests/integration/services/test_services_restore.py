"""Noticing a restored backup, and making one ready, on both databases with a real Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis

from core.errors import Conflict, DatabaseReplaced, NotAllowed, ServiceUnavailable
from core.lane import PauseScope
from core.queue.heartbeats import Heartbeats
from core.queue.mark_key import MarkKey
from core.queue.redis_client import connect
from core.services.database_memory import DatabaseMemory
from core.services.restore_manager import RestoreManager
from core.store.audit import AuditFilter
from core.store.database import Database
from core.store.history import DatabaseHistory, HistoryMark
from core.store.mark_file import MarkFile
from core.store.pauses import PauseStore
from core.store.records import Actor, TaskView
from core.task_state import TaskStatus
from tests.integration.services.service_world import ADMIN, Services
from tests.servers.database_backup import DatabaseBackup
from tests.servers.local_process import free_port

WORKER = "host:1:w"


class RestoreWorld:
    """Services, what remembers their database, and a backup of it."""

    def __init__(self, url: str, redis: Redis, folder: Path) -> None:
        self.db = Database(url)
        self.db.migrate()
        self.redis = redis
        self.services = Services(self.db, redis)
        self.backup = DatabaseBackup(url, folder)
        self.file = MarkFile(folder)
        self.file_path = folder / "database.mark"
        self.history = DatabaseHistory(self.db)
        self.heartbeats = Heartbeats(redis, prefix="")
        self.memory = self.memory_with(redis)
        self.manager = RestoreManager(
            self.db,
            memory=self.memory,
            queue=lambda: self.services.queue,
            heartbeats=lambda: self.heartbeats,
            verify_seconds=60,
        )
        _, self.ada, _ = self.services.add_user("ada")

    def memory_with(self, redis: Redis) -> DatabaseMemory:
        """Another process' view, or one whose Redis is another."""
        return DatabaseMemory(self.db, self.file, lambda: MarkKey(redis, prefix=""))

    def submit(self, title: str = "甲") -> TaskView:
        return self.services.submit(self.ada, title)

    def publish(self, task: TaskView) -> None:
        """As a worker does, as far as the database sees it."""
        held = self.services.store.take(task.id, worker_id=WORKER, claimed_ms=1)
        assert held is not None
        self.services.store.fail(held, error_class="x", message="x")

    def put_back(self) -> None:
        self.db.close()
        self.backup.put_back()

    def mark_in_redis(self) -> HistoryMark | None:
        return HistoryMark.from_text(MarkKey(self.redis, prefix="").read())

    def forget(self) -> None:
        """Machine and Redis are lost."""
        self.file_path.unlink()
        self.redis.flushall()

    def lose(self) -> tuple[TaskView, TaskView]:
        """An article in the backup that is published afterwards, one that is handed in afterwards; then the backup
        is put back."""
        kept = self.submit("乙")
        self.publish(self.submit("甲"))
        self.memory.check()
        self.backup.make()
        self.publish(kept)
        lost = self.submit("丙")
        self.memory.check()
        self.put_back()
        return kept, lost


@pytest.fixture
def world(database_url: str, redis_client: Redis, tmp_path: Path) -> Iterator[RestoreWorld]:
    made = RestoreWorld(database_url, redis_client, tmp_path)
    yield made
    made.db.close()


def test_a_database_that_goes_on_is_remembered_in_both_places(world: RestoreWorld) -> None:
    first = world.memory.check()
    assert world.history.state().is_remembered
    world.submit()
    second = world.memory.check(first)
    assert second.event_id > first.event_id
    assert HistoryMark.from_text(world.file.read()) == world.mark_in_redis() == second
    world.services.queue.rebuild()
    assert world.mark_in_redis() == second, "a rebuild of the line leaves it alone"


class FileWatch(MarkFile):
    """Calls `meanwhile` just before it is written to for the first time."""

    def __init__(self, folder: Path, meanwhile: Callable[[], object]) -> None:
        super().__init__(folder)
        self._meanwhile: Callable[[], object] | None = meanwhile

    def write(self, text: str) -> None:
        """As ever, only later."""
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            meanwhile()
        super().write(text)


def test_two_that_start_for_the_first_time_at_once_both_trust_it(world: RestoreWorld, tmp_path: Path) -> None:
    slow = FileWatch(tmp_path, world.memory.check)
    first = DatabaseMemory(world.db, slow, lambda: MarkKey(world.redis, prefix="")).check()
    assert world.history.state().is_remembered
    assert world.memory.check(first).event_id == first.event_id


def test_an_idle_database_is_not_written_down_again(world: RestoreWorld) -> None:
    world.memory.check()
    written = world.file_path.stat().st_mtime_ns
    world.memory.check()
    assert world.file_path.stat().st_mtime_ns == written


@pytest.mark.parametrize("lost", ["redis", "file", "neither"])
def test_either_place_is_enough_to_notice(world: RestoreWorld, lost: str) -> None:
    world.lose()
    if lost == "redis":
        world.redis.flushall()
    if lost == "file":
        world.file_path.unlink()
    with pytest.raises(DatabaseReplaced, match="python -m core restored"):
        world.memory.check()
    for _ in range(10):
        world.submit("戊")
    with pytest.raises(DatabaseReplaced):
        world.memory.check()


def test_a_process_that_stays_up_notices_by_what_it_remembers_itself(world: RestoreWorld) -> None:
    world.backup.make()
    world.submit()
    own = world.memory.check()
    world.put_back()
    world.forget()
    with pytest.raises(DatabaseReplaced):
        world.memory.check(own)


def test_with_everything_lost_a_database_that_was_in_use_is_not_trusted(world: RestoreWorld) -> None:
    world.lose()
    world.forget()
    with pytest.raises(DatabaseReplaced, match="--not-a-backup"):
        world.memory.check()


def test_without_redis_the_file_is_enough_and_without_both_it_waits(world: RestoreWorld) -> None:
    world.memory.check()
    nowhere = world.memory_with(connect(f"redis://127.0.0.1:{free_port()}/0"))
    world.submit()
    mark = nowhere.check()
    assert HistoryMark.from_text(world.file.read()) == mark
    world.file_path.unlink()
    with pytest.raises(ServiceUnavailable, match="Redis"):
        nowhere.check()


def test_a_damaged_note_is_none(world: RestoreWorld) -> None:
    world.memory.check()
    world.file.write("garbage")
    world.redis.set("database:mark", "garbage")
    with pytest.raises(DatabaseReplaced):
        world.memory.check()


def test_a_new_database_is_taken_as_one(world: RestoreWorld, tmp_path: Path) -> None:
    """As when somebody moves from SQLite to MySQL and keeps the data folder."""
    world.submit()
    world.memory.check()
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    fresh.migrate()
    memory = DatabaseMemory(fresh, world.file, lambda: MarkKey(world.redis, prefix=""))
    assert memory.check().database_id == DatabaseHistory(fresh).state().newest.database_id
    fresh.close()
    world.publish(world.submit())
    with pytest.raises(DatabaseReplaced):
        world.memory.check()


def test_the_plan_tells_what_is_lost_and_changes_nothing(world: RestoreWorld) -> None:
    kept, _ = world.lose()
    world.submit("丁")
    plan = world.manager.plan()
    assert plan.trouble is not None
    assert plan.remembered_at is not None
    assert plan.since is not None
    assert plan.since < plan.remembered_at
    assert (plan.to_mark, plan.to_release) == ({TaskStatus.WAITING: 2, TaskStatus.FAILED: 1}, 0)
    assert world.services.tasks.get(kept.public_id, actor=ADMIN).verify_since is None
    with pytest.raises(DatabaseReplaced):
        world.memory.check()


def test_made_ready_it_is_trusted_again(world: RestoreWorld) -> None:
    kept, _ = world.lose()
    own = HistoryMark.from_text(world.file.read())
    since = world.manager.plan().since
    report = world.manager.restore(actor=ADMIN)
    assert (report.marked, report.released, report.is_line_rebuilt) == (2, 0, True)
    assert world.services.tasks.get(kept.public_id, actor=ADMIN).verify_since == since
    world.memory.check(own)
    world.memory.check()
    (pause,) = world.services.pauses.list(actor=ADMIN)
    assert (pause.scope, pause.until is not None) == (PauseScope.EVERYTHING, True)
    assert "everything" in world.services.queue.stats().paused, "the site is given time"
    entry = world.services.audit.entries(AuditFilter(kind="database"))[0]
    assert (entry.action, entry.detail["marked"]) == ("database.restored", 2)
    again = world.manager.restore(actor=ADMIN)
    assert again.marked == 0
    world.submit()
    world.memory.check()


def test_what_another_machine_remembers_counts_no_more(world: RestoreWorld, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = DatabaseMemory(world.db, MarkFile(elsewhere), lambda: MarkKey(world.redis, prefix=""))
    world.memory.check()
    world.backup.make()
    world.submit()
    other.check()
    world.put_back()
    world.manager.restore(actor=ADMIN)
    other.check()
    text = MarkFile(elsewhere).read()
    assert text is not None
    mark = HistoryMark.from_text(text)
    assert mark is not None
    assert mark.event_id == world.history.state().newest.event_id, "written anew, though it is lower now"


def test_the_line_of_the_lost_database_is_gone(world: RestoreWorld) -> None:
    kept, lost = world.lose()
    world.manager.restore(actor=ADMIN)
    assert world.redis.zrange(f"queue:user:{kept.user_id}:account:{kept.account_id}", 0, -1) == [str(kept.id)]
    assert lost.id != kept.id


def test_a_backup_known_to_be_earlier_than_it_looks(world: RestoreWorld) -> None:
    kept = world.submit()
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    world.manager.restore(actor=ADMIN, since=moment)
    assert world.services.tasks.get(kept.public_id, actor=ADMIN).verify_since == moment


def test_nothing_is_made_ready_while_workers_publish(world: RestoreWorld) -> None:
    world.submit()
    world.heartbeats.beat(WORKER, {"threads": []}, 10)
    world.heartbeats.beat("host:2:w", {"threads": [{"task_id": 1}]}, 10)
    with pytest.raises(Conflict, match=r"are publishing \(1\)"):
        world.manager.restore(actor=ADMIN)
    world.heartbeats.forget("host:2:w")
    assert world.manager.restore(actor=ADMIN).marked == 1


def test_a_complete_database_whose_memory_was_lost_is_vouched_for(world: RestoreWorld) -> None:
    task = world.submit()
    world.publish(task)
    world.memory.check()
    world.forget()
    PauseStore(world.db).add(PauseScope.EVERYTHING, by="TOP_N")
    world.manager.accept(actor=ADMIN)
    world.memory.check()
    assert world.services.pauses.list(actor=ADMIN) == []
    assert world.services.tasks.get(task.public_id, actor=ADMIN).verify_since is None
    assert world.services.audit.entries(AuditFilter(kind="database"))[0].action == "database.accepted"


def test_nobody_vouches_for_what_is_known_to_be_a_backup(world: RestoreWorld) -> None:
    world.lose()
    with pytest.raises(Conflict, match="cannot be complete"):
        world.manager.accept(actor=ADMIN)


def test_who_goes_back_to_another_database_vouches_for_it(world: RestoreWorld) -> None:
    """As when somebody tries MySQL for a day and returns to SQLite."""
    world.publish(world.submit())
    mark = world.memory.check()
    later = HistoryMark("another", mark.event_id + 1, mark.event_at, mark.read_at + timedelta(hours=1))
    world.file.write(later.to_text())
    with pytest.raises(DatabaseReplaced, match="another complete database"):
        world.memory.check(later)
    world.manager.accept(actor=ADMIN)
    world.memory.check(later)
    world.memory.check()


def test_only_administrators_may(world: RestoreWorld) -> None:
    actor: Actor = world.ada
    with pytest.raises(NotAllowed):
        world.manager.restore(actor=actor)
    with pytest.raises(NotAllowed):
        world.manager.accept(actor=actor)
