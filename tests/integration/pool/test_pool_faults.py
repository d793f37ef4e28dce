"""Browsers that die or hang, holders that must be stopped, and a process that is killed with its pool."""

from __future__ import annotations

import shutil
import signal
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from core.browser.browser_errors import translate_browser_errors
from core.browser.browser_lease import BrowserLease
from core.browser.browser_options import BrowserOptions
from core.browser.cleaner import Cleaned, clean_orphans, end_worker_browsers
from core.browser.webdriver_pool import WebDriverPool
from core.errors import BrowserLost
from tests.integration.pool.holder import start_holder
from tests.integration.pool.pool_home import WORKER_ID, PoolHome
from tests.servers.browser_site import BrowserSite
from tests.servers.local_process import wait_until

ROOT = Path(__file__).resolve().parents[3]
PARTS = ["chromedriver", "browser", "renderer"]
IMPATIENT = BrowserOptions(check_seconds=3, http_timeout_seconds=5)

# A process that holds one leased and one idle browser until it is killed.
pytestmark = pytest.mark.browser


@pytest.mark.fault("14")
@pytest.mark.parametrize("part", PARTS)
def test_killed_while_leased(home: PoolHome, site: BrowserSite, part: str) -> None:
    pool = home.pool(1)
    with pytest.raises(BrowserLost):
        _signal_while_leased(pool, home, site, part, signal.SIGKILL)
    assert pool.get_stats().retired == {"crashed": 1}
    _works(pool, site)


@pytest.mark.fault("14")
@pytest.mark.parametrize("part", PARTS)
def test_killed_while_idle(home: PoolHome, site: BrowserSite, part: str) -> None:
    pool = home.pool(1, options=IMPATIENT)
    _works(pool, site)
    home.part(part).kill()
    _works(pool, site)
    # A renderer that is gone takes no browser with it: a new tab may get a new one.
    assert pool.get_stats().retired in ({"crashed": 1}, {} if part == "renderer" else None)


@pytest.mark.fault("14")
def test_dead_idle_driver_is_noticed_without_a_lease(home: PoolHome, site: BrowserSite) -> None:
    pool = home.pool(1)
    _works(pool, site)
    home.part("chromedriver").kill()
    wait_until(lambda: pool.get_stats().retired == {"crashed": 1}, 10, "the keeper noticed")
    assert home.processes() == []


@pytest.mark.fault("27")
@pytest.mark.parametrize("part", ["chromedriver", "browser"])
def test_hung_while_leased(home: PoolHome, site: BrowserSite, part: str) -> None:
    pool = home.pool(1, options=IMPATIENT)
    with pytest.raises(BrowserLost, match="does not answer"):
        _signal_while_leased(pool, home, site, part, signal.SIGSTOP)
    assert pool.get_stats().retired == {"crashed": 1}
    _works(pool, site)


@pytest.mark.fault("27")
@pytest.mark.parametrize("part", ["chromedriver", "browser"])
def test_hung_while_idle(home: PoolHome, site: BrowserSite, part: str) -> None:
    pool = home.pool(1, options=IMPATIENT)
    _works(pool, site)
    home.part(part).send_signal(signal.SIGSTOP)
    _works(pool, site)
    assert pool.get_stats().retired == {"crashed": 1}


@pytest.mark.fault("27")
def test_hung_renderer_is_replaced(home: PoolHome, site: BrowserSite) -> None:
    """Selenium reports it as a timeout of the page, which may be the site's fault; the end of the lease
    shows that it is the browser's."""
    pool = home.pool(1, options=IMPATIENT)
    with pool.lease(1, timeout=30) as browser:
        browser.driver.get(site.url)
        home.part("renderer").send_signal(signal.SIGSTOP)
    _works(pool, site)


@pytest.mark.fault("27")
@pytest.mark.parametrize("is_stopped", [False, True])
def test_kill_from_another_thread(home: PoolHome, site: BrowserSite, is_stopped: bool) -> None:
    """The holder waits for a page that never comes; its place is free before it has noticed anything."""
    pool = home.pool(1)
    began, may_end = threading.Event(), threading.Event()

    def hold() -> list[str]:
        reasons = []
        with pool.lease(1, timeout=30) as browser:
            holder.append(browser)
            began.set()
            for call in (lambda: browser.driver.get(f"{site.url}/hang"), browser.cookies, browser.screenshot):
                try:
                    call()
                except BrowserLost as error:
                    reasons.append(error.reason)
            may_end.wait(30)
        return reasons

    holder: list[BrowserLease] = []
    with ThreadPoolExecutor(1) as threads:
        held: Future[list[str]] = threads.submit(hold)
        assert began.wait(30)
        assert site.hanging.acquire(timeout=30)
        if is_stopped:
            home.part("chromedriver").send_signal(signal.SIGSTOP)
        holder[0].kill("cancelled by its owner")
        holder[0].kill("again")
        assert pool.get_stats().retired == {"killed": 1}
        assert home.processes() == []
        _works(pool, site)
        may_end.set()
        assert held.result(10) == ["cancelled by its owner"] * 3
    assert pool.get_stats().retired == {"killed": 1}


def test_errors_of_the_page_pass_untranslated(home: PoolHome, site: BrowserSite) -> None:
    with home.pool(1).lease(1, timeout=30) as browser:
        browser.driver.get(site.url)
        with pytest.raises(Exception, match="no such element"), translate_browser_errors():
            browser.driver.find_element("id", "missing")


@pytest.mark.fault("15")
def test_killed_process_leaves_nothing_after_the_cleaner(home: PoolHome) -> None:
    pool = home.pool(1)
    with pool.lease(1, timeout=30) as living:
        holder = start_holder(home, "testhost:2:dead")
        assert len(home.drivers()) == 3
        assert clean_orphans(home.run_dir) == Cleaned(), "whoever lives is left alone"
        holder.kill()
        holder.communicate()
        cleaned = clean_orphans(home.run_dir)
        assert cleaned.processes >= 8
        assert [folder.name for folder in cleaned.folders] == ["testhost_2_dead"]
        assert living.driver.title == ""
        assert len(home.drivers()) == 1


def test_browsers_whose_folder_is_gone_are_orphans(home: PoolHome) -> None:
    holder = start_holder(home, "testhost:2:dead")
    holder.kill()
    holder.communicate()
    # Stopped, or they would make their folders anew.
    for process in home.processes():
        process.send_signal(signal.SIGSTOP)
    shutil.rmtree(home.run_dir / "testhost_2_dead")
    assert clean_orphans(home.run_dir).processes >= 8
    assert home.processes() == []


@pytest.mark.fault("15")
def test_stopped_browser_of_a_killed_process_is_ended(home: PoolHome) -> None:
    holder = start_holder(home, "testhost:2:dead")
    for process in home.processes():
        process.send_signal(signal.SIGSTOP)
    holder.kill()
    holder.communicate()
    clean_orphans(home.run_dir)
    home.assert_nothing_left()


def test_end_worker_browsers_ends_those_of_a_hung_worker(home: PoolHome) -> None:
    holder = start_holder(home, WORKER_ID)
    holder.send_signal(signal.SIGSTOP)
    assert end_worker_browsers("testhost:2:other", home.run_dir) == Cleaned()
    assert end_worker_browsers(WORKER_ID, home.run_dir).processes >= 8
    home.assert_nothing_left()
    holder.kill()
    holder.communicate()


def _signal_while_leased(
    pool: WebDriverPool, home: PoolHome, site: BrowserSite, part: str, number: signal.Signals
) -> None:
    with pool.lease(1, timeout=30) as browser:
        browser.driver.get(site.url)
        home.part(part).send_signal(number)
        browser.driver.get(site.url)


def _works(pool: WebDriverPool, site: BrowserSite) -> None:
    with pool.lease(1, timeout=30) as browser:
        browser.driver.get(site.url)
        assert browser.driver.title == "page"
