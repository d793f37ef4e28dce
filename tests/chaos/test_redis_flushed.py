"""Redis is flushed while a hundred articles wait and eight run, and again when everybody has started as many as a
window holds."""

from __future__ import annotations

from collections import defaultdict

import pytest

from core.store.records import AccountView
from core.task_state import TaskStatus
from tests.chaos.aftermath import all_tasks, check_aftermath
from tests.practice_site.faults import Fault
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.fault("3")]

USERS, ARTICLES = 4, 27
WORKERS, THREADS = 2, 4
MAX_RUNNING, MAX_STARTS, WINDOW_MS = 2, 20, 60_000
LIMITS = {"TOPN_MAX_RUNNING_PER_USER": str(MAX_RUNNING), "TOPN_MAX_STARTS_PER_MINUTE": str(MAX_STARTS)}


def fill(lab: WorkerLab) -> list[AccountView]:
    """Everybody hands in as much as two windows hold."""
    accounts = [lab.account(f"user-{number}")[0] for number in range(USERS)]
    for number in range(ARTICLES):
        for account in accounts:
            lab.submit(account, f"{account.user_name} 第 {number} 篇")
    return accounts


def line(lab: WorkerLab) -> tuple[int, int]:
    """How many wait and how many count as running."""
    stats = lab.queue.stats()
    return stats.waiting, stats.running


def count(lab: WorkerLab, status: TaskStatus) -> int:
    """How many articles are in this state."""
    return lab.queries.counts()[status]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("database_url", ["mariadb"], indirect=True)
def test_everything_finishes_and_nobody_gets_over_a_limit(lab_with_own_redis: WorkerLab) -> None:
    lab = lab_with_own_redis
    fill(lab)
    # The first of each thread hangs at the site, so that eight run and a hundred wait.
    lab.site.set_fault(Fault.SLOW_REPLY, seconds=5, times=WORKERS * THREADS, method="POST")
    for index in range(1, WORKERS + 1):
        lab.run("-m", "tests.chaos.quick_worker", f"--drivers={THREADS}", f"--index={index}", **LIMITS)
    total, threads = USERS * ARTICLES, WORKERS * THREADS
    wait_until(lambda: line(lab) == (total - threads, threads), 60, "eight run and a hundred wait")
    lab.redis.flushall()
    published = USERS * MAX_STARTS
    wait_until(lambda: count(lab, TaskStatus.PUBLISHED) >= published, 120, "every window is full or has been")
    lab.redis.flushall()
    wait_until(lambda: count(lab, TaskStatus.PUBLISHED) == total, 120, f"all are published, not {lab.queries.counts()}")
    check_aftermath(lab)
    check_limits(lab)


def check_limits(lab: WorkerLab) -> None:
    """By Redis' own time of each start, and by the timelines."""
    starts: dict[int, list[int]] = defaultdict(list)
    for task in all_tasks(lab):
        assert (task.crash_count, task.retries_used) == (0, 0), lab.story(task)
        assert task.first_claimed_ms is not None
        starts[task.user_id].append(task.first_claimed_ms)
    for user_id, moments in starts.items():
        moments.sort()
        for first, next_but in zip(moments, moments[MAX_STARTS:], strict=False):
            assert next_but - first >= WINDOW_MS, f"user {user_id}: more than {MAX_STARTS} in {next_but - first} ms"
        assert most_at_once(lab, user_id) <= MAX_RUNNING


def most_at_once(lab: WorkerLab, user_id: int) -> int:
    """How many articles of a user were past their first step together."""
    marks = []
    for task in all_tasks(lab):
        if task.user_id != user_id:
            continue
        steps = [event for event in lab.queries.events(task.id) if event.kind in ("step", "published")]
        marks += [(steps[0].at, 1), (steps[-1].at, -1)]
    running = most = 0
    for _, change in sorted(marks):
        running += change
        most = max(most, running)
    return most
