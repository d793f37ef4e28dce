"""Two minutes of random faults in every run of the suite; `make soak` does it for longer, with other seeds."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core.settings import ROOT
from tests.conftest import require_program

MINUTES, ARTICLES, SEED = 2, 40, 30
STOP_SECONDS = 120


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.fault("30")
@pytest.mark.timeout(1200)
def test_every_promise_is_kept_through_two_minutes_of_random_faults() -> None:
    for program in ("redis-server", "mariadbd", "chromedriver"):
        require_program(program)
    command = [sys.executable, "-m", "tests.chaos.soak", f"--minutes={MINUTES}", f"--seed={SEED}"]
    soak = subprocess.Popen([*command, f"--articles={ARTICLES}"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        report, _ = soak.communicate()
    finally:
        # Also when the test is broken off: it ends what it has started itself.
        soak.terminate()
        soak.wait(STOP_SECONDS)
    assert soak.returncode == 0, report
    assert "every promise was kept" in report
