"""Two accounts never share anything; one account finds again what it left."""

from __future__ import annotations

import time

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By

from core.browser.webdriver_pool import WebDriverPool
from core.cookie import Cookie
from core.errors import BrowserLost, NeedsLogin
from tests.integration.pool.pool_home import PoolHome, text_of, visit
from tests.servers.browser_site import BrowserSite

NOTHING = {"cookie": "", "local": None, "session": None}

pytestmark = pytest.mark.browser


def test_two_owners_see_nothing_of_each_other_in_one_browser(home: PoolHome, site: BrowserSite) -> None:
    pool = home.pool(1)
    with pool.lease(1, timeout=30) as browser:
        assert visit(browser, f"{site.url}/remember?who=ann") == NOTHING
        first = text_of(browser, f"{site.url}/cached")
    with pool.lease(2, timeout=30) as browser:
        assert browser.is_warm is False
        assert browser.cookies() == ()
        assert visit(browser, f"{site.url}/remember?who=bob") == NOTHING
        assert text_of(browser, f"{site.url}/cached") != first
    with pool.lease(1, timeout=30) as browser:
        assert browser.is_warm is True
        # The tab is new, so the session storage is; cookies, local storage and cache stay.
        assert visit(browser, f"{site.url}/remember") == {
            "cookie": "who=ann",
            "local": "ann",
            "session": None,
        }
        assert text_of(browser, f"{site.url}/cached") == first
    assert pool.get_stats().created == 1


def test_new_cookies_version_starts_clean(home: PoolHome, site: BrowserSite) -> None:
    pool = home.pool(1)
    with pool.lease(1, timeout=30, cookies_version=1) as browser:
        visit(browser, f"{site.url}/remember?who=ann")
    with pool.lease(1, timeout=30, cookies_version=2) as browser:
        assert browser.is_warm is False
        assert visit(browser, f"{site.url}/remember") == NOTHING


def test_context_is_forgotten_on_demand_and_in_doubt_only(home: PoolHome, site: BrowserSite) -> None:
    pool = home.pool(1)

    def is_warm_after(error: Exception | None) -> bool:
        with pool.lease(1, timeout=30):
            pass
        try:
            with pool.lease(1, timeout=30) as browser:
                assert browser.is_warm
                if error is None:
                    browser.forget_context()
                else:
                    raise error
        except (NeedsLogin, ZeroDivisionError):
            pass
        with pool.lease(1, timeout=30) as browser:
            return browser.is_warm

    assert is_warm_after(None) is False
    assert is_warm_after(ZeroDivisionError()) is False
    assert is_warm_after(NeedsLogin("signed out")) is True


def test_least_recently_used_context_goes_first(home: PoolHome) -> None:
    pool = home.pool(1, warm_contexts=2)
    for owner in (1, 2, 1, 3):
        with pool.lease(owner, timeout=30):
            pass
    assert [_is_warm(pool, owner) for owner in (1, 3)] == [True, True]
    assert _is_warm(pool, 2) is False


def test_cookies_go_in_and_out_without_a_page(home: PoolHome, site: BrowserSite) -> None:
    expires = int(time.time()) + 3600
    given = (
        Cookie("z_c0", "2|1:0|秘密", "127.0.0.1", http_only=True, expires=expires, same_site="Lax"),
        Cookie("d_c0", "plain", "127.0.0.1"),
        Cookie("wide", "yes", ".example.com", path="/p", secure=True, same_site="None"),
    )
    pool = home.pool(1)
    with pool.lease(1, timeout=30) as browser:
        browser.set_cookies(given)
        assert browser.driver.current_url == "about:blank"
        assert sorted(browser.cookies(), key=lambda c: c.name) == sorted(given, key=lambda c: c.name)
        assert "d_c0=plain" in text_of(browser, f"{site.url}/cookies")
        # What was read can be set again: refreshed cookies are stored and come back.
        browser.set_cookies(browser.cookies())
        assert len(browser.cookies()) == 3


def test_a_cookie_the_browser_refuses_is_left_out(home: PoolHome) -> None:
    refused = Cookie("__Secure-x", "1", "127.0.0.1", secure=False)
    expired = Cookie("old", "1", "127.0.0.1", expires=1)
    with home.pool(1).lease(1, timeout=30) as browser:
        browser.set_cookies((refused, expired, Cookie("good", "1", "127.0.0.1")))
        assert [cookie.name for cookie in browser.cookies()] == ["good"]


def test_popups_end_with_the_lease(home: PoolHome, site: BrowserSite) -> None:
    pool = home.pool(1)
    with pool.lease(1, timeout=30) as browser:
        browser.driver.get(site.url)
        browser.driver.execute_script("window.open('/pop-up'); setTimeout(() => alert('stay'), 0)")
    with pool.lease(1, timeout=30) as browser:
        assert browser.is_warm is True
        assert len(browser.driver.window_handles) == 2, "the anchor and this lease's tab"
    assert pool.get_stats().retired == {}


def test_a_page_outside_the_owners_context_costs_the_browser(home: PoolHome, site: BrowserSite) -> None:
    pool = home.pool(1)
    with pool.lease(1, timeout=30) as browser:
        browser.driver.switch_to.new_window("tab")
        browser.driver.get(site.url)
    assert pool.get_stats().retired == {"crashed": 1}


def test_nobody_reaches_the_next_owners_tab(home: PoolHome, site: BrowserSite) -> None:
    pool = home.pool(1)
    with pool.lease(1, timeout=30) as browser:
        browser.driver.get(site.url)
        kept = browser.driver
        body = kept.find_element(By.TAG_NAME, "body")
    with pool.lease(2, timeout=30) as other:
        other.driver.get(site.url)
        for late in (
            lambda: kept.title,
            lambda: body.text,
            browser.cookies,
            lambda: browser.set_cookies(()),
            browser.screenshot,
        ):
            with pytest.raises(BrowserLost, match="its time with this browser is over"):
                late()


def test_nothing_set_up_in_a_lease_outlives_it(home: PoolHome, site: BrowserSite) -> None:
    planted = {"source": "window.planted = true"}
    pool = home.pool(1)
    with pool.lease(1, timeout=30) as browser:
        with pytest.raises(WebDriverException, match="Unable to find url"):
            _ = browser.driver.script
        browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", planted)
        browser.driver.set_script_timeout(1)
        browser.driver.get(site.url)
        assert browser.driver.execute_script("return window.planted") is True
    for owner in (1, 2):
        with pool.lease(owner, timeout=30) as browser:
            browser.driver.get(site.url)
            assert browser.driver.execute_script("return window.planted") is None
            assert browser.driver.timeouts.script > 1
    assert pool.get_stats().created == 1


def test_typed_text_that_names_a_file_stays_text(home: PoolHome, site: BrowserSite) -> None:
    with home.pool(1).lease(1, timeout=30) as browser:
        browser.driver.get(site.url)
        browser.driver.execute_script("document.body.innerHTML = '<input>'")
        field = browser.driver.find_element(By.TAG_NAME, "input")
        field.send_keys("/etc/hostname")
        assert field.get_property("value") == "/etc/hostname"


def _is_warm(pool: WebDriverPool, owner: int) -> bool:
    with pool.lease(owner, timeout=30) as browser:
        return browser.is_warm
