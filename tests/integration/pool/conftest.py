"""Fixtures of the pool's tests: real Chromium, and a check that nothing of it is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import require_program
from tests.integration.pool.pool_home import PoolHome
from tests.servers.browser_site import BrowserSite


@pytest.fixture
def home(tmp_path: Path) -> Iterator[PoolHome]:
    """Makes pools; afterwards closes them and asserts that no process and no folder is left."""
    require_program("chromium-headless-shell", "chromium", "google-chrome")
    require_program("chromedriver")
    home = PoolHome(tmp_path / "run")
    yield home
    home.close()
    home.assert_nothing_left()


@pytest.fixture(scope="session")
def site() -> Iterator[BrowserSite]:
    """One local site for all of them."""
    site = BrowserSite()
    site.start()
    yield site
    site.stop()
