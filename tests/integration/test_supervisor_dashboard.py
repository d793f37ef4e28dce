"""run_workers.py with the dashboard beside the workers: served, restarted, stopped, never left behind."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from collections.abc import Iterator

import psutil
import pytest
import requests

from tests.servers.local_process import free_port, wait_until
from tests.servers.worker_lab import WorkerLab


class ServedDashboard:
    """The program `python -m dashboard` below a process, and what it answers."""

    def __init__(self, lab: WorkerLab) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.lab = lab

    def supervise(self) -> subprocess.Popen[bytes]:
        """Start run_workers.py, and wait until the dashboard answers."""
        options = ("run_workers.py", "--workers=1", "--drivers=1", "--dashboard")
        supervisor = self.lab.run(*options, TOPN_DASHBOARD_PORT=str(self.port))
        wait_until(self.answers, 60, "the dashboard answers")
        return supervisor

    def answers(self) -> bool:
        """Whether it is well."""
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).ok
        except requests.RequestException:
            return False

    def processes(self) -> list[psutil.Process]:
        """Its processes, whoever started them."""
        marked = ("TOPN_DASHBOARD_PORT", str(self.port))
        found = []
        for process in psutil.process_iter():
            try:
                is_ours = process.environ().get(marked[0]) == marked[1] and "dashboard" in process.cmdline()
                if is_ours and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found


@pytest.fixture
def dashboard(lab: WorkerLab) -> Iterator[ServedDashboard]:
    """One on a port of its own; nothing of it may be left."""
    served = ServedDashboard(lab)
    yield served
    lab.stop_programs()
    wait_until(lambda: served.processes() == [], 20, "the dashboard is gone")


def test_it_is_served_restarted_and_stopped_with_the_workers(lab: WorkerLab, dashboard: ServedDashboard) -> None:
    supervisor = dashboard.supervise()
    assert dashboard.url in lab.output()
    assert requests.get(dashboard.url, headers={"Accept": "text/html"}, timeout=5).url.startswith(
        f"{dashboard.url}/login"
    )
    (first,) = dashboard.processes()
    first.kill()
    wait_until(lambda: [one.pid for one in dashboard.processes()] not in ([], [first.pid]), 30, "another has started")
    wait_until(dashboard.answers, 60, "it answers again")
    assert "The dashboard was killed (signal 9) and is started again." in lab.output()
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(60) == 0
    assert dashboard.processes() == []


def test_what_a_new_browser_needs_is_sent_at_once_and_to_anybody(lab: WorkerLab, dashboard: ServedDashboard) -> None:
    dashboard.supervise()
    (process,) = dashboard.processes()
    assert any("uvloop" in one.path for one in process.memory_maps()), "answers would wait for TCP"
    page = requests.get(f"{dashboard.url}/login", timeout=5).text
    ahead = re.findall(r'<link rel="(?:prefetch|modulepreload)" href="([^"]+)"', page)
    assert any("/js/DataFrame." in address for address in ahead)
    for address in ahead:
        answer = requests.get(dashboard.url + address, timeout=5)
        assert answer.ok, address
        assert "immutable" in answer.headers["cache-control"], address
        assert not answer.headers["content-type"].startswith("text/html"), address


def test_it_ends_with_a_supervisor_that_was_killed(lab: WorkerLab, dashboard: ServedDashboard) -> None:
    supervisor = dashboard.supervise()
    supervisor.kill()
    supervisor.wait(10)
    wait_until(lambda: dashboard.processes() == [], 30, "the dashboard has ended by itself")


def test_a_port_in_use_is_named(lab: WorkerLab) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert lab.run("-m", "dashboard", TOPN_DASHBOARD_PORT=str(port)).wait(60) == 2
    assert f"cannot listen on 127.0.0.1 port {port}: Address already in use. End the program that uses it" in (
        lab.output()
    )
