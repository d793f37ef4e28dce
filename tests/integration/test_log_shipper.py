"""Log lines on their way to Redis: all of them, without secrets, and never at the cost of who logs."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from redis import Redis

from core.queue.log_stream import LogStream
from core.queue.redis_client import connect
from core.telemetry import bind_facts, configure_logging, forget_facts, get_logger
from tasks.log_shipper import LINES_AT_ONCE, MOST_WAITING, LogBuffer, LogShipper
from tasks.service_watch import ServiceWatch
from tests.conftest import require_program
from tests.servers.local_process import wait_until
from tests.servers.redis_server import RedisServer

CANARY = "c4n4ry0123456789abcdef"
logger = get_logger("tests")


def log(event: str, **facts: object) -> None:
    logger.info(event, **facts)


@pytest.fixture
def buffer() -> Iterator[LogBuffer]:
    """All that this process logs goes here."""
    made = LogBuffer()
    configure_logging("INFO", handlers=[made])
    yield made
    forget_facts()


@pytest.fixture
def server(short_folder: Path) -> Iterator[RedisServer]:
    """One that the test may stop."""
    made = RedisServer(short_folder / "logs-redis", require_program("redis-server"))
    yield made
    made.stop()


def shipper_to(redis: Redis, buffer: LogBuffer, max_lines: int = 10_000) -> LogShipper:
    stream = LogStream(redis, prefix="", max_lines=max_lines)
    return LogShipper(buffer, lambda: stream, worker_id="host:1:a", watch=ServiceWatch())


def events(redis: Redis, count: int = 100) -> list[str]:
    """Newest first."""
    return [line.facts["event"] for line in LogStream(redis, prefix="", max_lines=1).before(None, count)]


def test_lines_arrive_with_their_facts_and_their_sentence(buffer: LogBuffer, redis_client: Redis) -> None:
    bind_facts(task_id=7, public_id="4k7p2m9x1c3v", title="你好")
    logger.warning("deadline passed", step="writing")
    logging.getLogger("some.library").warning("it says %s", "hello")
    shipper_to(redis_client, buffer).tick()
    library, own = (line.facts for line in LogStream(redis_client, prefix="", max_lines=1).before(None, 10))
    assert (own["event"], own["level"], own["task_id"], own["worker"]) == ("deadline passed", "warning", 7, "host:1:a")
    assert own["words"] == "“你好” (4k7p2m9x1c3v) took too long at “writing” and was stopped."
    assert (own["facts"]["step"], own["facts"]["public_id"]) == ("writing", "4k7p2m9x1c3v")
    assert (library["event"], library["task_id"], library["words"]) == ("it says hello", 7, None)


def test_no_secret_and_no_cookie_goes_along(buffer: LogBuffer, redis_client: Redis) -> None:
    logger.error(
        "odd", cookies=[{"value": CANARY}], url=f"mysql://topn:{CANARY}@db/x", answer={"z_c0": f"z_c0={CANARY}"}
    )
    try:
        raise RuntimeError(f"Cookie: z_c0={CANARY}; password={CANARY}")
    except RuntimeError:
        log(f"met topn_{CANARY}", exc_info=True)
    shipper_to(redis_client, buffer).tick()
    kept = [line.facts for line in LogStream(redis_client, prefix="", max_lines=1).before(None, 10)]
    assert "RuntimeError" in kept[0]["facts"]["exception"]
    assert CANARY not in json.dumps(kept)


def test_so_many_are_kept_and_no_more(buffer: LogBuffer, redis_client: Redis) -> None:
    shipper = shipper_to(redis_client, buffer, max_lines=300)
    for number in range(1500):
        log(f"line {number}")
    shipper.tick()
    assert 300 <= redis_client.xlen("logs") <= 500
    assert events(redis_client, 1) == ["line 1499"]


def test_no_lines_are_kept_when_none_are_wanted(buffer: LogBuffer, redis_client: Redis) -> None:
    logger.info("a line")
    shipper_to(redis_client, buffer, max_lines=0).tick()
    assert redis_client.exists("logs") == 0


def test_what_somebody_planted_there_gives_way(buffer: LogBuffer, redis_client: Redis) -> None:
    redis_client.set("logs", "no stream")
    logger.info("a line")
    shipper_to(redis_client, buffer).tick()
    redis_client.xadd("logs", {"line": "no json"})
    found = LogStream(redis_client, prefix="", max_lines=1).before(None, 10)
    assert [line.facts.get("event") for line in found] == [None, "a line"]


def test_redis_away_costs_nothing_but_the_oldest_lines(buffer: LogBuffer, server: RedisServer) -> None:
    with connect(server.url) as redis:
        shipper = shipper_to(redis, buffer)
        shipper.start()
        surplus = 500
        for number in range(MOST_WAITING + LINES_AT_ONCE + surplus):
            log(f"line {number}")
        server.start()
        last = f"line {MOST_WAITING + LINES_AT_ONCE + surplus - 1}"
        wait_until(lambda: last in events(redis, 50), 20, "the newest line has arrived")
        shipper.stop()
        arrived = events(redis, 5000)
        assert len(arrived) <= MOST_WAITING + LINES_AT_ONCE + 10
        # Told twice where the loop's first look came after lines were dropped already.
        lost = sum(
            line.facts["facts"]["lines"]
            for line in LogStream(redis, prefix="", max_lines=1).before(None, 5000)
            if line.facts["event"] == "log lines were lost"
        )
        told = [event for event in arrived if event.startswith("line ")]
        # What the loop itself said of Redis may be among the lost ones.
        assert 0 <= len(told) + lost - (MOST_WAITING + LINES_AT_ONCE + surplus) <= 2


def test_a_hanging_redis_holds_up_nobody_who_logs(buffer: LogBuffer, server: RedisServer) -> None:
    server.start()
    with connect(server.url) as redis:
        shipper = shipper_to(redis, buffer)
        shipper.start()
        logger.info("before")
        wait_until(lambda: events(redis) == ["before"], 20, "the first line has arrived")
        server.process.suspend()
        done = threading.Event()

        def log_on() -> None:
            for number in range(3000):
                log(f"line {number}")
            done.set()

        threading.Thread(target=log_on).start()
        # Redis is away for good: without a buffer of its own this would not end at all.
        assert done.wait(60)
        server.process.resume()
        wait_until(lambda: "line 2999" in events(redis), 30, "the last line has arrived")
        shipper.stop()


def test_what_is_logged_last_is_sent_before_the_end(buffer: LogBuffer, redis_client: Redis) -> None:
    shipper = shipper_to(redis_client, buffer)
    shipper.start()
    logger.info("first")
    wait_until(lambda: events(redis_client) == ["first"], 20, "it has arrived")
    logger.info("last")
    shipper.stop()
    assert events(redis_client)[0] == "last"


@pytest.mark.usefixtures("buffer")
def test_a_line_that_cannot_be_written_does_not_stop_who_logs(
    redis_client: Redis, buffer: LogBuffer, capsys: pytest.CaptureFixture[str]
) -> None:
    class Odd:
        def __str__(self) -> str:
            raise ValueError("no words")

    logger.info("odd", thing=Odd())
    logger.info("next")
    shipper_to(redis_client, buffer).tick()
    assert events(redis_client)[0] == "next"
    assert structlog.is_configured()
