"""Looking for an article nobody knows the id of, through the account's own list on the practice site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.errors import NeedsHuman, NeedsLogin, PublishError, SiteBusy
from core.publishing.publisher import Absent, Published, SearchOutcome, Unknown, WantedArticle
from core.publishing.zhihu_list import PAGE
from tests.practice_site.faults import Fault
from tests.practice_site.http_visitor import HttpVisitor
from tests.publishing_desk import PublishingDesk

pytestmark = pytest.mark.browser
LENGTH = 4
CONTENT = "<p>四个 汉字</p>"


def publish(desk: PublishingDesk, *titles: str, content: str = CONTENT) -> str:
    """Publish articles as the account itself would; the id of the last one."""
    with HttpVisitor(desk.site.url, desk.account) as visitor:
        for title in titles:
            draft_id = visitor.create_draft(title, content)
            visitor.publish(draft_id)
    return draft_id


def find(
    desk: PublishingDesk, title: str = "甲", *, since: datetime | None = None, length: int = LENGTH
) -> SearchOutcome:
    wanted = WantedArticle(title, length, since or datetime.now(UTC) - timedelta(minutes=10))
    return desk.impatient.find_by_title(desk.browser, wanted)


def test_it_is_found_by_title_time_and_length(desk: PublishingDesk) -> None:
    article_id = publish(desk, "乙", "甲")
    assert find(desk) == Published(article_id, f"{desk.site.url}/p/{article_id}", "public")


def test_nothing_of_this_title_is_absent(desk: PublishingDesk) -> None:
    assert find(desk) == Absent(), "an empty list is a whole one"
    publish(desk, "乙", "丙")
    assert find(desk) == Absent()


def test_one_of_another_account_is_not_ours(desk: PublishingDesk) -> None:
    stranger = desk.site.make_account("li")
    with HttpVisitor(desk.site.url, stranger) as visitor:
        visitor.publish(visitor.create_draft("甲", CONTENT))
    assert find(desk) == Absent()


def test_one_of_an_earlier_time_is_another_article(desk: PublishingDesk) -> None:
    publish(desk, "甲")
    assert find(desk, since=datetime.now(UTC) + timedelta(minutes=1)) == Absent()


def test_another_length_or_two_that_fit_prove_nothing(desk: PublishingDesk) -> None:
    article_id = publish(desk, "甲")
    found = find(desk, length=LENGTH + 1)
    assert isinstance(found, Unknown)
    assert found.last_url.endswith(f"/p/{article_id}"), "a person gets the link"
    publish(desk, "甲")
    assert isinstance(find(desk), Unknown)


def test_the_whole_list_is_read_page_by_page(desk: PublishingDesk) -> None:
    article_id = publish(desk, "甲")
    publish(desk, *(f"文章 {number}" for number in range(2 * PAGE + 5)))
    found = find(desk)
    assert isinstance(found, Published)
    assert found.remote_id == article_id
    assert find(desk, "没有的") == Absent()


def test_pages_older_than_asked_for_are_not_read(desk: PublishingDesk) -> None:
    publish(desk, *(f"文章 {number}" for number in range(PAGE + 1)))
    assert find(desk, since=datetime.now(UTC) + timedelta(minutes=1)) == Absent()
    reads = desk.site.requests(desk.account, "/api/v4/creators/")
    assert len(reads) == 1


@pytest.mark.parametrize("fault", [Fault.UNDER_REVIEW, Fault.LIST_LAGS])
def test_what_the_list_does_not_show_yet_is_unknown(desk: PublishingDesk, fault: Fault) -> None:
    desk.site.set_fault(fault, desk.account, seconds=60)
    publish(desk, "甲")
    found = find(desk)
    assert isinstance(found, Unknown)
    assert "counts 1 articles and lists 0" in found.reason


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        (Fault.SITE_BUSY, {}),
        (Fault.CONNECTION_CUT, {"path": "/api/v4/creators/*"}),
        (Fault.HTTP_ERROR, {"path": "/api/v4/creators/*", "status": 500}),
        (Fault.HTTP_ERROR, {"path": "/api/v4/creators/*", "status": 404}),
        (Fault.HTTP_ERROR, {"path": "/api/v4/me", "status": 500}),
        (Fault.SLOW_REPLY, {"path": "/api/v4/creators/*", "seconds": 60}),
    ],
)
def test_a_list_that_cannot_be_read_proves_nothing(desk: PublishingDesk, fault: Fault, options: dict[str, Any]) -> None:
    desk.site.set_fault(fault, desk.account, **options)
    assert isinstance(find(desk), Unknown)


@pytest.mark.parametrize(
    ("fault", "options", "error"),
    [
        (Fault.SESSION_EXPIRED, {}, NeedsLogin),
        (Fault.UNHUMAN_HTML, {}, NeedsHuman),
        (Fault.HTTP_ERROR, {"status": 429}, SiteBusy),
    ],
)
def test_the_account_s_own_troubles_are_told(
    desk: PublishingDesk, fault: Fault, options: dict[str, int], error: type[PublishError]
) -> None:
    desk.site.set_fault(fault, desk.account, **options)
    with pytest.raises(error):
        find(desk)
