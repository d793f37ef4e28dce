"""How long a task is nobody's after `kill -9` of the worker that held it: under the supervisor, which sees its
child end, against worker processes alone, which wait for the lease to end.

Both in the same run, on the same database, line and site. The time runs from the kill until another process holds
the task, read from the row every 5 ms.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

from core.store.records import TaskView
from core.store.task_events import EventKind
from core.task_state import Step, TaskStatus
from tests.practice_site.client import PracticeClient
from tests.practice_site.faults import Fault
from tests.practice_site.server import PracticeSite
from tests.servers.local_process import wait_until
from tests.servers.redis_server import RedisServer
from tests.servers.worker_lab import WorkerLab

ROUNDS = 7
LEASE_SECONDS = 5
LOOK_SECONDS = 0.005


def make_lab(folder: Path, redis: RedisServer, site: PracticeSite) -> WorkerLab:
    """A TOP_N of its own whose site never answers, so that a task stays where it is."""
    folder.mkdir()
    lab = WorkerLab(
        folder,
        database_url=f"sqlite:///{folder / 'bench.sqlite3'}",
        redis_url=redis.url,
        site=PracticeClient(site.url),
    )
    lab.environment["TOPN_LEASE_SECONDS"] = str(LEASE_SECONDS)
    lab.site.set_fault(Fault.PAGE_SLOW, seconds=600)
    lab.queue.rebuild()
    return lab


def taken_by(lab: WorkerLab, task: TaskView) -> str:
    """The worker that took the task last; empty for none."""
    takers = [event.worker_id for event in lab.queries.events(task.id) if event.kind == EventKind.TAKEN]
    return takers[-1] or "" if takers else ""


def hand_over_seconds(lab: WorkerLab, task: TaskView) -> float:
    """Kill who holds it, and wait for the next."""
    wait_until(lambda: lab.queries.get(task.id).progress >= Step.SIGNED_IN, 120, "a worker is at it")
    first = taken_by(lab, task)
    killed = time.perf_counter()
    psutil.Process(int(first.split(":")[1])).kill()
    while taken_by(lab, task) == first:
        if time.perf_counter() - killed > LEASE_SECONDS + 60:
            raise AssertionError(f"nobody took it: {lab.story(task)}\n{lab.output()}")
        time.sleep(LOOK_SECONDS)
    return time.perf_counter() - killed


def supervised(lab: WorkerLab) -> list[float]:
    """Two workers under one supervisor. Each round has an article of its own: three crashes of one are its end."""
    account, _ = lab.account()
    lab.run("run_workers.py", "--workers=2", "--drivers=2")
    seconds = []
    for number in range(ROUNDS):
        task = lab.submit(account, f"文章 {number}")
        seconds.append(hand_over_seconds(lab, task))
        lab.store.cancel(task.id)
        lab.wait_for(task, TaskStatus.CANCELLED)
    return seconds


def alone(lab: WorkerLab) -> list[float]:
    """Two workers and nobody who watches them; the dead one is replaced for the next round."""
    account, _ = lab.account()
    lab.worker(index=1)
    seconds = []
    for number in range(ROUNDS):
        lab.worker(index=number + 2)
        task = lab.submit(account, f"文章 {number}")
        seconds.append(hand_over_seconds(lab, task))
        lab.store.cancel(task.id)
        lab.wait_for(task, TaskStatus.CANCELLED)
    return seconds


def tell(what: str, seconds: list[float]) -> None:
    spread = f"{min(seconds):.2f} to {max(seconds):.2f}, {len(seconds)} kills"
    sys.stdout.write(f"{what:<44} {statistics.median(seconds):6.2f} s  ({spread})\n")
    sys.stdout.flush()


def main() -> None:
    """Run both; leaves nothing behind."""
    program = shutil.which("redis-server")
    assert program, "make setup installs redis-server"
    with tempfile.TemporaryDirectory(prefix="topn-bench-") as name:
        folder = Path(name)
        redis = RedisServer(folder / "redis", program)
        site = PracticeSite(folder / "site")
        redis.start()
        site.start()
        try:
            for what, run in (("under the supervisor", supervised), ("without a supervisor", alone)):
                lab = make_lab(folder / run.__name__, redis, site)
                try:
                    tell(f"{what}, lease of {LEASE_SECONDS} s", run(lab))
                finally:
                    lab.close()
        finally:
            site.stop()
            redis.stop()


if __name__ == "__main__":
    main()
