"""One dashboard, one worker and one browser for all tests of this folder; each test has people of its own, each in a
profile of the browser of their own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.conftest import require_program
from tests.e2e.dashboard.stage import ADMIN, PASSWORD, Stage, open_stage
from tests.e2e.dashboard.streamlit_tab import StreamlitTab
from tests.practice_site.browser_visitor import FLAGS
from tests.site_fixtures import BROWSERS

Guest = Callable[[], StreamlitTab]
Visitor = Callable[..., StreamlitTab]


@pytest.fixture(scope="session")
def running_stage() -> Iterator[Stage]:
    """Use `stage`, on which nothing fails."""
    with (
        tempfile.TemporaryDirectory(prefix="e-") as folder,
        open_stage(Path(folder), require_program("redis-server")) as stage,
    ):
        yield stage


@pytest.fixture
def stage(running_stage: Stage) -> Iterator[Stage]:
    """The site does as it should and nothing is held back until the test says otherwise."""
    yield running_stage
    running_stage.lift_pauses()
    running_stage.lab.site.let_go()
    running_stage.lab.site.clear_faults()


@pytest.fixture(scope="session")
def dashboard_browser() -> Iterator[Chrome]:
    """One browser that can hold several profiles at once."""
    options = ChromeOptions()
    options.binary_location = require_program(*BROWSERS)
    options.enable_bidi = True
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*FLAGS, "--lang=en-US"):
        options.add_argument(flag)
    driver = Chrome(options=options, service=Service(require_program("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def guest(stage: Stage, dashboard_browser: Chrome) -> Iterator[Guest]:
    """Opens a tab in an empty profile, signed in nowhere."""
    opened: list[StreamlitTab] = []

    def open_tab() -> StreamlitTab:
        context = dashboard_browser.browser.create_user_context()
        handle = dashboard_browser.browsing_context.create(type="tab", user_context=context)
        opened.append(StreamlitTab(dashboard_browser, str(handle), str(context), stage.url))
        return opened[-1]

    yield open_tab
    for tab in opened:
        tab.close()


@pytest.fixture
def visitor(guest: Guest) -> Visitor:
    """Opens a page as somebody who has just signed in; without a name as the administrator."""

    def open_page(path: str, name: str = ADMIN) -> StreamlitTab:
        tab = guest()
        tab.go(path)
        tab.sign_in(name, PASSWORD)
        tab.settle()
        return tab

    return open_page
