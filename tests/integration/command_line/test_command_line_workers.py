"""`python -m core workers`: which there are, and telling them what to do."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from redis import Redis

from core.queue.heartbeats import Heartbeats, OrderKind
from tests.integration.command_line.command_line import CommandLine
from tests.servers.redis_server import RedisServer

WORKER = "host-1:42:aa"
FACTS: dict[str, Any] = {"host": "host-1", "pid": 42, "state": "quiet", "started_at": 1.0, "is_supervised": True}


@pytest.fixture
def beats(run: CommandLine, redis_server: RedisServer, redis_client: Redis) -> Heartbeats:
    """The commands use a Redis that the test can reach."""
    prefix = f"c{uuid.uuid4().hex[:8]}:"
    run.settings |= {"TOPN_REDIS_URL": redis_server.url, "TOPN_REDIS_PREFIX": prefix}
    return Heartbeats(redis_client, prefix=prefix)


def test_nobody_works(run: CommandLine, beats: Heartbeats) -> None:
    assert "python run_workers.py" in run("workers", "list").err
    assert "core workers list" in run("workers", "quiet", "42", code=1).err


def test_quiet_resume_stop(run: CommandLine, beats: Heartbeats) -> None:
    beats.beat(WORKER, {**FACTS, "quiet": {"by": "root", "since": 1_700_000_000.0}, "obeyed_at": 1.0}, 600)
    for verb, kind in (("quiet", OrderKind.QUIET), ("resume", OrderKind.RESUME), ("stop", OrderKind.STOP)):
        assert "worker host-1:42" in run("workers", verb, "42").out.replace("Worker", "worker")
        order = beats.order_of(WORKER)
        assert order is not None
        assert (order.kind, order.by) == (kind, "command line")
    told = run("workers", "list")
    assert "host-1:42  takes nothing new since 2023-11-15 06:13, by root (asked by command line to stop)" in told.out
    assert "Times are in Asia/Shanghai." in told.out
    assert run("workers", "list", "--json").json["living"][0]["pending"]["kind"] == "stop"


def test_start(run: CommandLine, beats: Heartbeats, redis_client: Redis) -> None:
    stopped = Heartbeats(redis_client, prefix=f"{run.settings['TOPN_REDIS_PREFIX']}stopped-")
    stopped.beat(WORKER, {"host": "host-1", "pid": 42, "browsers": 2, "by": "root", "since": 1_700_000_000.0}, 600)
    assert "host-1:42  stopped since 2023-11-15 06:13, by root  0           0 of 2" in run("workers", "list").out
    run("workers", "start", "host-1:42")
    order = stopped.order_of(WORKER)
    assert order is not None
    assert order.kind is OrderKind.START
