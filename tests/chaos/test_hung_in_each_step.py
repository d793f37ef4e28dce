"""A part of the browser, or the publishing thread itself, hangs: its deadline ends it, and the article goes on from
its checkpoint."""

from __future__ import annotations

import signal

import pytest

from core.lane import PauseScope
from core.store.pauses import PauseStore
from core.task_state import TaskStatus
from tasks.consumer import EXIT_STUCK
from tasks.failpoints import Failpoint
from tests.chaos.ending import stop_and_check
from tests.chaos.held_steps import HeldArticles, HeldStep, each_step, environment_of
from tests.servers.browser_family import BrowserPart, browser_families
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IMPATIENT = {"TOPN_STEP_SECONDS": "10"}
HANGS_IN_STEPS = (
    Failpoint.AFTER_BROWSER,
    Failpoint.AFTER_SIGNIN,
    Failpoint.AFTER_DRAFT_CREATED,
    Failpoint.AFTER_DRAFTED,
    Failpoint.AFTER_SUBMITTING,
    Failpoint.AFTER_CLICK,
)
STUCK_EXIT_SECONDS = 90


@pytest.mark.fault("27")
@each_step
def test_a_part_of_the_browser_that_hangs_is_ended_by_the_deadline(lab: WorkerLab, step: HeldStep) -> None:
    """One article after the other, so that the youngest browser is the one whose article has just been held."""
    held = HeldArticles(lab)
    worker = lab.worker(drivers=len(BrowserPart), index=1, **environment_of(step), **IMPATIENT)
    known: set[int] = set()
    for part in BrowserPart:
        held.close_gate()
        held.add(step)
        held.wait_until_held()
        (family,) = [family for family in browser_families(lab) if family.session not in known]
        known.add(family.session)
        for process in family.part(part):
            process.send_signal(signal.SIGSTOP)
    for article in held.articles:
        done, story = article.check_published_once(), lab.story(article.task)
        assert (done.crash_count, done.retries_used) == (0, 1), story
        (late,) = [event.detail for event in lab.queries.events(done.id) if event.kind == "will_retry"]
        assert late["error_class"] == "DeadlinePassed", story
    stop_and_check(lab, worker)


@pytest.mark.fault("27")
def test_a_thread_that_hangs_is_ended_with_its_process(lab: WorkerLab) -> None:
    """Six processes with one thread each, which hangs at another place in each of them."""
    accounts = [lab.account(f"user-{number}") for number in range(len(HANGS_IN_STEPS))]
    tasks = [lab.submit(account, f"文章 {account.id}") for account, _ in accounts]
    workers = [
        lab.worker(index=number, TOPN_FAILPOINT=f"{where}:hang", TOPN_STEP_SECONDS="10")
        for number, where in enumerate(HANGS_IN_STEPS, start=1)
    ]
    wait_until(lambda: all(hangs(lab, number) for number in range(1, len(workers) + 1)), 60, "all of them hang")
    # What is rescued meanwhile waits for a thread that does not hang.
    pauses = PauseStore(lab.db)
    lab.queue.pause(pauses.add(PauseScope.EVERYTHING, "", by="ada", reason="repair"))
    for worker in workers:
        assert worker.wait(STUCK_EXIT_SECONDS) == EXIT_STUCK, lab.output()[-3000:]
    pauses.lift(PauseScope.EVERYTHING, "")
    lab.queue.resume(PauseScope.EVERYTHING, "")
    last = lab.worker(drivers=2, index=len(workers) + 1)
    for task, (_, on_site) in zip(tasks, accounts, strict=True):
        done = lab.wait_for(task, TaskStatus.PUBLISHED, TaskStatus.FAILED, TaskStatus.BLOCKED)
        assert (done.status, done.crash_count) == (TaskStatus.PUBLISHED, 1), lab.story(task)
        assert [post["publish_requests"] for post in lab.site.posts(on_site)] == [1]
    wait_until(lambda: all(not lab.driver_processes(worker.pid) for worker in workers), 30, "their browsers are gone")
    stop_and_check(lab, last)


def hangs(lab: WorkerLab, number: int) -> bool:
    """Whether this worker has come to its failpoint."""
    return any(line["event"] == "failpoint" for line in lab.log(f"worker-{number}"))
