"""Where a test's pools live, and who can tell what they left behind."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from core.browser.browser_lease import BrowserLease
from core.browser.browser_options import BrowserOptions
from core.browser.webdriver_pool import WebDriverPool
from tests.servers.local_process import wait_until

WORKER_ID = f"testhost:{os.getpid()}:abcdef"
"""Another one in each process of the tests: a test ends all browsers of its worker, wherever they are."""


class PoolHome:
    """Makes pools in one run folder."""

    def __init__(self, run_dir: Path) -> None:
        self.run_dir = run_dir
        self._pools: list[WebDriverPool] = []

    def pool(self, max_drivers: int = 1, **limits: Any) -> WebDriverPool:
        """A pool with short times, closed with the test."""
        limits.setdefault("options", BrowserOptions(check_seconds=5, http_timeout_seconds=20))
        limits.setdefault("keeper_seconds", 0.05)
        limits.setdefault("min_free_memory_mb", 0)
        limits.setdefault("worker_id", WORKER_ID)
        pool = WebDriverPool(max_drivers, run_dir=self.run_dir, **limits)
        self._pools.append(pool)
        return pool

    def close(self) -> None:
        for pool in self._pools:
            pool.close(5)

    def processes(self) -> list[psutil.Process]:
        """Living processes of this test's browsers: those that carry its folder in environment or command
        line, and whatever shares a session with one of these."""
        sessions: set[int] = set()
        living: list[tuple[psutil.Process, int]] = []
        for process in psutil.process_iter():
            try:
                if process.status() == psutil.STATUS_ZOMBIE or os.getsid(process.pid) == os.getsid(0):
                    continue
                living.append((process, os.getsid(process.pid)))
                told = " ".join([*process.cmdline(), *process.environ().values()])
            except (psutil.Error, OSError):
                continue
            if str(self.run_dir) in told:
                sessions.add(os.getsid(process.pid))
        return [process for process, session in living if session in sessions]

    def drivers(self) -> list[psutil.Process]:
        return [process for process, words in self._told() if Path(words[0]).name == "chromedriver"]

    def assert_nothing_left(self) -> None:
        left = self.processes()
        assert not left, f"browser processes left: {left}"
        entries = list(self.run_dir.rglob("*")) if self.run_dir.exists() else []
        assert not entries, f"folders left: {entries}"

    def part(self, kind: str) -> psutil.Process:
        """The chromedriver, browser or page renderer of the only driver that runs."""
        match kind:
            case "chromedriver":
                return self.drivers()[0]
            case "browser":
                return next(p for p, words in self._told() if any(w.startswith("--user-data-dir=") for w in words))
            case _:
                # The youngest renderer is the one of the tab opened last.
                renderers = [process for process, words in self._told() if "--type=renderer" in words]
                return max(renderers, key=lambda process: process.create_time())

    def _told(self) -> list[tuple[psutil.Process, list[str]]]:
        """Its processes and their command lines; without those that end while they are looked at."""
        told = []
        for process in self.processes():
            with suppress(psutil.Error):
                told.append((process, process.cmdline()))
        return [(process, words) for process, words in told if words]


def visit(lease: BrowserLease, url: str) -> dict[str, str | None]:
    """Open a `/remember` page and tell what it found of earlier visits."""
    lease.driver.get(url)
    found: dict[str, str | None] = lease.driver.execute_script("return window.found")
    return found


def text_of(lease: BrowserLease, url: str) -> str:
    """The text of a page."""
    lease.driver.get(url)
    return str(lease.driver.execute_script("return document.body.innerText"))


def wait_for_waiters(pool: WebDriverPool, count: int) -> None:
    wait_until(lambda: pool.get_stats().waiting == count, 10, f"{count} threads wait for a browser")
