"""An administrator forgets a user's starts while two worker processes start as many articles as they may: counted from
each reset, nobody gets over the limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.store.records import Actor
from core.task_state import TaskStatus
from tests.chaos.aftermath import all_tasks
from tests.chaos.ending import stop_and_check
from tests.chaos.history import Limits
from tests.chaos.people import People
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import DEFAULTS, WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STARTS = 3
RESET_AFTER = (2, 5, 8)
"""So many starts, all told: in the middle of the first burst, and when nothing may start any more."""
ARTICLES = 10


@pytest.fixture
def people(lab: WorkerLab) -> Iterator[People]:
    """What an administrator reaches this lab through."""
    environment = lab.environment
    made = People(
        environment["TOPN_DATABASE_URL"],
        environment["TOPN_REDIS_URL"],
        prefix=environment["TOPN_REDIS_PREFIX"],
        defaults=replace(DEFAULTS, max_starts_per_minute=STARTS),
    )
    yield made
    made.close()


def starts(lab: WorkerLab) -> int:
    """How many articles have been started."""
    return sum(task.first_claimed_ms is not None for task in all_tasks(lab))


@pytest.mark.fault("25")
def test_counted_from_each_reset_nobody_gets_over_the_limit(lab: WorkerLab, people: People) -> None:
    account, _ = lab.account()
    tasks = [lab.submit(account, f"文章 {number}") for number in range(ARTICLES)]
    workers = [lab.worker(drivers=2, index=number, TOPN_MAX_STARTS_PER_MINUTE=str(STARTS)) for number in (1, 2)]
    for number in RESET_AFTER:
        wait_until(lambda: starts(lab) >= number, 60, f"{number} have started")  # noqa: B023
        people.limits.reset(account.user_id, actor=Actor.command_line())
    for task in tasks:
        done = lab.wait_for(task, TaskStatus.PUBLISHED, TaskStatus.FAILED, TaskStatus.BLOCKED)
        assert done.status is TaskStatus.PUBLISHED, lab.story(task)
    stop_and_check(lab, *workers, limits=Limits(max_running=10, max_starts=STARTS))
