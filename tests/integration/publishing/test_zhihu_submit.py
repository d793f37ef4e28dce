"""What comes of the one click, under every way in which the site's answer can go wrong."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.errors import DraftLost, NeedsHuman, NeedsLogin, PublishError, RetryLater, SiteBusy
from core.publishing.publisher import Published, Refused, StillDraft, SubmitOutcome, Unknown
from core.publishing.zhihu import ZhihuPublisher
from tests.practice_site.faults import Fault
from tests.publishing_desk import SCRIPT_SECONDS, PublishingDesk, article, submitted
from tests.servers.local_process import wait_until

pytestmark = pytest.mark.browser


def submit(
    desk: PublishingDesk, fault: Fault, *, publisher: ZhihuPublisher | None = None, **options: Any
) -> SubmitOutcome:
    """Write, switch the fault on, submit."""
    draft = desk.write(article())
    if fault in (Fault.CONFIRM_DIALOG, Fault.PUBLISH_BUTTON_RERENDERS, Fault.PUBLISH_NO_RECEIPT):
        desk.browser.driver.get("about:blank")  # These show in the page, which is told when it opens.
    desk.site.set_fault(fault, desk.account, **options)
    return (publisher or desk.publisher).submit(desk.browser, draft)


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        (Fault.CONFIRM_DIALOG, {}),
        (Fault.PUBLISH_BUTTON_RERENDERS, {}),
        (Fault.PUBLISH_NO_RECEIPT, {}),
        (Fault.PUBLISH_SLOW, {"seconds": 2}),
        (Fault.PUBLISH_REPLY_LOST, {}),
        (Fault.LIST_LAGS, {"seconds": 60}),
        (Fault.DRAFT_RECORD_LAGS, {"seconds": 60}),
    ],
)
def test_published_however_it_is_told(desk: PublishingDesk, fault: Fault, options: dict[str, Any]) -> None:
    outcome = submit(desk, fault, **options)
    assert isinstance(outcome, Published), outcome
    assert outcome.site_state == "public"
    assert desk.counts() == (1, 1, 1)


@pytest.mark.fault("20")
@pytest.mark.parametrize("lags", [False, True])
def test_under_review_is_published_but_not_public(desk: PublishingDesk, lags: bool) -> None:
    if lags:
        desk.site.set_fault(Fault.DRAFT_RECORD_LAGS, desk.account, seconds=60)
    outcome = submit(desk, Fault.UNDER_REVIEW, seconds=60)
    assert isinstance(outcome, Published)
    assert outcome.site_state == "under_review"
    assert desk.counts() == (1, 1, 1)


@pytest.mark.parametrize(
    ("fault", "options", "said"),
    [(Fault.REFUSED, {}, "内容违规"), (Fault.REFUSED, {"message": "当前问题不支持开启送礼物"}, "送礼物"),
     (Fault.REFUSED, {"message": "从未见过的理由"}, "从未见过的理由")],
)  # fmt: skip
def test_a_refusal_is_told_in_the_sites_words(
    desk: PublishingDesk, fault: Fault, options: dict[str, Any], said: str
) -> None:
    outcome = submit(desk, fault, **options)
    assert isinstance(outcome, Refused), outcome
    assert said in outcome.reason
    assert desk.counts() == (1, 1, 0)


@pytest.mark.parametrize(
    ("fault", "options", "error", "least_seconds"),
    [
        (Fault.RATE_LIMITED, {}, SiteBusy, 600),
        (Fault.DAILY_LIMIT, {}, SiteBusy, 3600),
        (Fault.UNHUMAN_AT_PUBLISH, {}, NeedsHuman, 0),
        (Fault.SESSION_EXPIRED_AFTER_OPEN, {}, NeedsLogin, 0),
        (Fault.REFUSED, {"message": "系统升级中，请稍后再试"}, RetryLater, 1),
        (Fault.HTTP_ERROR, {"path": "/api/v4/content/publish", "status": 404}, DraftLost, 0),
    ],
)
def test_a_no_that_is_not_the_articles_fault_carries_its_policy(
    desk: PublishingDesk, fault: Fault, options: dict[str, Any], error: type[PublishError], least_seconds: float
) -> None:
    with pytest.raises(PublishError) as caught:
        submit(desk, fault, **options)
    assert type(caught.value) is error
    assert (getattr(caught.value, "retry_after", 0) or 0) >= least_seconds
    assert desk.counts()[0] == 1
    assert desk.counts()[2] == 0


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        (Fault.PUBLISH_DROPPED, {}),
        (Fault.PUBLISH_LATE, {"seconds": 60}),
        (Fault.CONNECTION_CUT, {"path": "/api/v4/content/publish"}),
        (Fault.HTTP_ERROR, {"path": "/api/v4/content/publish", "status": 502}),
        (Fault.SLOW_REPLY, {"path": "/api/v4/content/publish", "seconds": 60}),
    ],
)
def test_without_an_answer_nothing_is_claimed(desk: PublishingDesk, fault: Fault, options: dict[str, Any]) -> None:
    outcome = submit(desk, fault, publisher=desk.impatient, **options)
    assert isinstance(outcome, Unknown), outcome
    assert outcome.reason
    assert desk.counts()[0] == 1, "never a second click"


def test_a_site_that_dies_after_the_click_leaves_it_unknown(desk: PublishingDesk) -> None:
    draft = desk.write(article())
    desk.site.set_fault(Fault.PUBLISH_REPLY_LOST, desk.account)
    # Only now: before the click the draft's record must still be readable.
    cutter = threading.Thread(target=_cut_after_click, args=(desk,))
    cutter.start()
    outcome = desk.publisher.submit(desk.browser, draft)
    cutter.join()
    assert isinstance(outcome, Published | Unknown)
    desk.site.clear_faults()
    found = desk.publisher.find_published(desk.browser, submitted(draft))
    assert isinstance(found, Published)
    assert desk.counts() == (1, 1, 1)


def _cut_after_click(desk: PublishingDesk) -> None:
    wait_until(lambda: desk.counts()[2] == 1, 20, "the article is posted")
    desk.site.set_fault(Fault.CONNECTION_CUT, desk.account)


@pytest.mark.parametrize("fault", [Fault.SESSION_EXPIRED, Fault.UNHUMAN_AT_OPEN, Fault.SITE_BUSY])
def test_a_state_before_the_click_means_no_click(desk: PublishingDesk, fault: Fault) -> None:
    draft = desk.write(article())
    desk.browser.driver.get("about:blank")
    desk.site.set_fault(fault, desk.account)
    with pytest.raises(PublishError):
        desk.publisher.submit(desk.browser, draft)
    assert desk.counts() == (0, 0, 0)


@pytest.mark.fault("20")
def test_a_late_article_is_found_later(desk: PublishingDesk) -> None:
    """FAULTS 20: the record says draft for a while; only the worker's waiting may turn that into a click."""
    draft = desk.write(article())
    desk.site.set_fault(Fault.PUBLISH_LATE, desk.account, seconds=8)
    at = datetime.now(UTC)
    assert isinstance(desk.impatient.submit(desk.browser, draft), Unknown)
    wait_until(lambda: bool(desk.posts()), 20, "the late article is there")
    assert isinstance(desk.publisher.find_published(desk.browser, submitted(draft, at)), Published)
    assert desk.counts() == (1, 1, 1)


@pytest.mark.fault("20")
def test_find_while_under_review(desk: PublishingDesk) -> None:
    draft = desk.write(article())
    desk.site.set_fault(Fault.UNDER_REVIEW, desk.account, seconds=60)
    desk.publisher.submit(desk.browser, draft)
    found = desk.publisher.find_published(desk.browser, submitted(draft))
    assert isinstance(found, Published)
    assert found.site_state == "under_review"


@pytest.mark.fault("20")
def test_find_while_every_record_lags(desk: PublishingDesk) -> None:
    """Published, under review, its record still says draft: the site's own word is StillDraft, which the
    worker does not believe before `VERIFY_SECONDS`."""
    draft = desk.write(article())
    for fault in (Fault.UNDER_REVIEW, Fault.DRAFT_RECORD_LAGS):
        desk.site.set_fault(fault, desk.account, seconds=60)
    desk.publisher.submit(desk.browser, draft)
    assert desk.publisher.find_published(desk.browser, submitted(draft)) == StillDraft()


@pytest.mark.parametrize(
    ("fault", "options", "expected"),
    [
        (Fault.SITE_BUSY, {}, Unknown),
        (Fault.CONNECTION_CUT, {}, Unknown),
        (Fault.HTTP_ERROR, {"status": 500}, Unknown),
        (Fault.SLOW_REPLY, {"seconds": 60}, Unknown),
        (Fault.SESSION_EXPIRED, {}, NeedsLogin),
        (Fault.UNHUMAN_HTML, {}, NeedsHuman),
        (Fault.HTTP_ERROR, {"status": 429}, SiteBusy),
    ],
)
def test_looking_under_each_state(desk: PublishingDesk, fault: Fault, options: dict[str, Any], expected: type) -> None:
    """Trouble on the way is Unknown, so that the worker asks again; what concerns the account is its error."""
    draft = desk.write(article())
    desk.site.set_fault(fault, desk.account, **options)
    if issubclass(expected, PublishError):
        with pytest.raises(expected):
            desk.impatient.find_published(desk.browser, submitted(draft))
    else:
        found = desk.impatient.find_published(desk.browser, submitted(draft))
        assert isinstance(found, expected), found


def test_another_article_is_found_only_by_account_title_time_and_length(desk: PublishingDesk) -> None:
    """The draft's id is unknown to the site, as if it had given the article another one."""
    begun = datetime.now(UTC) - timedelta(seconds=2)
    draft = desk.write(article("同名", "正好这么长的正文。"))
    published = desk.publisher.submit(desk.browser, draft)
    assert isinstance(published, Published)
    find, browser = desk.publisher.find_published, desk.browser
    wanted = submitted(draft, begun, draft_id="1970000000000009999")
    assert find(browser, wanted) == published
    later = datetime.now(UTC) + timedelta(minutes=5)
    for other in (
        submitted(draft, later, draft_id=wanted.draft_id),
        submitted(draft, begun, draft_id=wanted.draft_id, text_length=draft.text_length + 1),
        submitted(draft, begun, draft_id=wanted.draft_id, title="同"),
    ):
        assert isinstance(find(browser, other), Unknown)


def test_a_home_site_that_the_page_may_not_ask_hides_nothing(desk: PublishingDesk) -> None:
    """On the real site the two addresses differ: the browser may refuse the article's record to the page."""
    elsewhere = desk.site.url.replace("127.0.0.1", "localhost")
    publisher = ZhihuPublisher(desk.site.url, elsewhere, script_seconds=SCRIPT_SECONDS, verdict_seconds=3)
    draft = desk.write(article())
    expected = Published(draft.draft_id, desk.posts_url(draft), "public")
    assert publisher.submit(desk.browser, draft) == expected
    assert publisher.find_published(desk.browser, submitted(draft)) == expected
