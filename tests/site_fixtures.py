"""The practice site for tests, with its own editor and with the real Draft.js."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.practice_site.client import PracticeClient
from tests.practice_site.server import PracticeSite

AUTOSAVE_MS = 150
"""Shorter than the site's usual 700 ms, so that tests wait less."""


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


def npm_cache() -> Path:
    """Where the browser libraries from npm are kept between runs; never committed."""
    return Path(__file__).resolve().parents[1] / "var" / "npm"
