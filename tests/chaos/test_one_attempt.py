"""The same id is put in line again and again, and eight threads want one row: there is one attempt."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.browser.webdriver_pool import WebDriverPool
from core.lane import Claim
from core.task_state import TaskStatus
from tests.chaos.aftermath import check_aftermath
from tests.servers.local_process import wait_until
from tests.servers.worker_desk import WORKER_ID, WorkerDesk
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.fault("5")]

THREADS = 8
PUSHES = 300


@pytest.fixture
def desk(ground: WorkerLab, tmp_path: Path) -> Iterator[WorkerDesk]:
    pool = WebDriverPool(1, worker_id=WORKER_ID, run_dir=tmp_path / "run", min_free_memory_mb=0)
    desk = WorkerDesk(ground, pool)
    desk.keeper.start()
    # A thread whose turn led to nothing would calm down for a while first.
    desk.parts.stopping.set()
    yield desk
    desk.keeper.stop()
    pool.close(10)


def turns(lab: WorkerLab, number: int) -> list[Claim]:
    """So many turns for one row: Redis loses the line after each, and it is built anew from the waiting row."""
    found = []
    for _ in range(number):
        lab.queue.rebuild()
        claim = lab.queue.claim()
        assert claim is not None
        found.append(claim)
    return found


def test_eight_threads_with_a_turn_for_one_row(desk: WorkerDesk) -> None:
    """Only the last turn is in force. Another thread may be the first to take the row, and gives it back."""
    lab = desk.lab
    task = lab.submit(lab.bare_account())
    claims = turns(lab, THREADS)
    together = threading.Barrier(THREADS)

    def run(claim: Claim) -> None:
        together.wait(30)
        desk.worker.run(claim)

    threads = [threading.Thread(target=run, args=(claim,)) for claim in claims]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if lab.status(task) is TaskStatus.WAITING:
        # Whoever held the row gave it back after the one with the turn had looked: the sweeper's part.
        entry = lab.queries.entry(task.id)
        assert entry is not None
        lab.queue.push([entry])
        desk.publish(task)
    row = lab.queries.get(task.id)
    assert (row.status, row.attempt, row.crash_count) == (TaskStatus.PUBLISHED, 1, 0), lab.story(task)
    assert (desk.platform.drafts, desk.platform.clicks) == (1, 1)
    stats = lab.queue.stats()
    assert (stats.running, stats.waiting) == (0, 0)


def test_an_id_that_is_pushed_without_end(lab_on_both: WorkerLab) -> None:
    """Before, during and after its one attempt, while eight threads of two processes look for work."""
    lab = lab_on_both
    account, _ = lab.account()
    task = lab.submit(account)
    entry = lab.queries.entry(task.id)
    assert entry is not None
    for index in (1, 2):
        lab.run("-m", "tests.chaos.quick_worker", f"--drivers={THREADS // 2}", f"--index={index}")

    def is_published() -> bool:
        lab.queue.push([entry, entry])
        return lab.status(task) is TaskStatus.PUBLISHED

    wait_until(is_published, 60, "it is published")
    for _ in range(PUSHES):
        lab.queue.push([entry, entry])
    check_aftermath(lab)
    row = lab.queries.get(task.id)
    assert (row.attempt, lab.kinds(task).count("taken")) == (1, 1), lab.story(task)
    assert lab.site.posts()[0]["publish_requests"] == 1
