"""A worker is killed, then the supervisor: browsers end with them, and a new supervisor goes on."""

from __future__ import annotations

import pytest

from core.task_state import TaskStatus
from tests.chaos.aftermath import check_aftermath
from tests.chaos.ending import check_nothing_left
from tests.chaos.held_steps import HeldArticles, environment_of, step_named
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OPENING = step_named("opening the page")


@pytest.mark.fault("15")
def test_a_worker_and_then_its_supervisor_are_killed(lab: WorkerLab) -> None:
    held = HeldArticles(lab, [OPENING, OPENING])
    environment = {**environment_of(OPENING), "TOPN_LEASE_SECONDS": "600"}
    supervisor = lab.run("run_workers.py", "--workers=2", "--drivers=2", **environment)
    held.wait_until_held()
    victim, other = lab.worker_processes()
    browsers = lab.driver_processes(victim.pid)
    assert browsers != []
    victim.kill()
    wait_until(lambda: any(one.row.status is TaskStatus.PUBLISHED for one in held.articles), 60, "one is published")
    assert [article.row.crash_count for article in held.articles if article.row.crash_count] == [1]
    assert not any(browser.is_running() for browser in browsers)
    assert other.is_running()
    supervisor.kill()
    supervisor.wait(10)
    wait_until(lambda: lab.worker_processes() == [], 40, "the workers have stopped by themselves")
    check_nothing_left(lab)
    assert lab.run("run_workers.py", "--workers=1", "--drivers=1", "--drain").wait(120) == 0, lab.output()[-3000:]
    for article in held.articles:
        article.check_published_once()
    check_aftermath(lab)
    check_nothing_left(lab)


@pytest.mark.fault("15")
def test_supervisor_and_workers_are_killed_together(lab: WorkerLab) -> None:
    """Nobody is left to clean up: the next supervisor does, before it starts its own workers."""
    held = HeldArticles(lab, [OPENING, OPENING])
    supervisor = lab.run("run_workers.py", "--workers=2", "--drivers=2", **environment_of(OPENING))
    held.wait_until_held()
    # Looked for first: while that takes its time, workers without a supervisor begin to stop by themselves.
    workers = lab.worker_processes()
    supervisor.kill()
    for worker in workers:
        worker.kill()
    supervisor.wait(10)
    wait_until(lambda: lab.worker_processes() == [], 10, "the workers are gone")
    assert lab.driver_processes() != []
    assert lab.run("run_workers.py", "--workers=1", "--drivers=2", "--drain").wait(120) == 0, lab.output()[-3000:]
    assert "browser processes that dead workers had left" in lab.output()
    for article in held.articles:
        assert article.check_published_once().crash_count == 1
    check_aftermath(lab)
    check_nothing_left(lab)
