"""What keeps `run_workers.py` running in a soak, tried with a program that only waits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.chaos.supervised import Supervised
from tests.servers.local_process import wait_until

STUBBORN = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
)
WAITING = "import sys, time; print(1, flush=True); time.sleep(60)"


class Programs:
    """Starts programs and remembers them. Each has said that it runs."""

    def __init__(self) -> None:
        self.started: list[subprocess.Popen[bytes]] = []
        self.arguments: list[tuple[str, ...]] = []
        self.program = WAITING

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", self.program, *arguments], stdout=subprocess.PIPE)
        assert process.stdout is not None
        with process.stdout:
            process.stdout.readline()
        self.started.append(process)
        self.arguments.append(arguments)
        return process


@pytest.fixture
def programs() -> Programs:
    return Programs()


@pytest.fixture
def supervised(programs: Programs) -> Iterator[Supervised]:
    made = Supervised(programs.start, stop_seconds=5)
    made.begin()
    yield made
    made.end()
    assert [process.poll() for process in programs.started if process.poll() is None] == []


def test_what_ends_unasked_is_started_again(supervised: Supervised, programs: Programs) -> None:
    os.kill(programs.started[0].pid, signal.SIGKILL)
    wait_until(lambda: len(programs.started) == 2, 20, "another runs")
    assert supervised.unasked_codes == [-signal.SIGKILL]
    assert supervised.stop_codes == []


def test_what_was_killed_stays_away_until_it_is_started(supervised: Supervised, programs: Programs) -> None:
    assert supervised.kill() == programs.started[0].pid
    assert supervised.kill() is None
    assert supervised.stop() is None
    supervised.start()
    supervised.start()
    assert len(programs.started) == 2
    assert supervised.unasked_codes == []


def test_a_stop_tells_how_it_ended(supervised: Supervised) -> None:
    assert supervised.stop() == -signal.SIGTERM
    assert supervised.stop_codes == [-signal.SIGTERM]


def test_what_does_not_go_is_killed_and_that_is_told(programs: Programs) -> None:
    programs.program = STUBBORN
    supervised = Supervised(programs.start, stop_seconds=0.5)
    supervised.start()
    assert supervised.stop() == -signal.SIGKILL
    assert supervised.stop_codes == [-signal.SIGKILL]


def test_a_replacement_is_told_to_stop_the_one_before(programs: Programs) -> None:
    supervised = Supervised(programs.start, stop_seconds=0.5)
    assert supervised.replace() is None
    supervised.start()
    # Nobody reads --replace here: the one before is killed when its time is over.
    assert supervised.replace() == -signal.SIGKILL
    assert programs.arguments == [(), ("--replace",)]
    assert programs.started[1].poll() is None
    supervised.stop()
