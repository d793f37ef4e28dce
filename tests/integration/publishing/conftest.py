"""Fixtures for publishers: a browser from the pool, a signed-in account, and the editors the site may have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.browser.browser_options import BrowserOptions
from core.browser.webdriver_pool import WebDriverPool
from tests.conftest import require_program
from tests.practice_site.client import PracticeClient
from tests.publishing_desk import SCRIPT_SECONDS, PublishingDesk


@pytest.fixture(scope="session")
def publishing_pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriverPool]:
    """One browser for all publisher tests; each test has a context of its own."""
    require_program("chromedriver")
    options = BrowserOptions(script_seconds=SCRIPT_SECONDS, page_load_seconds=10)
    pool = WebDriverPool(
        1, worker_id="test:1:publishing", run_dir=tmp_path_factory.mktemp("run"), options=options, warm_contexts=1
    )
    yield pool
    pool.close(10)


@pytest.fixture
def desk(publishing_pool: WebDriverPool, practice_site: PracticeClient) -> Iterator[PublishingDesk]:
    """A signed-in browser on the practice site, with a publisher."""
    with PublishingDesk.at(practice_site, publishing_pool) as desk:
        yield desk


@pytest.fixture(params=["practice_site", "draftjs_site"])
def any_desk(request: pytest.FixtureRequest, publishing_pool: WebDriverPool) -> Iterator[PublishingDesk]:
    """The same on each editor that the site may have: its own, and the real Draft.js."""
    with PublishingDesk.at(request.getfixturevalue(request.param), publishing_pool) as desk:
        yield desk
