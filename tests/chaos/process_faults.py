"""Faults of processes: workers, the supervisor, browsers, drivers. Killed, suspended, replaced."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from contextlib import suppress

import psutil

from tests.chaos.at_a_click import at_a_click, worker_at_a_click
from tests.chaos.nemesis import Blow, Fault, Strike
from tests.chaos.soak_lab import LEASE_SECONDS, BrowserPart, SoakLab

SUPERVISOR = "supervisor"
SUSPENDED_SECONDS = (LEASE_SECONDS + 1, LEASE_SECONDS + 6)
"""Longer than a lease, so that another goes on meanwhile."""
Find = Callable[[SoakLab, Strike], Sequence[psutil.Process]]


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    """To this very process: psutil sends nothing to another one with its number."""
    with suppress(psutil.Error):
        process.send_signal(number)


def _kill(find: Find) -> Callable[[SoakLab, Strike], Blow | None]:
    def strike(lab: SoakLab, strike: Strike) -> Blow | None:
        process = strike.pick(find(lab, strike))
        if process is None:
            return None
        _signal(process, signal.SIGKILL)
        return Blow(f"process {process.pid}")

    return strike


def _suspend(find: Find) -> Callable[[SoakLab, Strike], Blow | None]:
    def strike(lab: SoakLab, strike: Strike) -> Blow | None:
        process = strike.pick(find(lab, strike))
        if process is None:
            return None
        _signal(process, signal.SIGSTOP)
        return Blow(f"process {process.pid}", lambda: _signal(process, signal.SIGCONT))

    return strike


def _workers(lab: SoakLab, strike: Strike) -> list[psutil.Process]:
    return lab.workers.workers()


def _workers_at_a_click(lab: SoakLab, strike: Strike) -> list[psutil.Process]:
    pid = worker_at_a_click(lab, strike)
    return [process for process in lab.workers.workers() if process.pid == pid]


def _browsers(part: BrowserPart) -> Find:
    return lambda lab, strike: lab.browser_processes(part)


def _browsers_at_a_click(part: BrowserPart) -> Find:
    def find(lab: SoakLab, strike: Strike) -> list[psutil.Process]:
        pid = worker_at_a_click(lab, strike)
        return [] if pid is None else lab.browser_processes(part, worker_pid=pid)

    return find


def _kill_supervisor(lab: SoakLab, strike: Strike) -> Blow | None:
    pid = lab.workers.kill()
    return None if pid is None else Blow(f"process {pid}", lab.workers.start)


def _deploy(lab: SoakLab, strike: Strike) -> Blow | None:
    code = lab.workers.stop()
    return None if code is None else Blow(f"it ended with {code}", lab.workers.start)


def _replace(lab: SoakLab, strike: Strike) -> Blow | None:
    code = lab.workers.replace()
    return None if code is None else Blow(f"the one before ended with {code}")


_KILL_SUPERVISOR = Fault("kill the supervisor", _kill_supervisor, lasts=(0.2, 4), touches=SUPERVISOR, weight=2)

PROCESS_FAULTS = (
    Fault("kill a worker", _kill(_workers), weight=4),
    Fault("suspend a worker", _suspend(_workers), lasts=SUSPENDED_SECONDS, weight=3),
    _KILL_SUPERVISOR,
    Fault("deploy by SIGTERM", _deploy, lasts=(0, 2), touches=SUPERVISOR),
    Fault("deploy by --replace", _replace, touches=SUPERVISOR),
    Fault("kill chromedriver", _kill(_browsers(BrowserPart.DRIVER)), weight=2),
    Fault("kill a browser", _kill(_browsers(BrowserPart.BROWSER)), weight=2),
    Fault("kill a renderer", _kill(_browsers(BrowserPart.RENDERER)), weight=2),
    Fault("suspend chromedriver", _suspend(_browsers(BrowserPart.DRIVER)), lasts=(3, 30), weight=2),
    Fault("kill a worker at a click", _kill(_workers_at_a_click), weight=4),
    Fault("suspend a worker at a click", _suspend(_workers_at_a_click), lasts=SUSPENDED_SECONDS, weight=3),
    Fault("kill a browser at a click", _kill(_browsers_at_a_click(BrowserPart.BROWSER)), weight=2),
    Fault("suspend chromedriver at a click", _suspend(_browsers_at_a_click(BrowserPart.DRIVER)), lasts=(3, 30)),
    at_a_click(_KILL_SUPERVISOR),
)
