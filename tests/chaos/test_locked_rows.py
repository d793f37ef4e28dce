"""Locks and deadlocks on a real MariaDB under a real worker: its transactions are run again, and nothing is lost."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Connection, text

from core.task_state import TaskStatus
from tasks.failpoints import FOLDER, Failpoint
from tests.chaos.ending import stop_and_check
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOCK_WAIT_SECONDS = 10.0
"""How long one statement of the product waits for a lock: `DEFAULT_LOCK_WAIT_SECONDS`."""
HELD_AT = Failpoint.AFTER_CONFIRM


@pytest.fixture
def lab(lab_on_mariadb: WorkerLab) -> WorkerLab:
    return lab_on_mariadb


def let_go(lab: WorkerLab) -> None:
    """The publishing threads go on."""
    (lab.data_dir / FOLDER).mkdir(exist_ok=True)
    (lab.data_dir / FOLDER / f"{HELD_AT}.go").touch()


def lease_ends(lab: WorkerLab) -> int:
    """How many different ends the leases of all tasks have."""
    with lab.db.read() as connection:
        return int(connection.execute(text("SELECT COUNT(DISTINCT lease_until) FROM publish_tasks")).scalar_one())


def count(connection: Connection, name: str) -> int:
    """A counter of the server."""
    statement = text("SHOW GLOBAL STATUS WHERE Variable_name = :name")
    return int(connection.execute(statement, {"name": name}).one()[1])


def are_waiting(connection: Connection) -> bool:
    """Whether anybody waits for the lock on a row."""
    return count(connection, "Innodb_row_lock_current_waits") > 0


@pytest.mark.fault("18")
def test_a_row_that_stays_locked_for_longer_than_one_wait(lab: WorkerLab) -> None:
    account, _ = lab.account()
    task = lab.submit(account)
    worker = lab.worker(TOPN_FAILPOINT=f"{HELD_AT}:hang", TOPN_LEASE_SECONDS="60")
    wait_until(lambda: lab.status(task) is TaskStatus.RUNNING, 60, "it is running")
    with lab.db.write() as holder, lab.db.read() as observer:
        holder.execute(text("SELECT id FROM publish_tasks WHERE id = :id FOR UPDATE"), {"id": task.id})
        let_go(lab)
        wait_until(lambda: are_waiting(observer), 30, "the worker waits for the lock")
        # The first wait of the worker ends with an error of the database meanwhile.
        threading.Event().wait(LOCK_WAIT_SECONDS + 1)
        wait_until(lambda: are_waiting(observer), LOCK_WAIT_SECONDS / 2, "it waits again")
    done = lab.wait_for(task, TaskStatus.PUBLISHED, TaskStatus.FAILED, TaskStatus.BLOCKED)
    assert (done.status, done.attempt, done.crash_count) == (TaskStatus.PUBLISHED, 1, 0), lab.story(task)
    assert [line for line in lab.log() if line["level"] in ("error", "critical")] == []
    stop_and_check(lab, worker)


@pytest.mark.fault("18")
def test_a_deadlock_with_the_renewal_of_leases(lab: WorkerLab) -> None:
    """The renewal holds the first row and wants the second; the other side the other way round, and it has changed
    so much more that the database undoes the renewal."""
    account, _ = lab.account()
    tasks = [lab.submit(account, f"文章 {number}") for number in range(2)]
    worker = lab.worker(drivers=2, index=1, TOPN_FAILPOINT=f"{HELD_AT}:hang", TOPN_LEASE_SECONDS="6")
    wait_until(lambda: all(lab.status(task) is TaskStatus.RUNNING for task in tasks), 60, "both are running")
    wait_until(lambda: lease_ends(lab) == 1, 30, "both were renewed together: from now on the first row comes first")
    with lab.db.write() as connection:
        connection.execute(text("CREATE TABLE weight (number INT)"))
    with lab.db.write() as other, lab.db.read() as observer:
        before = count(observer, "Innodb_deadlocks")
        other.execute(text("INSERT INTO weight SELECT 1 FROM seq_1_to_500"))
        lock = text("UPDATE publish_tasks SET priority = priority WHERE id = :id")
        other.execute(lock, {"id": tasks[1].id})
        wait_until(lambda: are_waiting(observer), 30, "the renewal waits for the second row")
        other.execute(lock, {"id": tasks[0].id})
        wait_until(lambda: count(observer, "Innodb_deadlocks") > before, 10, "the database has seen a deadlock")
    let_go(lab)
    for task in tasks:
        done = lab.wait_for(task, TaskStatus.PUBLISHED, TaskStatus.FAILED, TaskStatus.BLOCKED)
        assert (done.status, done.attempt, done.crash_count) == (TaskStatus.PUBLISHED, 1, 0), lab.story(task)
    assert [line for line in lab.log() if line["level"] in ("error", "critical")] == []
    stop_and_check(lab, worker)
