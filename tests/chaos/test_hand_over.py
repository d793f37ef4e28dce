"""How soon somebody else has what a killed worker had: its turn in line, its row."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from core.queue.rate_limiter import UserRateLimiter
from core.store.leadership import MaintenanceLock
from core.store.row_snapshot import DatabaseRows
from core.task_state import TaskStatus
from tasks.failpoints import Failpoint
from tasks.maintenance import Maintenance, MaintenanceParts
from tasks.service_watch import ServiceWatch
from tests.chaos.scene import Scene
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import DEFAULTS, QUICK, WorkerLab

BACK_IN_LINE_SECONDS = 20
LEASE_SECONDS = float(QUICK["TOPN_LEASE_SECONDS"])
HAND_OVER_SECONDS = LEASE_SECONDS + 5
MACHINE_SECONDS = 10
"""On top of both, for a machine that is busy with other tests. `make bench` measures; these tests find a hand-over
that does not come, or waits for something else."""


@pytest.fixture
def another_leader(ground: WorkerLab) -> Iterator[None]:
    """The maintenance of another process."""
    parts = MaintenanceParts(
        store=ground.store,
        queries=ground.queries,
        rows=DatabaseRows(ground.db),
        queue=ground.queue,
        lock=MaintenanceLock(ground.db, ttl_seconds=LEASE_SECONDS),
        run_dir=ground.data_dir / "run",
        watch=ServiceWatch(),
    )
    maintenance = Maintenance(parts, holder="host:1:another")
    maintenance.start()
    yield
    maintenance.stop()


@pytest.mark.fault("7a")
@pytest.mark.usefixtures("another_leader")
def test_a_turn_that_died_with_its_worker_is_in_line_again_with_its_start(ground: WorkerLab) -> None:
    task = ground.submit(ground.bare_account())
    worker = ground.worker(TOPN_FAILPOINT=f"{Failpoint.AFTER_CLAIM}:kill9")
    assert worker.wait(60) == -signal.SIGKILL, ground.output()
    prefix = ground.environment["TOPN_REDIS_PREFIX"]
    limiter = UserRateLimiter(ground.redis, prefix=prefix, defaults=DEFAULTS, rows=DatabaseRows(ground.db))
    stats = limiter.get_user_stats(task.user_id)
    assert (stats.running, stats.starts, stats.waiting) == (1, 1, 0)

    def is_back() -> bool:
        now = limiter.get_user_stats(task.user_id)
        return (now.running, now.starts, now.waiting) == (0, 0, 1)

    wait_until(is_back, BACK_IN_LINE_SECONDS + MACHINE_SECONDS, "in line again, its start given back")
    row = ground.queries.get(task.id)
    assert (row.status, row.attempt, row.crash_count) == (TaskStatus.WAITING, 0, 0)
    assert ground.kinds(task) == ["handed_in"]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.fault("7b")
def test_a_row_that_died_with_its_worker_goes_to_another(lab_on_both: WorkerLab) -> None:
    """Not so much as a lease after its worker fell silent, and without a supervisor."""
    lab, scene = lab_on_both, Scene(lab_on_both)
    first = scene.worker(f"{Failpoint.AFTER_CONFIRM}:hang:1")
    wait_until(lambda: "failpoint" in events(lab, "worker-1"), 60, "the first has the row")
    scene.worker()
    wait_until(lambda: "worker starts" in events(lab, "worker-2"), 60, "the second lives")
    assert scene.row.crash_count == 0, "a living worker keeps its lease"
    first.kill()
    wait_until(lambda: scene.kinds().count("taken") == 2, HAND_OVER_SECONDS + MACHINE_SECONDS, "another has the row")
    scene.is_killed(first)
    assert scene.at_rest().status is TaskStatus.PUBLISHED
    scene.check()
    assert scene.row.crash_count == 1


def events(lab: WorkerLab, log: str) -> list[str]:
    """What this worker has logged."""
    return [line["event"] for line in lab.log(log)]
