"""An outage is two lines in the log, however many threads and services are involved."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from structlog.testing import capture_logs

from core.errors import ServiceUnavailable
from tasks.background_loop import BackgroundLoop
from tasks.service_watch import DATABASE, REDIS, ServiceWatch
from tests.servers.local_process import wait_until

REDIS_AWAY = ServiceUnavailable(REDIS, "connection refused.", "Start it.")
DATABASE_AWAY = ServiceUnavailable(DATABASE, "connection refused.", "Start it.")


def test_going_away_and_coming_back_are_said_once() -> None:
    watch = ServiceWatch()
    with capture_logs() as lines:
        for _ in range(3):
            watch.went_away(REDIS_AWAY)
        for _ in range(3):
            watch.answered(REDIS)
        watch.went_away(REDIS_AWAY)
    assert [(line["event"], line["service"]) for line in lines] == [
        ("waiting for a service", REDIS),
        ("the service is back", REDIS),
        ("waiting for a service", REDIS),
    ]


def test_one_service_that_answers_says_nothing_of_the_other() -> None:
    watch = ServiceWatch()
    with capture_logs() as lines:
        watch.went_away(REDIS_AWAY)
        watch.answered(DATABASE)
        watch.went_away(DATABASE_AWAY)
        watch.answered(DATABASE)
    assert [(line["log_level"], line["service"]) for line in lines] == [
        ("warning", REDIS),
        ("warning", DATABASE),
        ("info", DATABASE),
    ]


class Counting(BackgroundLoop):
    """Fails as told, round by round, then works."""

    def __init__(self, *errors: Exception) -> None:
        super().__init__("counting", 0.01)
        self.rounds = 0
        self._errors = list(errors)

    def tick(self) -> Collection[str]:
        self.rounds += 1
        if self._errors:
            raise self._errors.pop(0)
        return (REDIS,)


@pytest.mark.parametrize("error", [REDIS_AWAY, ZeroDivisionError("a fault of ours")])
def test_no_error_ends_a_loop(error: Exception) -> None:
    loop = Counting(error, error)
    loop.start()
    wait_until(lambda: loop.rounds > 3, 10, "it goes on")
    loop.stop()
    rounds = loop.rounds
    assert not loop._thread.is_alive()  # noqa: SLF001
    assert loop.rounds == rounds
