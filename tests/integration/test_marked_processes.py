"""Processes of a browser are ended to the last one, also those that do not carry its marks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from core.browser.marked_processes import end_marked_processes, is_driver_of, marks_for
from tests.servers.local_process import wait_until

LEADER = """
import signal, subprocess
signal.signal(signal.SIGUSR1, lambda *_: subprocess.Popen(["sleep", "300"], env={}))
print("ready", flush=True)
while True:
    signal.pause()
"""
"""Begins a process without an environment, as a browser does, when it is told to."""


@pytest.fixture
def leader(tmp_path: Path) -> Iterator[psutil.Popen]:
    command = [sys.executable, "-c", LEADER]
    marks = marks_for("host:1:a", tmp_path)
    process = psutil.Popen(command, env=marks, start_new_session=True, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    yield process
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def test_one_that_begins_while_they_are_listed_is_ended_too(leader: psutil.Popen, tmp_path: Path) -> None:
    late: list[psutil.Process] = []

    def begins_another(marks: Mapping[str, str]) -> bool:
        if is_driver_of(tmp_path)(marks) and not late:
            leader.send_signal(signal.SIGUSR1)
            wait_until(lambda: any(child.name() == "sleep" for child in leader.children()), 10, "it has begun")
            late.extend(leader.children())
        return is_driver_of(tmp_path)(marks)

    assert end_marked_processes(begins_another) == 2
    (one,) = late
    wait_until(lambda: not one.is_running() or one.status() == psutil.STATUS_ZOMBIE, 10, "it has ended")
