"""The practice site for tests, with its own editor and with the real Draft.js, and a browser to look at it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from tests.conftest import IN_CI, require_program
from tests.draftjs_page.modules import install_modules
from tests.practice_site.browser_visitor import BrowserVisitor, start_browser
from tests.practice_site.client import PracticeAccount, PracticeClient
from tests.practice_site.http_visitor import HttpVisitor
from tests.practice_site.server import PracticeSite

AUTOSAVE_MS = 150
"""Shorter than the site's usual 700 ms, so that tests wait less."""
NPM_CACHE = Path(__file__).resolve().parents[1] / "var" / "npm"
"""Where the browser libraries from npm are kept between runs; never committed."""
BROWSERS = ("/usr/lib/chromium/chromium-headless-shell", "chromium-headless-shell", "chromium", "google-chrome")


@pytest.fixture(scope="session")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeSite]:
    """One practice site for the whole run. Use `practice_site`, which starts empty."""
    site = PracticeSite(tmp_path_factory.mktemp("site"), autosave_ms=AUTOSAVE_MS)
    site.start()
    yield site
    site.stop()


@pytest.fixture
def practice_site(running_site: PracticeSite) -> PracticeClient:
    """The control API of an empty practice site; `url` is the site's address."""
    client = PracticeClient(running_site.url)
    client.reset()
    return client


@pytest.fixture(scope="session")
def draftjs_modules() -> Path:
    """The real Draft.js from npm. Without npm, or a registry: skips on a laptop, fails in CI."""
    npm = require_program("npm")
    try:
        return install_modules(npm, NPM_CACHE)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        message = f"npm cannot install Draft.js: {error}"
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture(scope="session")
def running_draftjs_site(tmp_path_factory: pytest.TempPathFactory, draftjs_modules: Path) -> Iterator[PracticeSite]:
    """One practice site whose write page has the real Draft.js. Use `draftjs_site`, which starts empty."""
    site = PracticeSite(tmp_path_factory.mktemp("draftjs"), autosave_ms=AUTOSAVE_MS, draftjs_modules=draftjs_modules)
    site.start()
    yield site
    site.stop()


@pytest.fixture
def draftjs_site(running_draftjs_site: PracticeSite) -> PracticeClient:
    """The control API of an empty practice site whose write page has the real Draft.js."""
    client = PracticeClient(running_draftjs_site.url)
    client.reset()
    return client


@pytest.fixture
def visitor_of(practice_site: PracticeClient) -> Iterator[Callable[[PracticeAccount | None], HttpVisitor]]:
    """Makes visitors of the practice site that speak plain HTTP."""
    visitors: list[HttpVisitor] = []

    def make(account: PracticeAccount | None) -> HttpVisitor:
        visitors.append(HttpVisitor(practice_site.url, account))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.session.close()


@pytest.fixture(scope="session")
def site_browser() -> Iterator[Chrome]:
    """One real browser for the tests of the site's pages."""
    driver = start_browser(require_program(*BROWSERS), require_program("chromedriver"))
    yield driver
    driver.quit()


@pytest.fixture
def own_browser() -> Iterator[Chrome]:
    """A real browser for one test that may leave it beyond repair."""
    driver = start_browser(require_program(*BROWSERS), require_program("chromedriver"))
    yield driver
    driver.quit()


@pytest.fixture
def browser_visitor(site_browser: Chrome, practice_site: PracticeClient) -> Iterator[BrowserVisitor]:
    """A browser at the empty practice site, signed in nowhere. Leaves it at the end: a page that is still open would
    save what was written last into the site of the next test."""
    visitor = BrowserVisitor(site_browser, practice_site.url)
    site_browser.get(f"{practice_site.url}/practice/health")
    site_browser.delete_all_cookies()
    yield visitor
    site_browser.get("about:blank")
