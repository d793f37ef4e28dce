"""One supervisor per DATA_DIR."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import ServiceUnavailable
from core.settings import ROOT
from tasks.supervisor_lock import FILE, AlreadyRunning, SupervisorLock
from tests.servers.local_process import wait_until

HOLDER = """
import signal, sys, time
from pathlib import Path
from tasks.supervisor_lock import SupervisorLock
if "deaf" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
lock = SupervisorLock(Path(sys.argv[1]))
lock.acquire()
time.sleep(600)
"""


@pytest.fixture
def holders(tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that hold the lock; ended afterwards."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait(10)


def start_holder(folder: Path, holders: list[subprocess.Popen[bytes]], *more: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder), *more], cwd=ROOT)
    holders.append(process)
    wait_until(lambda: SupervisorLock(folder).holder_pid() == process.pid, 20, "the lock is held")
    return process


def test_the_second_is_refused_and_told_who_is_first(tmp_path: Path, holders: list[subprocess.Popen[bytes]]) -> None:
    first = start_holder(tmp_path, holders)
    with pytest.raises(AlreadyRunning, match=str(first.pid)) as refused:
        SupervisorLock(tmp_path).acquire()
    assert refused.value.pid == first.pid


def test_released_it_is_free(tmp_path: Path) -> None:
    first = SupervisorLock(tmp_path)
    first.acquire()
    first.release()
    second = SupervisorLock(tmp_path)
    second.acquire()
    second.release()


def test_what_the_disk_refuses_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(ServiceUnavailable, match="data cannot be written: File exists"):
        SupervisorLock(tmp_path / "data").acquire()


def test_a_killed_holder_does_not_hold_it(tmp_path: Path, holders: list[subprocess.Popen[bytes]]) -> None:
    first = start_holder(tmp_path, holders)
    first.kill()
    first.wait(10)
    assert SupervisorLock(tmp_path).holder_pid() is None
    lock = SupervisorLock(tmp_path)
    lock.acquire()
    lock.release()


def test_replace_asks_the_holder_to_stop(tmp_path: Path, holders: list[subprocess.Popen[bytes]]) -> None:
    first = start_holder(tmp_path, holders)
    lock = SupervisorLock(tmp_path)
    lock.replace(timeout=20)
    assert first.wait(10) == -signal.SIGTERM
    assert lock.holder_pid() == os.getpid()
    lock.release()


def test_replace_kills_a_holder_that_does_not_listen(tmp_path: Path, holders: list[subprocess.Popen[bytes]]) -> None:
    first = start_holder(tmp_path, holders, "deaf")
    lock = SupervisorLock(tmp_path)
    lock.replace(timeout=0.5)
    assert first.wait(10) == -signal.SIGKILL
    lock.release()


def test_a_pid_that_is_somebody_else_now_is_not_named(tmp_path: Path, holders: list[subprocess.Popen[bytes]]) -> None:
    start_holder(tmp_path, holders)
    (tmp_path / FILE).write_text(json.dumps({"pid": os.getpid(), "started": "long ago"}))
    with pytest.raises(AlreadyRunning) as refused:
        SupervisorLock(tmp_path).acquire()
    assert refused.value.pid is None
