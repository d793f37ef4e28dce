"""Redis is away for longer than every time-out, dead or silent: articles are accepted all the same, nothing starts,
what runs is finished, and the workers say so once and go on by themselves."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from core.queue.heartbeats import Heartbeats, OrderKind, WorkerOrder
from core.services.submission import Submission
from core.services.task_manager import TaskQueueManager
from core.settings import load_settings
from core.store.records import AccountView, Actor, TaskView
from core.task_state import Step, TaskStatus
from tests.chaos.aftermath import check_aftermath
from tests.practice_site.faults import Fault
from tests.servers.local_process import wait_until
from tests.servers.redis_server import RedisServer
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.fault("4")]

OUTAGE_SECONDS = 12
"""More than the socket's time-out (5), a lease (3) and the life of a heartbeat (10)."""

Outage = Callable[[RedisServer], AbstractContextManager[None]]


def service(lab: WorkerLab) -> TaskQueueManager:
    """What a page, the REST API and the command line call."""
    settings = load_settings()
    return TaskQueueManager(
        lab.db,
        accounts=lab.accounts,
        store=lab.store,
        queue=lambda: lab.queue,
        zone=settings.zone,
        max_retries=settings.max_retries,
        max_waiting=settings.max_waiting_per_user,
        article_sites=(lab.site.url,),
    )


def hand_in(lab: WorkerLab, account: AccountView, title: str) -> TaskView:
    """As its user does."""
    submission = Submission(account=account.name, title=title, content="一段。")
    return service(lab).submit(submission, actor=Actor.command_line(), user_id=account.user_id)


@contextmanager
def dead(server: RedisServer) -> Iterator[None]:
    """It is killed and comes back empty."""
    server.process.kill()
    yield
    server.start()


@contextmanager
def silent(server: RedisServer) -> Iterator[None]:
    """It is suspended: connections stay open and nothing is answered. It comes back with all it had."""
    server.process.suspend()
    try:
        yield
    finally:
        server.process.resume()


def alarms(lab: WorkerLab) -> list[dict[str, Any]]:
    """What the worker logs to alarm its operator. While Redis hangs, its maintenance is slower than the lock that
    makes it the leader: it may say again and again that it leads."""
    return [line for line in lab.log() if line["level"] not in ("debug", "info")]


def logged(lab: WorkerLab, level: str, service: str | None = None) -> list[str]:
    """What the worker logged at this level, of this service."""
    lines = [line for line in lab.log() if line["level"] == level]
    return [line["event"] for line in lines if service is None or line.get("service") == service]


@pytest.mark.parametrize("outage", [dead, silent])
def test_articles_are_accepted_and_go_on_when_it_is_back(
    lab_with_own_redis: WorkerLab, own_redis: RedisServer, outage: Outage
) -> None:
    lab = lab_with_own_redis
    account, on_site = lab.account()
    lab.worker()
    lab.wait_for(hand_in(lab, account, "之前"), TaskStatus.PUBLISHED)
    lab.site.set_fault(Fault.PAGE_SLOW, on_site, seconds=4)
    running = hand_in(lab, account, "正在发布")
    wait_until(lambda: lab.queries.get(running.id).progress >= Step.SIGNED_IN, 60, "one is on its way")
    with outage(own_redis):
        accepted = hand_in(lab, account, "停机时")
        assert accepted.status is TaskStatus.WAITING
        lab.wait_for(running, TaskStatus.PUBLISHED)
        wait_until(lambda: len(logged(lab, "warning", "Redis")) >= 2, 60, "the loops and the threads noticed")
        before = alarms(lab)
        # The fault is its length.
        time.sleep(OUTAGE_SECONDS)
        assert alarms(lab) == before, "it says so once"
        assert lab.kinds(accepted) == ["handed_in"], "nothing starts"
    lab.wait_for(accepted, TaskStatus.PUBLISHED)
    check_aftermath(lab)
    assert sorted(logged(lab, "warning", "Redis")) == ["cannot claim, waiting", "waiting for a service"]
    assert logged(lab, "error") == []
    assert {post["title"] for post in lab.site.posts()} == {"之前", "正在发布", "停机时"}


def test_a_quiet_worker_that_is_killed_meanwhile_is_followed_by_a_quiet_one(
    lab_with_own_redis: WorkerLab, own_redis: RedisServer
) -> None:
    lab = lab_with_own_redis
    living = Heartbeats(lab.redis, prefix=lab.environment["TOPN_REDIS_PREFIX"])

    def states(worker_id: str = "") -> list[object]:
        """What the workers say of themselves, all but this one."""
        return [beat.facts["state"] for beat in living.all() if beat.worker_id != worker_id]

    lab.run("run_workers.py", "--workers=1", "--drivers=1")
    wait_until(lambda: len(states()) == 1, 60, "it lives")
    first = living.all()[0].worker_id
    pid = int(first.split(":")[1])
    living.give_order(first, WorkerOrder(OrderKind.QUIET, "root", 1.5))
    wait_until(lambda: states() == ["quiet"], 20, "it is quiet")
    with silent(own_redis):
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: {one.pid for one in lab.worker_processes()} - {pid} != set(), 60, "another has started")
    wait_until(lambda: states(first) == ["quiet"], 40, "it is quiet as well")
