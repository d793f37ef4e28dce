"""Chromium sends a request again by itself when a connection that it has used before breaks without an answer. On a
site that keeps connections, as the real one does, one click can be two publish requests. It stays one article."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.browser.webdriver_pool import WebDriverPool
from core.publishing.publisher import Published
from tests.practice_site.client import PracticeClient
from tests.practice_site.faults import Fault
from tests.practice_site.server import PracticeSite
from tests.publishing_desk import PublishingDesk, article
from tests.site_fixtures import AUTOSAVE_MS

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(publishing_pool: WebDriverPool, tmp_path: Path) -> Iterator[PublishingDesk]:
    """On a site that keeps connections."""
    site = PracticeSite(tmp_path / "site", autosave_ms=AUTOSAVE_MS, keeps_connections=True)
    site.start()
    with PublishingDesk.at(PracticeClient(site.url), publishing_pool) as desk:
        yield desk
    site.stop()


@pytest.mark.fault("19")
@pytest.mark.parametrize(("fault", "times_published"), [(Fault.PUBLISH_DROPPED, 1), (Fault.PUBLISH_REPLY_LOST, 2)])
def test_one_click_whose_connection_breaks_is_two_requests_and_one_article(
    desk: PublishingDesk, fault: Fault, times_published: int
) -> None:
    draft = desk.write(article())
    desk.site.set_fault(fault, desk.account, times=1)
    outcome = desk.publisher.submit(desk.browser, draft)
    assert outcome == Published(draft.draft_id, desk.posts_url(draft))
    assert desk.counts() == (1, 2, times_published)
    assert [post["id"] for post in desk.posts()] == [draft.draft_id]
