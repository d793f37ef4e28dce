"""run_workers.py with real worker processes: restarts, hand-over, stops, drains, and what is left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from core.queue.heartbeats import Heartbeats
from core.task_state import Step, TaskStatus
from tests.practice_site.faults import Fault
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def beating(lab: WorkerLab, number: int) -> bool:
    """Whether so many workers have sent a heartbeat."""
    return len(Heartbeats(lab.redis, prefix=lab.environment["TOPN_REDIS_PREFIX"]).all()) == number


def start(lab: WorkerLab, *options: str, workers: int = 1, **environment: str) -> subprocess.Popen[bytes]:
    """Start run_workers.py and wait until all workers live."""
    process = lab.run("run_workers.py", f"--workers={workers}", f"--drivers={workers}", *options, **environment)
    wait_until(lambda: beating(lab, workers) or process.poll() is not None, 60, "all workers live")
    return process


def test_a_drain_ends_with_0_when_everything_is_published(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    for number in range(3):
        lab.submit(account, f"文章 {number}")
    assert lab.run("run_workers.py", "--workers=2", "--drivers=2", "--drain").wait(120) == 0, lab.output()
    assert [post["post_count"] for post in lab.site.posts(on_site)] == [1, 1, 1]
    assert "3 published" in lab.output()
    assert lab.output().count("browsers run without their sandbox") == (os.geteuid() == 0)
    assert lab.worker_processes() == []


def test_a_drain_ends_with_3_and_lists_what_needs_somebody(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.REFUSED, on_site, message="内容违规")
    task = lab.submit(account)
    assert lab.run("run_workers.py", "--workers=1", "--drivers=1", "--drain").wait(120) == 3, lab.output()
    told = lab.output()
    assert re.search(rf"Left over:\n.*  {task.public_id}  ada: “.*”: Refused by Zhihu: .*内容违规", told)
    assert re.search(rf"Worker 1: “.*” \({task.public_id}\) was refused by the site: .*内容违规", told)
    assert "Times are in Asia/Shanghai." in told
    hours = {line[:3] for line in told.splitlines()}
    assert hours <= {f"{datetime.now(UTC) + timedelta(hours=8, minutes=-ago):%H:}" for ago in (0, 5)}
    settled = lab.log_line("settled")
    assert (settled["task_id"], settled["public_id"], settled["level"]) == (task.id, task.public_id, "warning")


def test_a_second_start_is_refused_naming_the_first(lab: WorkerLab) -> None:
    first = start(lab)
    second = lab.run("run_workers.py")
    assert second.wait(30) == 2
    assert f"Process {first.pid} already runs the workers of {lab.data_dir}" in lab.output()
    assert first.poll() is None


def test_replace_stops_the_first(lab: WorkerLab) -> None:
    first = start(lab)
    second = lab.run("run_workers.py", "--workers=1", "--drivers=1", "--replace")
    assert first.wait(60) == 0
    wait_until(lambda: beating(lab, 1) and len(lab.worker_processes()) == 1, 60, "the new worker lives")
    assert psutil.Process(lab.worker_processes()[0].pid).ppid() == second.pid
    assert f"Stopping process {first.pid}, which runs here" in lab.output()


@pytest.mark.fault("24")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_hands_back_what_is_not_submitted_and_leaves_nothing(lab: WorkerLab, number: signal.Signals) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.PAGE_SLOW, on_site, seconds=60)
    task = lab.submit(account)
    process = start(lab)
    wait_until(lambda: lab.queries.get(task.id).progress >= Step.SIGNED_IN, 60, "it is signed in")
    process.send_signal(number)
    assert process.wait(60) == 0
    assert (lab.status(task), lab.queries.get(task.id).crash_count) == (TaskStatus.WAITING, 0)
    assert lab.worker_processes() == []
    assert lab.driver_processes() == []
    assert list((lab.data_dir / "run").iterdir()) == []


@pytest.mark.fault("24")
def test_a_submitted_article_finishes_before_the_stop(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.PUBLISH_SLOW, on_site, seconds=6)
    task = lab.submit(account)
    process = start(lab)
    wait_until(lambda: lab.queries.get(task.id).submitted_at is not None, 60, "it is submitting")
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert lab.status(task) is TaskStatus.PUBLISHED, lab.story(task)
    assert [post["publish_requests"] for post in lab.site.posts(on_site)] == [1]


@pytest.mark.fault("15")
def test_a_killed_worker_is_replaced_and_its_task_goes_on_before_its_lease_ends(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.PAGE_SLOW, on_site, seconds=60)
    task = lab.submit(account)
    start(lab, TOPN_LEASE_SECONDS="600")
    wait_until(lambda: lab.queries.get(task.id).progress >= Step.SIGNED_IN, 60, "it is signed in")
    (worker,) = lab.worker_processes()
    lab.site.clear_faults()
    os.kill(worker.pid, signal.SIGKILL)
    done = lab.wait_for(task, TaskStatus.PUBLISHED, TaskStatus.FAILED, TaskStatus.BLOCKED)
    assert (done.status, done.crash_count) == (TaskStatus.PUBLISHED, 1), lab.story(task)
    assert [post["post_count"] for post in lab.site.posts(on_site)] == [1]
    assert lab.driver_processes(worker.pid) == []
    assert "Worker 1 was killed (signal 9)" in lab.output()


@pytest.mark.fault("15")
def test_workers_stop_by_themselves_when_the_supervisor_is_killed_and_a_new_one_goes_on(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.PAGE_SLOW, on_site, seconds=60)
    task = lab.submit(account)
    supervisor = start(lab)
    wait_until(lambda: lab.queries.get(task.id).progress >= Step.SIGNED_IN, 60, "it is signed in")
    supervisor.kill()
    supervisor.wait(10)
    wait_until(lambda: lab.worker_processes() == [], 30, "the workers have stopped")
    assert (lab.status(task), lab.queries.get(task.id).crash_count) == (TaskStatus.WAITING, 0)
    assert lab.driver_processes() == []
    lab.site.clear_faults()
    assert lab.run("run_workers.py", "--workers=1", "--drivers=1", "--drain").wait(120) == 0
    assert [post["post_count"] for post in lab.site.posts(on_site)] == [1]


@pytest.mark.fault("15")
def test_a_new_supervisor_ends_the_browsers_of_killed_workers(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.PAGE_SLOW, on_site, seconds=60)
    task = lab.submit(account)
    supervisor = start(lab)
    wait_until(lambda: lab.queries.get(task.id).progress >= Step.SIGNED_IN, 60, "it is signed in")
    (worker,) = lab.worker_processes()
    supervisor.kill()
    os.kill(worker.pid, signal.SIGKILL)
    supervisor.wait(10)
    wait_until(lambda: lab.worker_processes() == [], 30, "the worker is gone")
    assert lab.driver_processes(worker.pid) != []
    lab.site.clear_faults()
    assert lab.run("run_workers.py", "--workers=1", "--drivers=1", "--drain").wait(120) == 0
    assert lab.driver_processes(worker.pid) == []
    assert lab.queries.get(task.id).crash_count == 1


def test_a_failpoint_is_refused_when_articles_go_to_a_real_site(lab: WorkerLab) -> None:
    process = lab.run(
        "run_workers.py", TOPN_FAILPOINT="after_click:kill9", TOPN_ZHIHU_WRITE_URL="https://zhuanlan.zhihu.com"
    )
    assert process.wait(30) == 2
    assert "TOPN_FAILPOINT: is set while articles go to https://zhuanlan.zhihu.com" in lab.output()


def test_wrong_settings_end_with_2_naming_all_of_them(lab: WorkerLab) -> None:
    assert lab.run("run_workers.py", TOPN_WORKERS="0", TOPN_LEASE_SECONDS="-1").wait(30) == 2
    assert "TOPN_WORKERS" in lab.output()
    assert "TOPN_LEASE_SECONDS" in lab.output()
