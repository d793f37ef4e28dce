"""`make demo` as a newcomer runs it: a hundred articles, each once, and nothing left behind, also by Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import requests

from core.settings import ROOT
from tests.conftest import require_program
from tests.servers.local_process import wait_until

COMMAND = [sys.executable, "-m", "tests.practice_site.demo"]
GOES_ON = "Workers and dashboard go on"
ADDRESS = re.compile(r"Watch it at (http://\S+)")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def environment(short_tmpdir: Path) -> dict[str, str]:
    """Nothing of this machine's settings, and a folder in which all that is left behind is seen."""
    require_program("chromedriver")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TOPN_", "DEMO_"))}
    return {**kept, "TMPDIR": str(short_tmpdir)}


@contextmanager
def started(environment: dict[str, str], output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """In a group of its own, as a terminal starts it. Ended by force if the test failed."""
    with output.open("wb") as written:
        process = subprocess.Popen(COMMAND, cwd=ROOT, env=environment, stdout=written, stderr=written, process_group=0)
    try:
        yield process
    finally:
        for left in processes_in(Path(environment["TMPDIR"])) if process.poll() is None else ():
            left.kill()
        process.kill()
        process.wait()


def press_ctrl_c(process: subprocess.Popen[bytes]) -> int:
    """As a terminal does it; the exit code."""
    os.killpg(process.pid, signal.SIGINT)
    return process.wait(120)


def press_ctrl_c_until_it_ends(process: subprocess.Popen[bytes]) -> int:
    """As somebody does who does not want to wait; the exit code."""

    def is_over() -> bool:
        os.killpg(process.pid, signal.SIGINT)
        return process.poll() is not None

    wait_until(is_over, 120, "it ends")
    return process.wait()


def processes_in(folder: Path) -> dict[psutil.Process, str]:
    """Those that still work in `folder`, with their command lines."""
    left = {}
    for process in psutil.process_iter():
        try:
            words = " ".join(process.cmdline())
            if str(folder) in words or str(folder) in process.environ().get("TMPDIR", ""):
                left[process] = words
        except psutil.Error:
            continue
    return left


def left_behind(folder: Path) -> list[str]:
    """Files and command lines."""
    lines = [words[:200] for words in processes_in(folder).values()]
    return [*map(str, folder.iterdir()), *lines]


def test_a_hundred_articles_each_once_and_nothing_left_behind(short_tmpdir: Path, environment: dict[str, str]) -> None:
    finished = subprocess.run(
        COMMAND,
        cwd=ROOT,
        env={**environment, "DEMO_ONCE": "1"},
        capture_output=True,
        text=True,
        timeout=540,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-3000:]
    assert "articles published   100 of 100" in finished.stdout
    assert "posts per article    1 at least, 1 at most; 100 posts on the site" in finished.stdout
    assert "private Redis" not in finished.stdout + finished.stderr
    assert left_behind(short_tmpdir) == []


def test_it_stays_up_until_ctrl_c_and_ends_everything_then(
    short_tmpdir: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    output = tmp_path / "output"
    with started({**environment, "DEMO_USERS": "1"}, output) as process:
        wait_until(lambda: process.poll() is not None or GOES_ON in output.read_text("utf-8"), 300, "all is published")
        said = output.read_text("utf-8")
        assert "articles published   10 of 10" in said, said
        found = ADDRESS.search(said)
        assert found is not None
        # Everything must be in order for that, workers as well.
        wait_until(lambda: requests.get(f"{found[1]}/healthz", timeout=10).ok, 120, "workers and dashboard go on")
        assert process.poll() is None
        exit_code = press_ctrl_c(process)
        said = output.read_text("utf-8")
        assert exit_code == 0, said
        assert said.rstrip().endswith("ending and removing everything …")
        assert left_behind(short_tmpdir) == []


@pytest.mark.parametrize(
    ("once", "press", "exit_code"),
    [("", press_ctrl_c, 0), ("1", press_ctrl_c, 130), ("", press_ctrl_c_until_it_ends, 0)],
)
def test_stopped_before_its_end_it_leaves_nothing_either(
    short_tmpdir: Path,
    tmp_path: Path,
    environment: dict[str, str],
    once: str,
    press: Callable[[subprocess.Popen[bytes]], int],
    exit_code: int,
) -> None:
    output = tmp_path / "output"
    with started({**environment, "DEMO_USERS": "2", "DEMO_ONCE": once}, output) as process:
        wait_until(lambda: "Handing in 20 articles" in output.read_text("utf-8"), 120, "it hands in")
        assert press(process) == exit_code, output.read_text("utf-8")
        said = output.read_text("utf-8")
        assert said.rstrip().endswith("stopped; everything that was started has ended")
        assert "Traceback" not in said
        assert left_behind(short_tmpdir) == []


@pytest.mark.parametrize("number", ["0", "11", "two", "-1"])
def test_a_number_of_users_that_there_are_not_is_told(environment: dict[str, str], number: str) -> None:
    refused = subprocess.run(
        COMMAND, cwd=ROOT, env={**environment, "DEMO_USERS": number}, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert refused.stderr.strip() == (
        f"DEMO_USERS is '{number}'. Give a number from 1 to 10: there are 10 users with 10 articles each."
    )
