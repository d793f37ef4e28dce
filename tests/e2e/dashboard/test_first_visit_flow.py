"""A browser that was never here: it fetches what pages are made of while somebody types their password."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.dashboard.conftest import Guest
from tests.e2e.dashboard.stage import ADMIN, PASSWORD, Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IS_AHEAD = """
const fetched = new Set(performance.getEntriesByType('resource').filter(one => one.responseEnd).map(one => one.name));
const wanted = [...document.querySelectorAll('link[rel=prefetch], link[rel=modulepreload]')];
return wanted.length > 0 && wanted.every(link => fetched.has(link.href));
"""
ASKED = "return performance.getEntriesByType('resource').map(one => new URL(one.name).pathname);"
FETCHED = """
return performance.getEntriesByType('resource')
  .filter(one => new URL(one.name).pathname.startsWith('/static/'))
  .map(one => [one.name, one.transferSize]);
"""

SIZES = """
return performance.getEntriesByType('resource')
  .filter(one => new URL(one.name).pathname.endsWith('.js'))
  .map(one => [one.encodedBodySize, one.decodedBodySize]);
"""


def test_a_page_has_all_its_files_when_somebody_comes_in(stage: Stage, guest: Guest) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    stage.lab.submit(stage.person("ada").account, "甲", run_at=tomorrow, is_pushed=False)
    tab = guest()
    tab.go("/tasks")
    tab.wait(lambda: bool(tab.front().execute_script(IS_AHEAD)), "everything is fetched ahead")
    sent, read = map(sum, zip(*tab.front().execute_script(SIZES), strict=True))
    assert sent < read / 2, "they did not come compressed"
    tab.sign_in(ADMIN, PASSWORD)
    tab.settle()
    files = dict(tab.front().execute_script(FETCHED))
    assert any("/js/DataFrame." in address for address in files)
    assert {address for address, size in files.items() if size} == set(), "these were not fetched ahead"
    asked = tab.front().execute_script(ASKED)
    assert "/_stcore/health" in asked
    assert [path for path in asked if path.startswith("/tasks")] == [], "the server was looked for below the page"
