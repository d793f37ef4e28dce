"""What the pool promises while all browsers are well."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.testing import capture_logs

from core.browser.browser_options import BrowserOptions
from core.browser.free_memory import MemoryFloor
from core.browser.webdriver_pool import WebDriverPool
from core.errors import BrowserLost, PoolTimeout, ServiceUnavailable
from tests.integration.pool.pool_home import PoolHome, wait_for_waiters
from tests.servers.browser_site import BrowserSite
from tests.servers.local_process import wait_until

pytestmark = pytest.mark.browser


def test_maximum_holds_under_a_burst(home: PoolHome) -> None:
    """24 leases of 12 threads at once: never more than two browsers, and only two are ever made."""
    # On a busy machine a browser may think for long; nothing hangs in this test.
    pool = home.pool(2, options=BrowserOptions(check_seconds=60, http_timeout_seconds=60))
    start, pair, lock = threading.Barrier(12), threading.Barrier(2), threading.Lock()
    held = most_held = most_drivers = 0

    def work(owner: int) -> None:
        nonlocal held, most_held, most_drivers
        start.wait()
        for _ in range(2):
            with pool.lease(owner, timeout=150):
                with lock:
                    held += 1
                    most_held = max(most_held, held)
                    most_drivers = max(most_drivers, len(home.drivers()))
                # Two at a time, so that both browsers are surely held at once.
                pair.wait(100)
                with lock:
                    held -= 1

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(work, range(12)))
    stats = pool.get_stats()
    assert (most_held, most_drivers, stats.created) == (2, 2, 2)
    assert (stats.idle, stats.busy, stats.waiting, stats.retired) == (2, 0, 0, {})


def test_waiters_are_served_in_their_order(home: PoolHome) -> None:
    pool = home.pool(1)
    served: list[int] = []

    def wait(owner: int) -> None:
        with pool.lease(owner, timeout=30):
            served.append(owner)

    threads = [threading.Thread(target=wait, args=(owner,)) for owner in (5, 3, 4)]
    with pool.lease(1, timeout=30):
        for number, thread in enumerate(threads, 1):
            thread.start()
            wait_for_waiters(pool, number)
    for thread in threads:
        thread.join()
    assert served == [5, 3, 4]
    assert pool.get_stats().lease_wait_p95_seconds >= pool.get_stats().lease_wait_p50_seconds > 0


def test_waiting_ends_with_a_clear_error_and_costs_no_place(home: PoolHome) -> None:
    pool = home.pool(1)
    with pool.lease(1, timeout=30):
        with pytest.raises(PoolTimeout, match="1 of 1 busy"), pool.lease(2, timeout=0.1):
            pass
        assert pool.get_stats().waiting == 0
    with pool.lease(2, timeout=30) as browser:
        assert browser.driver.title == ""


def test_a_lease_prefers_the_browser_that_knows_its_owner(home: PoolHome) -> None:
    pool = home.pool(2)
    with pool.lease(1, timeout=30), pool.lease(2, timeout=30):
        pass
    for owner in (1, 2, 2, 1):
        with pool.lease(owner, timeout=30) as browser:
            assert browser.is_warm


def test_retired_after_so_many_leases(home: PoolHome) -> None:
    pool = home.pool(1, max_leases=2)
    for _ in range(4):
        with pool.lease(1, timeout=30):
            pass
    assert pool.get_stats().created == 2
    assert pool.get_stats().retired == {"leases": 2}


def test_retired_at_its_age_idle_or_leased(home: PoolHome) -> None:
    pool = home.pool(1, max_age_seconds=0.001)
    with pool.lease(1, timeout=30):
        pass
    assert pool.get_stats().retired == {"age": 1}
    pool = home.pool(1, max_age_seconds=1, worker_id="testhost:1:other")
    with pool.lease(1, timeout=30):
        pass
    wait_until(lambda: pool.get_stats().retired == {"age": 1}, 10, "the idle browser is ended at its age")


def test_retired_when_idle(home: PoolHome) -> None:
    pool = home.pool(1, idle_seconds=0.2)
    with pool.lease(1, timeout=30):
        pass
    wait_until(lambda: pool.get_stats().retired == {"idle": 1}, 10, "the idle browser is ended")
    assert home.processes() == []


def test_held_lease_raises_the_alarm_once(home: PoolHome) -> None:
    pool = home.pool(1, leak_seconds=0.1)
    with capture_logs() as logs, pool.lease(77, timeout=30):

        def alarms() -> list[int]:
            return [line["owner"] for line in logs if line["event"] == "browser lease held for long"]

        wait_until(lambda: alarms() == [77], 5, "the leak is logged")
        began = time.monotonic()
        wait_until(lambda: time.monotonic() - began > 0.3, 5, "the keeper has looked again")
        assert alarms() == [77]


def test_double_release_is_harmless(home: PoolHome) -> None:
    pool = home.pool(1)
    with pool.lease(1, timeout=30) as browser:
        browser.release()
        with pool.lease(2, timeout=30) as other:
            browser.release()
            browser.kill("too late")
            assert other.driver.title == ""
            assert pool.get_stats().busy == 1
    assert pool.get_stats().retired == {}


@pytest.mark.fault("23")
def test_no_new_browser_below_the_memory_floor(home: PoolHome) -> None:
    free_mb = [1000]
    pool = home.pool(2, floor=MemoryFloor(500, lambda: free_mb[0]))
    with pool.lease(1, timeout=30):
        free_mb[0] = 499
        refused = pytest.raises(ServiceUnavailable, match="499 MB of memory are free and 500 MB must stay")
        with refused, pool.lease(2, timeout=0.2):
            pass
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(_lease_once, pool, 2)
            wait_for_waiters(pool, 1)
            free_mb[0] = 1000
            assert waiting.result(30), "served as soon as memory is free again"
    # A browser that runs already may be used however little is left.
    free_mb[0] = 0
    assert _lease_once(pool, 3)


def test_close_waits_for_leases_and_refuses_new_ones(home: PoolHome) -> None:
    pool = home.pool(1)
    with ThreadPoolExecutor(1) as threads:
        with pool.lease(1, timeout=30) as browser:
            closing = threads.submit(pool.close, 30)
            wait_until(lambda: _is_closed(pool), 5, "the pool refuses new leases")
            assert browser.driver.title == "", "the holder goes on"
        closing.result(30)
    assert pool.get_stats().retired == {"closed": 1}
    pool.close(1)
    home.assert_nothing_left()


def test_close_wakes_waiters_and_ends_whoever_holds_on(home: PoolHome, site: BrowserSite) -> None:
    pool = home.pool(1)
    with ThreadPoolExecutor(2) as threads:
        held = threads.submit(_hang, pool, site)
        assert site.hanging.acquire(timeout=30)
        waiting = threads.submit(_lease_once, pool, 2)
        wait_for_waiters(pool, 1)
        pool.close(0)
        with pytest.raises(BrowserLost, match="closing"):
            held.result(30)
        with pytest.raises(ServiceUnavailable, match="closed"):
            waiting.result(30)


def test_close_while_a_browser_is_starting(home: PoolHome) -> None:
    pool = home.pool(1)
    with ThreadPoolExecutor(1) as threads:
        starting = threads.submit(_lease_once, pool, 1)
        wait_until(lambda: pool.get_stats().busy == 1, 10, "a browser is being started")
        pool.close(0)
        home.assert_nothing_left()
        with pytest.raises(ServiceUnavailable):
            starting.result(30)


def test_capacity_can_shrink_and_grow(home: PoolHome) -> None:
    pool = home.pool(2)
    with pool.lease(1, timeout=30), pool.lease(2, timeout=30):
        pool.set_capacity(1)
    assert pool.get_stats().retired == {"capacity": 1}
    with pool.lease(1, timeout=30):
        with pytest.raises(PoolTimeout), pool.lease(2, timeout=0.1):
            pass
        pool.set_capacity(2)
        assert _lease_once(pool, 2)


def test_stats_tell_the_memory_of_the_browsers(home: PoolHome) -> None:
    pool = home.pool(1)
    assert pool.get_stats().memory_bytes == 0
    pool = home.pool(1, worker_id="testhost:1:other")
    with pool.lease(1, timeout=30):
        stats = pool.get_stats()
    assert (stats.max, stats.busy, stats.idle, stats.created) == (1, 1, 0, 1)
    assert 30 << 20 < stats.memory_bytes < 2 << 30


def _lease_once(pool: WebDriverPool, owner: int) -> bool:
    with pool.lease(owner, timeout=30) as browser:
        return browser.driver.title == ""


def _hang(pool: WebDriverPool, site: BrowserSite) -> None:
    with pool.lease(1, timeout=30) as browser:
        browser.driver.get(f"{site.url}/hang")


def _is_closed(pool: WebDriverPool) -> bool:
    try:
        with pool.lease(9, timeout=0.05):
            return False
    except ServiceUnavailable:
        return True
    except PoolTimeout:
        return False
