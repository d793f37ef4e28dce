"""`python -m dashboard` without workers and without settings: it has a Redis of its own, and leaves none behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import requests

from core.settings import ROOT
from tests.servers.local_process import free_port, wait_until


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_its_own_redis_ends_with_it(tmp_path: Path, stop: signal.Signals) -> None:
    port, log = free_port(), tmp_path / "dashboard.log"
    ours = {name: value for name, value in os.environ.items() if not name.startswith("TOPN_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboard", f"--port={port}"],
            cwd=ROOT,
            env={**ours, "TOPN_DATA_DIR": str(tmp_path / "data")},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: is_well(port), 60, "the dashboard answers")
        started = re.search(r"redis_pid=(\d+)", log.read_text(encoding="utf-8"))
        assert started is not None
        redis = psutil.Process(int(started[1]))
        process.send_signal(stop)
        assert process.wait(30) == 0
        assert not redis.is_running()
    finally:
        process.kill()
        process.wait()


def is_well(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
    except requests.RequestException:
        return False
