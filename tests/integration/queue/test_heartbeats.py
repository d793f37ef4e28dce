"""Workers that live, fall silent and say goodbye."""

from __future__ import annotations

from redis import Redis

from core.queue.heartbeats import Heartbeats, OrderKind, WorkerOrder
from tests.servers.local_process import wait_until

WORKER = "host:4711:0f8f"


def test_a_worker_tells_about_itself(redis: Redis) -> None:
    beats = Heartbeats(redis, prefix="p:")
    beats.beat(WORKER, {"running": 3, "pool": {"idle": 1}, "名": "值"}, 30)
    (beat,) = beats.all()
    assert (beat.worker_id, beat.facts["running"], beat.facts["名"]) == (WORKER, 3, "值")
    assert 0 < beat.expires_in_seconds <= 30


def test_a_silent_worker_disappears(redis: Redis) -> None:
    beats = Heartbeats(redis, prefix="")
    beats.beat("a:1:x", {}, 0.05)
    beats.beat("b:2:y", {}, 30)
    wait_until(lambda: [beat.worker_id for beat in beats.all()] == ["b:2:y"], 5, "the silent one is gone")
    assert redis.smembers("workers") == {"b:2:y"}


def test_a_worker_says_goodbye(redis: Redis) -> None:
    beats = Heartbeats(redis, prefix="")
    beats.beat(WORKER, {}, 30)
    beats.forget(WORKER)
    assert beats.all() == []


def test_what_somebody_planted_is_no_worker(redis: Redis) -> None:
    beats = Heartbeats(redis, prefix="")
    redis.sadd("workers", "evil", "list")
    redis.set("worker:evil", b"\x80\x04pickle")
    redis.set("worker:list", "[1]")
    assert beats.all() == []


def test_an_order_reaches_its_worker_alone_and_the_last_one_counts(redis: Redis) -> None:
    beats = Heartbeats(redis, prefix="p:")
    quiet, stop = WorkerOrder(OrderKind.QUIET, "root", 1.5), WorkerOrder(OrderKind.STOP, "root", 2.5)
    assert beats.beat(WORKER, {}, 30) is None
    beats.give_order(WORKER, quiet)
    assert beats.beat("other:1:x", {}, 30) is None
    assert beats.beat(WORKER, {}, 30) == quiet
    beats.give_order(WORKER, stop)
    assert beats.beat(WORKER, {}, 30) == stop
    assert beats.order_of(WORKER) == stop
    assert {beat.worker_id: beat.order for beat in beats.all()} == {WORKER: stop, "other:1:x": None}
    assert redis.ttl(f"p:worker-order:{WORKER}") > 0


def test_what_somebody_planted_is_no_order(redis: Redis) -> None:
    beats = Heartbeats(redis, prefix="")
    for text in (b"\x80\x04pickle", '"stop"', '{"kind": "kill", "by": "x", "at": 1}', '{"kind": "stop"}'):
        redis.set(f"worker-order:{WORKER}", text)
        assert beats.beat(WORKER, {}, 30) is None


def test_what_somebody_planted_keeps_no_worker_quiet(redis: Redis) -> None:
    """The supervisor asks for it, and has to live on."""
    beats = Heartbeats(redis, prefix="")
    beats.beat(WORKER, {"quiet": {"by": "root", "since": 1.5}}, 30)
    assert beats.quiet_order(WORKER) == WorkerOrder(OrderKind.QUIET, "root", 1.5)
    beats.beat(WORKER, {"quiet": {"by": "root"}}, 30)
    assert beats.quiet_order(WORKER) is None
    beats.beat(WORKER, {"quiet": {"by": "root", "since": "yesterday"}}, 30)
    assert beats.quiet_order(WORKER) is None
