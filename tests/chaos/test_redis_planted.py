"""Somebody plants garbage and pickles in Redis: nothing is executed, the workers live, every article is published."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from core.queue.key_names import KeyNames
from core.store.records import AccountView
from core.task_state import TaskStatus
from tests.chaos.aftermath import check_aftermath
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.fault("6")]

UNKNOWN_ROW = "999999"
NO_ROW_IDS = (b"007", b"-1", b"1e3", b"12345678901234567", b"", b"nil", b"\xff\xfe")
NEXT_NUMBER = 8_000_000_000_000_000
HUEY = "topn"
"""The name that the workers give to Huey."""


class Canary:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.path), "w")


def plant_for_huey(lab: WorkerLab, poison: bytes, task_ids: list[int]) -> list[str]:
    """Under every key that any storage of Huey would read for this task: its queue, its schedule, results by task,
    revocations of one and of all, locks and counters. The keys."""
    redis = lab.redis
    # The next claim numbers are known, and with them the names that Huey's tasks will have.
    redis.set(f"{lab.environment['TOPN_REDIS_PREFIX']}queue:number", NEXT_NUMBER)
    tasks = [f"{task_id}-{NEXT_NUMBER + number}" for task_id in task_ids for number in range(1, 2 * len(task_ids))]
    names = [*tasks, *(f"r:{task}" for task in tasks), "rt:tasks.publish.publish", "rt:publish", f"{HUEY}.lock.publish"]
    redis.lpush(f"huey.redis.{HUEY}", poison)
    redis.zadd(f"huey.schedule.{HUEY}", {poison: 0})
    for name in names:
        redis.hset(f"huey.results.{HUEY}", name, poison)
        redis.hset(f"huey.counters.{HUEY}", name, poison)
        redis.set(f"huey.r.{HUEY}.{name}", poison)
        redis.set(f"huey.c.{HUEY}.{name}", poison)
    return list(redis.scan_iter("huey.*"))


def plant_in_the_line(lab: WorkerLab, account: AccountView, poison: bytes) -> int:
    """In every sorted set that a claim looks at, before all that belongs there. How many are no row ids."""
    prefix = lab.environment["TOPN_REDIS_PREFIX"]
    lane = f"{prefix}queue:user:{account.user_id}:account:{account.id}"
    for member in (poison, *NO_ROW_IDS):
        lab.redis.zadd(lane, {member: 0})
    lab.redis.zadd(lane, {UNKNOWN_ROW: 1})
    for ring in (f"{prefix}queue:user:{account.user_id}", f"{prefix}queue:ready"):
        lab.redis.zadd(ring, {poison: -1})
    lab.redis.hset(f"{prefix}queue:running", "planted", poison)
    return len(NO_ROW_IDS) + 3


def logged(lab: WorkerLab, event: str) -> int:
    """How often the worker has said so."""
    return sum(line["event"] == event for line in lab.log())


def test_nothing_is_executed_and_every_article_is_published(lab_with_own_redis: WorkerLab, tmp_path: Path) -> None:
    lab = lab_with_own_redis
    canary = tmp_path / "unpickled"
    poison = pickle.dumps(Canary(canary))
    account, _ = lab.account()
    tasks = [lab.submit(account, f"文章 {number}") for number in range(3)]
    planted = plant_for_huey(lab, poison, [task.id for task in tasks])
    garbage = plant_in_the_line(lab, account, poison)
    worker = lab.worker()
    for task in tasks:
        lab.wait_for(task, TaskStatus.PUBLISHED)
    assert logged(lab, "dropped what is not a row id") == garbage
    assert sorted(lab.redis.scan_iter("huey.*")) == sorted(planted), "nobody takes anything out of Huey's own keys"
    lab.redis.hdel(KeyNames(lab.environment["TOPN_REDIS_PREFIX"]).running, "planted")
    check_aftermath(lab)
    assert worker.poll() is None
    assert not canary.exists()


def test_a_line_whose_every_key_is_a_pickle_is_built_anew(lab: WorkerLab, tmp_path: Path) -> None:
    canary = tmp_path / "unpickled"
    poison = pickle.dumps(Canary(canary))
    account, _ = lab.account()
    worker = lab.worker()
    lab.wait_for(lab.submit(account, "之前"), TaskStatus.PUBLISHED)
    prefix = lab.environment["TOPN_REDIS_PREFIX"]
    waiting = [lab.submit(account, f"文章 {number}", is_pushed=False) for number in range(2)]
    names = set(lab.redis.scan_iter(f"{prefix}*")) | {
        f"{prefix}queue:{name}" for name in ("ready", "parked", "waiting", "accounts", "running", "wake", "pauses")
    }
    for name in names:
        lab.redis.set(name, poison)
    for task in waiting:
        lab.wait_for(task, TaskStatus.PUBLISHED)
    wait_until(lambda: logged(lab, "rebuilt the line from the database") >= 1, 10, "it is built anew")
    check_aftermath(lab)
    assert worker.poll() is None
    assert not canary.exists()
