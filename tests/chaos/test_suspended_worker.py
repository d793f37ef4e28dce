"""A worker is suspended in the middle of an article until another has it, and then goes on: nothing it does counts
any more."""

from __future__ import annotations

import signal

import pytest
from sqlalchemy import text

from core.errors import ServiceUnavailable
from core.queue.key_names import KeyNames
from core.queue.queue_stats import read_running
from core.store.database import Database
from core.store.task_events import EventKind
from core.task_state import TaskStatus
from tasks.failpoints import FOLDER, Failpoint
from tests.chaos.scene import Scene, Worker
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.fault("13")]


class Sleeper:
    """A worker that stands at a failpoint, suspended."""

    def __init__(self, scene: Scene, where: Failpoint) -> None:
        self.scene = scene
        self.where = where
        self.lab = scene.lab
        self.worker = scene.worker(f"{where}:hang:1")
        wait_until(lambda: stands_at(self.lab, "worker-1"), 60, f"it stands at {where}")
        self._suspend()

    def _suspend(self) -> None:
        """A process that is suspended inside a transaction keeps its locks, on SQLite against all other writers.
        That holds everybody up until it goes on; it is let go on a little here, to come out of it."""
        self.worker.send_signal(signal.SIGSTOP)
        while not can_write(self.lab):
            self.worker.send_signal(signal.SIGCONT)
            self.worker.send_signal(signal.SIGSTOP)

    def wakes(self) -> None:
        """It goes on right where it stood."""
        go(self.lab, self.where)
        self.worker.send_signal(signal.SIGCONT)

    def events(self) -> list[str]:
        """What it wrote into the timeline of the article. (Who hands its task on may note an orphan draft under its
        name.)"""
        events = [event for event in self.lab.queries.events(self.scene.task.id) if event.worker_id]
        mine = [event.kind for event in events if f":{self.worker.pid}:" in str(event.worker_id)]
        return [kind for kind in mine if kind != EventKind.ORPHAN_DRAFT]

    def does_something_else(self) -> None:
        """It is through with the article when it has published another one."""
        account, _ = self.lab.account("bob")
        self.lab.wait_for(self.lab.submit(account, "另一篇"), TaskStatus.PUBLISHED)


def stands_at(lab: WorkerLab, log: str) -> bool:
    """Whether this worker has come to its failpoint."""
    return any(line["event"] == "failpoint" for line in lab.log(log))


def go(lab: WorkerLab, where: Failpoint) -> None:
    """Whoever hangs at this failpoint goes on."""
    (lab.data_dir / FOLDER / f"{where}.go").touch()


def can_write(lab: WorkerLab) -> bool:
    """Whether nobody holds a lock on the rows that workers change."""
    db = Database(lab.environment["TOPN_DATABASE_URL"], lock_wait_seconds=1)
    for_update = "" if db.engine.dialect.name == "sqlite" else " FOR UPDATE"
    try:
        with db.write() as connection:
            for table in ("publish_tasks", "accounts", "leader_locks"):
                connection.execute(text(f"SELECT * FROM {table}{for_update}")).all()  # noqa: S608  # our own names
    except ServiceUnavailable:
        return False
    finally:
        db.close()
    return True


def claim_numbers(lab: WorkerLab) -> dict[int, int]:
    """Who counts as running, by which turn."""
    names = KeyNames(lab.environment["TOPN_REDIS_PREFIX"])
    return {entry.task_id: entry.number for entry in read_running(lab.redis, names)}


@pytest.mark.parametrize(
    "where",
    [
        Failpoint.AFTER_CLAIM,
        Failpoint.AFTER_TAKE,
        Failpoint.AFTER_DRAFT_CREATED,
        Failpoint.AFTER_DRAFTED,
        Failpoint.AFTER_SUBMITTING,
        Failpoint.AFTER_CLICK,
        Failpoint.BEFORE_RECORD,
        Failpoint.BEFORE_RELEASE,
    ],
)
def test_it_wakes_when_another_has_finished(lab_on_mariadb: WorkerLab, where: Failpoint) -> None:
    lab, scene = lab_on_mariadb, Scene(lab_on_mariadb)
    sleeper = Sleeper(scene, where)
    written = sleeper.events()
    other = scene.worker()
    scene.at_rest()
    wait_until(lambda: claim_numbers(lab) == {}, 30, "the slot is free")
    done = scene.row
    ends(other)
    sleeper.wakes()
    sleeper.does_something_else()
    assert done.status is TaskStatus.PUBLISHED, lab.story(scene.task)
    assert (scene.row, sleeper.events()) == (done, written), lab.story(scene.task)
    scene.check()


@pytest.mark.parametrize("where", [Failpoint.AFTER_TAKE, Failpoint.AFTER_SUBMITTING, Failpoint.AFTER_CLICK])
def test_it_wakes_while_another_is_at_it(lab_on_both: WorkerLab, where: Failpoint) -> None:
    lab, scene = lab_on_both, Scene(lab_on_both)
    sleeper = Sleeper(scene, where)
    written = sleeper.events()
    scene.worker(f"{Failpoint.AFTER_SIGNIN}:hang:1")
    wait_until(lambda: stands_at(lab, "worker-2"), 60, "another is at it")
    held = claim_numbers(lab)
    assert set(held) == {scene.task.id}
    sleeper.wakes()
    sleeper.does_something_else()
    wait_until(lambda: claim_numbers(lab) == held, 30, "its release and its give-back are refused")
    go(lab, Failpoint.AFTER_SIGNIN)
    done = scene.at_rest()
    assert (done.status, done.crash_count) == (TaskStatus.PUBLISHED, 1), lab.story(scene.task)
    assert sleeper.events() == written, lab.story(scene.task)
    scene.check()


def ends(worker: Worker) -> None:
    """Gracefully."""
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
