"""The same leases on a remote WebDriver: a chromedriver started by itself stands in for a Grid."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from core.browser.browser_lease import BrowserLease
from core.browser.browser_options import BrowserOptions
from core.browser.cleaner import Cleaned, clean_orphans, end_worker_browsers
from core.browser.marked_processes import marks_for
from core.browser.remote_session import RemoteSession
from core.errors import BrowserLost, ServiceUnavailable
from tests.conftest import require_program
from tests.integration.pool.holder import start_holder
from tests.integration.pool.pool_home import WORKER_ID, PoolHome, visit
from tests.servers.browser_site import BrowserSite
from tests.servers.local_process import LocalProcess, free_port, wait_until

pytestmark = pytest.mark.browser

NEEDED = ("--no-sandbox",) if os.geteuid() == 0 else ()


@pytest.fixture
def remote(
    tmp_path: Path, short_tmpdir: Path, home: PoolHome, monkeypatch: pytest.MonkeyPatch
) -> Iterator[BrowserOptions]:
    """Options that name a remote end; its processes carry the test's marks, so `home` counts them too."""
    for name, value in marks_for("remote", home.run_dir).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TMPDIR", str(short_tmpdir))
    log = tmp_path / "remote.log"
    server = LocalProcess([require_program("chromedriver"), f"--port={free_port()}"], log)
    server.start(lambda: _port(log) is not None)
    yield BrowserOptions(
        selenium_url=f"http://127.0.0.1:{_port(log)}",
        extra_arguments=NEEDED,
        check_seconds=5,
        http_timeout_seconds=20,
        script_seconds=2,
    )
    server.stop()
    wait_until(lambda: not home.processes(), 10, "the remote end's browsers end with it")


def test_remote_leases_are_isolated_and_warm(home: PoolHome, site: BrowserSite, remote: BrowserOptions) -> None:
    pool = home.pool(1, options=remote)
    with pool.lease(1, timeout=30) as browser:
        visit(browser, f"{site.url}/remember?who=ann")
    with pool.lease(2, timeout=30) as browser:
        assert visit(browser, f"{site.url}/remember") == {"cookie": "", "local": None, "session": None}
    with pool.lease(1, timeout=30) as browser:
        assert browser.is_warm
        assert visit(browser, f"{site.url}/remember")["cookie"] == "who=ann"
    assert pool.get_stats().created == 1
    pool.close(5)
    wait_until(lambda: not _browsers(home), 10, "the remote browser ended with the pool")


def test_remote_holder_is_stopped_at_once(home: PoolHome, site: BrowserSite, remote: BrowserOptions) -> None:
    """chromedriver ends the browser only when the command under way is over; our side does not wait for it."""
    pool = home.pool(1, options=remote)
    leases: list[BrowserLease] = []

    def hold() -> None:
        with pool.lease(1, timeout=30) as browser:
            leases.append(browser)
            browser.driver.get(site.url)
            browser.driver.execute_async_script("fetch('/hang') /* and never calls back */")

    with ThreadPoolExecutor(1) as threads:
        held = threads.submit(hold)
        assert site.hanging.acquire(timeout=30)
        leases[0].kill("deadline")
        with pytest.raises(BrowserLost, match="deadline"):
            held.result(1)
    assert pool.get_stats().retired == {"killed": 1}
    wait_until(lambda: not _browsers(home), 20, "the remote browser ends after its command")


@pytest.mark.fault("15")
def test_sessions_of_a_killed_worker_are_ended_by_the_cleaner(home: PoolHome, remote: BrowserOptions) -> None:
    """Whoever started the browsers does not notice: a Grid would keep their places for minutes."""
    holder = start_holder(home, "testhost:2:dead", remote)
    assert clean_orphans(home.run_dir) == Cleaned(), "whoever lives is left alone"
    holder.kill()
    holder.communicate()
    assert _browsers(home) != []
    cleaned = clean_orphans(home.run_dir)
    assert (cleaned.sessions, [folder.name for folder in cleaned.folders]) == (2, ["testhost_2_dead"])
    wait_until(lambda: not _browsers(home), 10, "the remote browsers ended")
    assert list(home.run_dir.iterdir()) == []


def test_sessions_of_a_remote_end_that_is_gone_hold_nobody_up(home: PoolHome, remote: BrowserOptions) -> None:
    holder = start_holder(home, WORKER_ID, remote)
    (worker_folder,) = home.run_dir.iterdir()
    sessions = RemoteSession.noted_in(worker_folder)
    for note in worker_folder.glob("*/remote_session.json"):
        assert stat.S_IMODE(note.stat().st_mode) == 0o600, "the address may hold a password"
        note.write_text(note.read_text().replace(remote.selenium_url, f"http://127.0.0.1:{free_port()}"))
    holder.kill()
    holder.communicate()
    cleaned = end_worker_browsers(WORKER_ID, home.run_dir)
    assert (cleaned.sessions, [folder.name for folder in cleaned.folders]) == (0, [worker_folder.name])
    assert [session.quit() for session in sessions] == [True, True]


def test_remote_end_that_does_not_answer_is_named(home: PoolHome) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    pool = home.pool(1, options=BrowserOptions(selenium_url=url))
    with pytest.raises(ServiceUnavailable, match=f"{url}.*TOPN_SELENIUM_URL"), pool.lease(1, timeout=5):
        pass
    assert pool.get_stats().busy == 0
    pool.close(5)
    home.assert_nothing_left()


def _browsers(home: PoolHome) -> list[psutil.Process]:
    return [process for process in home.processes() if process.name() != "chromedriver"]


def _port(log: Path) -> int | None:
    found = re.search(r"successfully on port (\d+)", log.read_text())
    return int(found[1]) if found else None
