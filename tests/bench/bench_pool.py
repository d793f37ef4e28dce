"""What a browser costs: a lease from the warm pool against a browser started for each task.

Baseline and pool run in the same process, one after the other, on the same work: open a page of a local site
and read its title. Medians of several rounds with their spread; others may be using the machine.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from core.browser.browser_options import BrowserOptions
from core.browser.webdriver import start_driver
from core.browser.webdriver_pool import WebDriverPool
from core.browser.worker_folder import WorkerFolder
from core.cookie import Cookie
from tests.servers.browser_site import BrowserSite

LEASES = 80
WIDTH = 8
ACCOUNTS = 10
WARM_ROUNDS = 5
COLD_ROUNDS = 2
SINGLE_LEASES = 30
COOKIE = Cookie("z_c0", "value", "127.0.0.1", http_only=True)


def cold_task(run_dir: Path, site: BrowserSite) -> None:
    """A browser for this task alone."""
    running = start_driver(BrowserOptions(), WorkerFolder(run_dir, "bench:1:cold"))
    try:
        tab = running.open_tab(running.open_context())
        driver = running.attach(tab, ended_reason=lambda: None, on_lost=lambda: None)
        driver.get(site.url)
        assert driver.title == "page"
    finally:
        running.end()


def pool_task(pool: WebDriverPool, site: BrowserSite, owner: int) -> None:
    """The same on a lease; the account signs in by its cookies unless its context is still warm."""
    with pool.lease(owner, timeout=120) as browser:
        if not browser.is_warm:
            browser.set_cookies((COOKIE,))
        browser.driver.get(site.url)
        assert browser.driver.title == "page"


def seconds_of(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def eight_wide(task: Callable[[int], None]) -> float:
    """Seconds for all tasks, eight at a time."""
    with ThreadPoolExecutor(WIDTH) as threads:
        return seconds_of(lambda: list(threads.map(task, range(LEASES))))


def tell(what: str, values: list[float], unit: str = "s") -> None:
    spread = f"{min(values):.3f} to {max(values):.3f}" if len(values) > 1 else "one value"
    sys.stdout.write(f"{what:<58} {statistics.median(values):8.3f} {unit}  ({spread})\n")
    sys.stdout.flush()


def lease_open_and_close(pool: WebDriverPool, owner: int) -> float:
    """Seconds from asking for a browser to having given it back."""

    def lease() -> None:
        with pool.lease(owner, timeout=60):
            pass

    return seconds_of(lease)


def measure(run_dir: Path, site: BrowserSite) -> None:
    sys.stdout.write(f"load average before: {psutil.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores\n")
    pool = WebDriverPool(WIDTH, worker_id="bench:1:warm", run_dir=run_dir, max_leases=100_000)
    try:
        lease_open_and_close(pool, 1)
        tell("one lease, context warm", [lease_open_and_close(pool, 1) for _ in range(SINGLE_LEASES)])
        tell(
            "one lease, browser warm, context new",
            [lease_open_and_close(pool, 100 + owner) for owner in range(SINGLE_LEASES)],
        )
        tell(
            "one browser started, used and ended",
            [seconds_of(lambda: cold_task(run_dir, site)) for _ in range(5)],
        )
        first = eight_wide(lambda number: pool_task(pool, site, number % ACCOUNTS))
        tell(f"{LEASES} leases {WIDTH} wide, pool still empty", [first])
        warm = [eight_wide(lambda number: pool_task(pool, site, number % ACCOUNTS)) for _ in range(WARM_ROUNDS)]
        tell(f"{LEASES} leases {WIDTH} wide, pool warm, {ACCOUNTS} accounts", warm)
        stats = pool.get_stats()
        tell(f"memory of {stats.idle} browsers (PSS)", [stats.memory_bytes / 1e9], "GB")
    finally:
        pool.close(10)
    cold = [eight_wide(lambda _: cold_task(run_dir, site)) for _ in range(COLD_ROUNDS)]
    tell(f"{LEASES} browsers started, {WIDTH} wide (baseline)", cold)
    sys.stdout.write(f"cold / warm: {statistics.median(cold) / statistics.median(warm):.1f}\n")
    sys.stdout.write(f"load average after: {psutil.getloadavg()[0]:.1f}\n")


def main() -> None:
    """Run it on a site of its own; leaves nothing behind."""
    site = BrowserSite()
    site.start()
    try:
        with tempfile.TemporaryDirectory(prefix="topn-bench-") as folder:
            measure(Path(folder) / "run", site)
    finally:
        site.stop()


if __name__ == "__main__":
    main()
