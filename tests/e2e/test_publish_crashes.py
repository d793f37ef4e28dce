"""A thread that hangs is ended with its worker process."""

from __future__ import annotations

import pytest

from core.task_state import TaskStatus
from tasks.failpoints import Failpoint
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FINAL = (TaskStatus.PUBLISHED, TaskStatus.FAILED, TaskStatus.CANCELLED, TaskStatus.BLOCKED)


@pytest.mark.fault("27")
def test_a_thread_that_hangs_is_ended_with_its_process_and_the_task_goes_on(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    task = lab.submit(account)
    lab.run(
        "run_workers.py",
        "--workers=1",
        "--drivers=1",
        TOPN_FAILPOINT=f"{Failpoint.AFTER_WRITTEN}:hang:1",
        TOPN_STEP_SECONDS="12",
    )
    done = lab.wait_for(task, *FINAL, timeout=120)
    assert (done.status, done.crash_count) == (TaskStatus.PUBLISHED, 1), lab.story(task)
    assert "(code 75)" in lab.output()
    assert [post["post_count"] for post in lab.site.posts(on_site)] == [1]
