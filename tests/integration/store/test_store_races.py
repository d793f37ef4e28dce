"""Many at once: threads and processes that want the same row."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import text

from core.errors import Conflict, NotPossible, TooLate, TopnError
from core.settings import ROOT
from core.store.records import HeldTask
from core.task_state import Checkpoint, TaskStatus
from tests.integration.store.store_world import OTHER, WORKER, StoreWorld
from tests.servers.local_process import wait_until

TAKER = """
import sys
from core.store.database import Database
from core.store.task_store import TaskStore
url, worker, *ids = sys.argv[1:]
db = Database(url)
store = TaskStore(db, lease_seconds=30)
db.check()
print("ready", flush=True)
sys.stdin.readline()
held = [store.take(int(one), worker_id=worker, claimed_ms=1) for one in ids]
print(*[one.id for one in held if one is not None], flush=True)
db.close()
"""


def run_together(*jobs: Callable[[], object]) -> list[object]:
    """The outcome of each job, or the error it raised on purpose."""
    together = threading.Barrier(len(jobs))
    outcomes: list[object] = [None] * len(jobs)

    def run(number: int) -> None:
        together.wait(10)
        try:
            outcomes[number] = jobs[number]()
        except TopnError as error:
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_eight_threads_want_one_task(world: StoreWorld) -> None:
    for round_number in range(1, 11):
        task_id = world.add_task()
        takes = [
            partial(world.store.take, task_id, worker_id=f"host:{number}:x", claimed_ms=number) for number in range(8)
        ]
        outcomes = run_together(*takes)
        winners = [one for one in outcomes if isinstance(one, HeldTask)]
        assert (len(winners), outcomes.count(None)) == (1, 7), f"round {round_number}: {outcomes}"
        assert world.view(task_id).attempt == 1
        assert world.kinds(task_id) == ["handed_in", "taken"]
        assert world.store.renew_leases(winners[0].worker_id, [winners[0].grip]) == {winners[0].grip}


def test_three_processes_want_the_same_tasks(world: StoreWorld) -> None:
    ids = [world.add_task() for _ in range(30)]
    names = ["host:1:a", "host:2:b", "host:3:c"]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", TAKER, world.url, name, *map(str, ids)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    taken = [[int(one) for one in process.communicate(timeout=60)[0].split()] for process in processes]
    assert sorted(one for some in taken for one in some) == ids
    for name, some in zip(names, taken, strict=True):
        assert world.store.renew_leases(name, [(one, 1) for one in ids]) == {(one, 1) for one in some}


def test_cancel_against_the_click(world: StoreWorld) -> None:
    """Either the owner is told that it is too late, or the click is refused. Never both, never neither."""
    for _ in range(10):
        held = world.drafted()
        cancel, submit = run_together(partial(world.store.cancel, held.id), partial(world.store.begin_submitting, held))
        was_clicked = world.view(held).checkpoint is Checkpoint.SUBMITTING
        assert isinstance(cancel, TooLate) is was_clicked, (cancel, submit)
        assert world.view(held).cancel_requested is not was_clicked


def test_cancel_against_take(world: StoreWorld) -> None:
    for _ in range(10):
        task_id = world.add_task()
        cancel, taken = run_together(
            partial(world.store.cancel, task_id),
            partial(world.store.take, task_id, worker_id=WORKER, claimed_ms=1),
        )
        view = world.view(task_id)
        if taken is None:
            assert (cancel, view.status) == ("cancelled", TaskStatus.CANCELLED)
        else:
            assert (cancel, view.status, view.cancel_requested) == ("requested", TaskStatus.RUNNING, True)


def test_two_tasks_want_to_own_one_article(world: StoreWorld) -> None:
    first, second = world.submitting(), world.submitting()
    outcomes = run_together(
        lambda: world.store.finish_published(first, "9", "https://x/9"),
        lambda: world.store.finish_published(second, "9", "https://x/9"),
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "NoneType"]
    loser = first if isinstance(outcomes[0], Conflict) else second
    assert world.view(loser).status == TaskStatus.RUNNING


def test_an_owner_that_commits_in_the_last_moment(mariadb_world: StoreWorld) -> None:
    """Nobody else has the article of the site when we look, but the unique key makes us wait for one who does."""
    first, second = mariadb_world.submitting(), mariadb_world.submitting()
    outcomes: list[object] = []

    def finish_second() -> None:
        outcomes.extend(run_together(partial(mariadb_world.store.finish_published, second, "9", "https://x/9")))

    def waits_for_a_lock() -> bool:
        """By how long its statement runs: innodb_trx answers from a copy for as long as it is asked often."""
        with mariadb_world.db.read() as connection:
            waiting = (
                "SELECT COUNT(*) FROM information_schema.processlist "
                "WHERE command = 'Query' AND info LIKE 'UPDATE publish_tasks%' AND time_ms > 300"
            )
            return bool(connection.scalar(text(waiting)))

    thread = threading.Thread(target=finish_second)
    with mariadb_world.db.write() as connection:
        connection.execute(text("UPDATE publish_tasks SET remote_id = '9' WHERE id = :id"), {"id": first.id})
        thread.start()
        wait_until(waits_for_a_lock, 10, "the second one waits for the unique key")
    thread.join()
    (outcome,) = outcomes
    assert isinstance(outcome, Conflict)
    assert first.public_id in str(outcome)


def test_everybody_presses_the_same_button(world: StoreWorld) -> None:
    held = world.drafted()
    world.store.fail(held, error_class="X", message="x")
    outcomes = run_together(*[lambda: world.store.retry_by_hand(held.id)] * 6)
    assert sum(isinstance(one, NotPossible) for one in outcomes) == 5
    assert world.kinds(held).count("retried_by_hand") == 1


def test_renewing_never_touches_the_next_holder(world: StoreWorld) -> None:
    task_id = world.add_task()
    first = world.take(task_id)
    world.end_lease(task_id)
    world.store.rescue(world.store.expired()[0])
    second = world.take(task_id, OTHER)
    world.end_lease(task_id)
    assert world.store.renew_leases(WORKER, [first.grip, second.grip]) == set()
    assert Counter(one.worker_id for one in world.store.expired()) == {OTHER: 1}


@pytest.mark.parametrize("writers", [4])
def test_many_workers_write_at_once(world: StoreWorld, writers: int) -> None:
    """Whole attempts in parallel with renewals: no deadlock reaches a caller, every event is there."""
    ids = [[world.add_task() for _ in range(5)] for _ in range(writers)]

    def attempt(worker_id: str, some: list[int]) -> int:
        for task_id in some:
            held = world.drafted(task_id, worker_id)
            world.store.renew_leases(worker_id, [(one, 1) for one in some])
            world.store.begin_submitting(held)
            world.store.finish_published(held, f"remote-{task_id}", "https://x/1")
        return len(some)

    outcomes = run_together(*[partial(attempt, f"host:{number}:x", ids[number]) for number in range(writers)])
    assert outcomes == [5] * writers
    assert world.queries.counts()[TaskStatus.PUBLISHED] == 5 * writers
    assert {len(world.kinds(task_id)) for some in ids for task_id in some} == {7}
