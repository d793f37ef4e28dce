"""A deploy: SIGTERM or SIGINT to run_workers.py while articles are in every step. Nothing is lost by it."""

from __future__ import annotations

import signal

import pytest

from core.task_state import Checkpoint, TaskStatus
from tests.chaos.aftermath import check_aftermath
from tests.chaos.ending import check_nothing_left
from tests.chaos.held_steps import HELD_STEPS, HeldArticles
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GRACE_SECONDS = 3
STOP_SECONDS = 60
DRAIN_SECONDS = 150


@pytest.mark.fault("24")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_in_each_step_it_goes_on_after_the_next_start(lab: WorkerLab, number: signal.Signals) -> None:
    held = HeldArticles(lab, HELD_STEPS)
    environment = {**held.environment, "TOPN_GRACE_SECONDS": str(GRACE_SECONDS)}
    first = lab.run("run_workers.py", "--workers=1", f"--drivers={len(HELD_STEPS)}", **environment)
    held.wait_until_held()
    first.send_signal(number)
    assert first.wait(STOP_SECONDS) == 0, lab.output()[-3000:]
    check_nothing_left(lab)
    for article in held.articles:
        row, story = article.row, lab.story(article.task)
        assert (row.status, row.crash_count, row.retries_used) == (TaskStatus.WAITING, 0, 0), story
        assert lab.kinds(article.task)[-1] == "handed_back", story
        is_submitting = article.step.is_submitted or article.step.is_late
        assert (row.checkpoint is Checkpoint.SUBMITTING) is is_submitting, story
    assert lab.queue.stats().running == 0
    second = lab.run("run_workers.py", "--workers=1", "--drivers=3", "--drain", **held.environment)
    assert second.wait(DRAIN_SECONDS) == 0, lab.output()[-3000:]
    for article in held.articles:
        assert article.check_published_once().crash_count == 0
    check_aftermath(lab)
    check_nothing_left(lab)
