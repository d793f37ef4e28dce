"""Huey's own consumer on top of the fair line."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from huey.exceptions import ConfigurationError
from redis import Redis

from core.errors import ServiceUnavailable
from core.lane import Claim
from core.queue.broker import FairHuey
from core.queue.fair_queue import FairQueue
from core.queue.redis_client import connect
from tests.integration.queue.queue_support import MemoryRows, entry, make_queue
from tests.servers.local_process import wait_until
from tests.servers.redis_server import RedisServer


class Consumer:
    """The consumer process of a test."""

    def __init__(self, url: str, folder: Path) -> None:
        self.log = folder / "tasks"
        self.output = folder / "output"
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.queue.consumer_process", url, str(self.log)],
                stdout=output,
                stderr=output,
            )

    def lines(self) -> list[str]:
        return self.log.read_text(encoding="ascii").splitlines() if self.log.exists() else []

    def logged(self, event: str) -> int:
        return self.output.read_text(encoding="utf-8").count(f'"event": "{event}"')

    def wait_for(self, line: str) -> None:
        wait_until(lambda: line in self.lines(), 30, f"{line}, in {self.output.read_text(encoding='utf-8')}")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(30)


@pytest.fixture
def consumer(line_server: RedisServer, tmp_path: Path) -> Iterator[Consumer]:
    running = Consumer(line_server.url, tmp_path)
    wait_until(running.log.with_suffix(".ready").exists, 60, "the consumer listens to signals")
    yield running
    running.stop()


class Canary:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.path), "w")


def test_a_consumer_runs_what_is_claimed_and_unpickles_nothing(
    consumer: Consumer, redis: Redis, queue: FairQueue, tmp_path: Path
) -> None:
    canary = tmp_path / "unpickled"
    poison = pickle.dumps(Canary(canary))
    task = "tests.integration.queue.consumer_process.publish"
    for name in (f"rt:{task}", "rt:__main__.publish", "r:1", "1"):
        redis.hset("huey.results.topn", name, poison)
    redis.lpush("huey.redis.topn", poison)
    redis.zadd("huey.schedule.topn", {poison: 0})
    queue.push([entry(task_id, user_id=1 + task_id % 4) for task_id in range(1, 41)])
    redis.zadd("queue:user:1:account:100", {poison: 0})
    wait_until(lambda: sum(line.startswith("end") for line in consumer.lines()) == 40, 30, "all have run")
    assert sorted(consumer.lines()) == sorted(f"{what} {n}" for what in ("begin", "end") for n in range(1, 41))
    assert not canary.exists()
    assert redis.llen("huey.redis.topn") == 1, "nobody reads Huey's own keys"
    assert consumer.logged("dropped what is not a row id") == 1
    consumer.process.send_signal(signal.SIGTERM)
    assert consumer.process.wait(30) == 0


def test_a_graceful_stop_finishes_what_runs_and_claims_nothing_more(consumer: Consumer, queue: FairQueue) -> None:
    queue.push([entry(1000)])
    consumer.wait_for("begin 1000")
    consumer.process.send_signal(signal.SIGTERM)
    consumer.wait_for("stopping")
    queue.push([entry(1)])
    consumer.log.with_suffix(".go").touch()
    assert consumer.process.wait(30) == 0
    assert consumer.lines() == ["begin 1000", "stopping", "end 1000"]
    assert queue.stats().waiting == 1


def test_redis_away_and_back_is_logged_once_each(short_folder: Path, tmp_path: Path) -> None:
    server = RedisServer(short_folder / "broker", "redis-server")
    server.start()
    running = Consumer(server.url, tmp_path)
    try:
        with connect(server.url) as client:
            make_queue(client, MemoryRows()).push([entry(1)])
        running.wait_for("end 1")
        server.process.kill()
        wait_until(lambda: running.logged("cannot claim, waiting") == 1, 30, "the outage is logged")
        server.start()
        wait_until(lambda: running.logged("claiming again") == 1, 30, "the end of the outage is logged")
        with connect(server.url) as client:
            make_queue(client, MemoryRows()).push([entry(2)])
        running.wait_for("end 2")
        assert (running.logged("cannot claim, waiting"), running.logged("claiming again")) == (1, 1)
    finally:
        running.stop()
        server.stop()


@pytest.fixture
def huey(queue: FairQueue) -> FairHuey:
    return FairHuey("topn", lambda: queue)


def test_a_claim_becomes_the_one_task(huey: FairHuey, queue: FairQueue) -> None:
    seen: list[Claim] = []

    @huey.task()
    def publish(claim: Claim) -> None:
        seen.append(claim)

    queue.push([entry(7)])
    task = huey.dequeue()
    assert task is not None
    huey.execute(task)
    assert [claim.task_id for claim in seen] == [7]
    assert task.id == f"7-{seen[0].number}"
    assert huey.dequeue() is None


def test_an_exception_in_a_task_is_stored_nowhere(huey: FairHuey, queue: FairQueue, redis: Redis) -> None:
    @huey.task()
    def publish(claim: Claim) -> None:
        raise RuntimeError(claim.task_id)

    queue.push([entry(7)])
    huey.execute(huey.dequeue())
    assert not [name for name in redis.scan_iter() if "huey" in name]


def test_what_is_not_the_one_task_is_refused(huey: FairHuey) -> None:
    @huey.task()
    def publish(claim: Claim) -> None:
        """Never run."""

    refused = [
        lambda: publish(None),
        lambda: publish.schedule(delay=1),
        lambda: huey.periodic_task(None),
        lambda: huey.revoke_all(publish),
        lambda: huey.storage.incr("x"),
        lambda: huey.lock_task("x").acquire(),
        huey.flush,
        lambda: huey.task()(lambda claim: None),
    ]
    for call in refused:
        with pytest.raises(ConfigurationError):
            call()
    with pytest.raises(ConfigurationError):
        FairHuey("other", lambda: None).task(retries=3)(lambda claim: None)  # type: ignore[arg-type, return-value]


def test_what_huey_asks_its_storage_is_answered_with_nothing(huey: FairHuey, queue: FairQueue) -> None:
    queue.push([entry(1), entry(2)])
    assert huey.pending_count() == 2
    assert (huey.pending(), huey.scheduled(), huey.scheduled_count()) == ([], [], 0)
    assert (huey.all_results(), huey.result_count(), huey.get("x"), huey.delete("x")) == ({}, 0, None, False)
    assert not huey.is_revoked("x")
    assert not huey.is_locked("x")


def test_a_claim_that_arrives_during_a_stop_is_given_back(huey: FairHuey, queue: FairQueue) -> None:
    queue.push([entry(1)])
    real = queue.claim

    def stop_meanwhile() -> Claim | None:
        claim = real()
        huey.stop_claiming()
        return claim

    queue.claim = stop_meanwhile  # type: ignore[method-assign]
    assert huey.dequeue() is None
    assert huey.dequeue() is None
    stats = queue.stats()
    assert (stats.waiting, stats.running) == (1, 0)


class LateQueue:
    """Its first claim answers only when the test says so; later ones fail or answer at once."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.answer = threading.Event()
        self.is_away = True
        self._is_first = True

    def claim(self) -> Claim | None:
        if self._is_first:
            self._is_first = False
            self.asked.set()
            assert self.answer.wait(30)
        elif self.is_away:
            raise ServiceUnavailable("Redis", "it is away.", "Start it.")
        return None

    def wait_for_wake(self, timeout: float) -> None:
        """At once."""


@pytest.mark.usefixtures("logs_to_caplog")
def test_an_answer_from_before_an_outage_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    late = LateQueue()
    huey = FairHuey("topn", lambda: late)  # type: ignore[arg-type, return-value]
    with caplog.at_level("INFO"):
        asking = threading.Thread(target=huey.dequeue)
        asking.start()
        assert late.asked.wait(30)
        huey.dequeue()
        late.answer.set()
        asking.join()
        huey.dequeue()
        late.is_away = False
        huey.dequeue()
        huey.dequeue()
    assert [record.getMessage() for record in caplog.records] == ["cannot claim, waiting", "claiming again"]
