"""How a test of many articles ends: nothing more is under way, the workers stop, and nothing is left of them."""

from __future__ import annotations

import signal

from tests.chaos.aftermath import check_aftermath
from tests.chaos.history import Limits
from tests.chaos.history_checker import check
from tests.chaos.history_reader import history_of
from tests.servers.browser_family import browser_families
from tests.servers.warm_start import Program
from tests.servers.worker_lab import WorkerLab

STOP_SECONDS = 60
WIDE = Limits(max_running=10, max_starts=1000)
"""What `WorkerLab` allows every user, unless a test says otherwise."""


def stop_and_check(lab: WorkerLab, *programs: Program, limits: Limits = WIDE) -> None:
    """What must hold after every fault, now and at every moment before; and no process and no folder is left when
    these have been told to stop. Every article has a title of its own, and its user the name of the account."""
    check_aftermath(lab)
    assert check(history_of(lab, limits)) == []
    for program in programs:
        program.send_signal(signal.SIGTERM)
    for program in programs:
        assert program.wait(STOP_SECONDS) == 0, lab.output()[-3000:]
    check_nothing_left(lab)


def check_nothing_left(lab: WorkerLab) -> None:
    """No process of any browser, and no folder of any worker."""
    assert browser_families(lab) == []
    run_dir = lab.data_dir / "run"
    assert not run_dir.exists() or list(run_dir.iterdir()) == []
