"""A process is killed while it builds the line anew after a flush: the lock of the rebuild ends by itself, and the
next one builds it whole."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from core.queue.key_names import KeyNames
from core.queue.line_rebuild import LOCK_MS
from core.settings import ROOT
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

pytestmark = pytest.mark.fault("3")

ARTICLES = 30

REBUILD_AND_DIE = """
import os, signal, sys
from core.lane import LimitDefaults
from core.queue.fair_queue import FairQueue
from core.queue.redis_client import connect
from core.store.database import Database
from core.store.row_snapshot import DatabaseRows

class DyingRows(DatabaseRows):
    pass

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

database_url, redis_url, prefix, where = sys.argv[1:]
setattr(DyingRows, where, die)
rows = DyingRows(Database(database_url))
FairQueue(connect(redis_url), prefix=prefix, defaults=LimitDefaults(10, 20, 10, 0), rows=rows).rebuild()
"""
"""Dies when it asks the database for what `where` names: overrides, what runs, starts, what waits."""


@pytest.mark.parametrize("where", ["user_limits", "running_rows", "starts_since", "waiting_entries"])
def test_the_next_one_builds_the_line_whole(ground: WorkerLab, where: str) -> None:
    account = ground.bare_account()
    ground.fill(account, ARTICLES)
    ground.queue.rebuild()
    running = ground.queue.claim()
    assert running is not None
    assert ground.store.take(running.task_id, worker_id="host:1:a", claimed_ms=running.claimed_ms) is not None
    prefix = ground.environment["TOPN_REDIS_PREFIX"]
    urls = (ground.environment["TOPN_DATABASE_URL"], ground.environment["TOPN_REDIS_URL"])
    done = subprocess.run(
        [sys.executable, "-c", REBUILD_AND_DIE, *urls, prefix, where], cwd=ROOT, timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert ground.queue.claim() is None, "nothing starts before the line is whole"
    lock = KeyNames(prefix).rebuild_lock
    assert 0 < int(ground.redis.pttl(lock)) <= LOCK_MS
    ground.redis.pexpire(lock, 1)  # as when its time has passed
    wait_until(lambda: not ground.redis.exists(lock), 5, "the lock has ended")
    claims = list(iter(ground.queue.claim, None))
    stats = ground.queue.stats()
    assert (len(claims), stats.running, stats.waiting) == (9, 10, ARTICLES - 10), "one runs already, ten may"
    assert running.task_id not in {claim.task_id for claim in claims}
