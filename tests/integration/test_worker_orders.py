"""Quiet, resume, stop and start, told to real worker processes under a real supervisor."""

from __future__ import annotations

import os
import signal

import pytest

from core.queue.heartbeats import Heartbeat, Heartbeats
from core.queue.work_figures import Measure, WorkFigures
from core.services.worker_manager import WorkerManager
from core.store.records import Actor
from core.task_state import TaskStatus
from tests.practice_site.faults import Fault
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Actor.command_line()


class Told:
    """The workers of a lab, and what an administrator tells them."""

    def __init__(self, lab: WorkerLab) -> None:
        self.prefix = lab.environment["TOPN_REDIS_PREFIX"]
        self.living = Heartbeats(lab.redis, prefix=self.prefix)
        self.stopped = Heartbeats(lab.redis, prefix=f"{self.prefix}stopped-")
        self.manager = WorkerManager(lab.db, lambda: self.living, lambda: self.stopped)

    def only(self) -> Heartbeat:
        """The one worker that lives."""
        wait_until(lambda: len(self.living.all()) == 1, 60, "one worker lives")
        return self.living.all()[0]

    def state(self) -> object:
        """What it says of itself."""
        return self.only().facts["state"]


def test_a_quiet_worker_finishes_what_it_holds_and_takes_nothing_until_it_is_resumed(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.PUBLISH_SLOW, on_site, seconds=6)
    told, first = Told(lab), lab.submit(account, "第一篇")
    lab.run("run_workers.py", "--workers=1", "--drivers=1")
    wait_until(lambda: lab.queries.get(first.id).submitted_at is not None, 60, "it is submitting")
    worker = told.only().worker_id
    told.manager.quiet(worker, actor=ROOT)
    wait_until(lambda: told.state() == "quiet", 20, "it is quiet")
    second = lab.submit(account, "第二篇")
    assert lab.status(first) is TaskStatus.RUNNING
    lab.wait_for(first, TaskStatus.PUBLISHED)
    lab.redis.delete(f"{told.prefix}worker-order:{worker}")
    wait_until(lambda: lab.log_size_is_steady(seconds=4), 60, "nothing more happens")
    assert (lab.status(second), told.state()) == (TaskStatus.WAITING, "quiet")
    facts = told.only().facts
    assert isinstance(facts["quiet"], dict)
    assert facts["quiet"]["by"] == "command line"
    lab.site.clear_faults()
    told.manager.resume(worker, actor=ROOT)
    lab.wait_for(second, TaskStatus.PUBLISHED)
    assert told.only().worker_id == worker
    assert "Takes nothing new: command line wants it so." in lab.output()


@pytest.mark.parametrize("is_order_forgotten", [False, True])
def test_a_quiet_worker_that_dies_is_followed_by_a_quiet_one(lab: WorkerLab, is_order_forgotten: bool) -> None:
    account, _on_site = lab.account()
    told = Told(lab)
    lab.run("run_workers.py", "--workers=1", "--drivers=1")
    first = told.only().worker_id
    told.manager.quiet(first, actor=ROOT)
    wait_until(lambda: told.state() == "quiet", 20, "it is quiet")
    if is_order_forgotten:
        lab.redis.delete(f"{told.prefix}worker-order:{first}")
    os.kill(int(first.split(":")[1]), signal.SIGKILL)
    wait_until(lambda: [beat.worker_id for beat in told.living.all()] not in ([], [first]), 60, "another has started")
    second = told.only().worker_id
    wait_until(lambda: told.state() == "quiet", 20, "it is quiet as well")
    task = lab.submit(account, "一篇")
    wait_until(lambda: lab.log_size_is_steady(seconds=4), 60, "nothing more happens")
    assert lab.status(task) is TaskStatus.WAITING
    told.manager.resume(second, actor=ROOT)
    lab.wait_for(task, TaskStatus.PUBLISHED)


def test_a_stopped_worker_stays_away_until_it_is_started_again(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.PUBLISH_SLOW, on_site, seconds=6)
    told, first = Told(lab), lab.submit(account, "第一篇")
    supervisor = lab.run("run_workers.py", "--workers=1", "--drivers=1")
    wait_until(lambda: lab.queries.get(first.id).submitted_at is not None, 60, "it is submitting")
    worker = told.only().worker_id
    told.manager.stop(worker, actor=ROOT)
    wait_until(lambda: lab.worker_processes() == [], 60, "the worker has ended")
    assert lab.status(first) is TaskStatus.PUBLISHED, "what was submitted was finished first"
    wait_until(lambda: [beat.worker_id for beat in told.stopped.all()] == [worker], 20, "its place is shown as empty")
    lab.site.clear_faults()
    second = lab.submit(account, "第二篇")
    # The waits after a fault begin at half a second: after five it would be back.
    wait_until(lambda: lab.log_size_is_steady(seconds=5), 60, "nothing more happens")
    assert lab.worker_processes() == []
    assert lab.status(second) is TaskStatus.WAITING
    (beat,) = told.stopped.all()
    assert beat.facts["by"] == "command line"
    assert "Worker 1 was stopped by command line." in lab.output()
    told.manager.start(worker, actor=ROOT)
    lab.wait_for(second, TaskStatus.PUBLISHED)
    assert told.stopped.all() == []
    figures = WorkFigures(lab.redis, prefix=told.prefix)
    wait_until(lambda: sum(figures.read()[Measure.PUBLISH_DURATION].buckets) == 2, 20, "both were measured")
    assert all(sum(histogram.buckets) == 2 and histogram.sum_seconds > 0 for histogram in figures.read().values())
    assert told.only().worker_id != worker
    assert supervisor.poll() is None
    assert [post["post_count"] for post in lab.site.posts(on_site)] == [1, 1]


def test_a_worker_that_was_started_by_hand_just_ends(lab: WorkerLab) -> None:
    told, process = Told(lab), lab.worker()
    told.manager.stop(told.only().worker_id, actor=ROOT)
    assert process.wait(60) == 0
    assert told.living.all() == []
