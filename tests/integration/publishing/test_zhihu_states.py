"""Every state of the site that a publisher meets before the click becomes the error with its policy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import NeedsHuman, NeedsLogin, PublishError, RetryLater, SiteBusy
from core.publishing.zhihu import ZhihuPublisher
from tests.chaos.toxic_proxy import Toxic, ToxicKind, ToxicProxy
from tests.practice_site.faults import Fault
from tests.publishing_desk import SCRIPT_SECONDS, PublishingDesk, article
from tests.servers.local_process import wait_until

pytestmark = pytest.mark.browser


def fails(desk: PublishingDesk, error: type[PublishError], draft_id: str | None = None) -> PublishError:
    """Writing raises exactly this class; nothing is submitted."""
    with pytest.raises(PublishError) as caught:
        desk.write(article(), draft_id, publisher=desk.impatient)
    assert type(caught.value) is error, caught.value
    assert desk.counts() == (0, 0, 0)
    return caught.value


@pytest.mark.parametrize(
    ("fault", "options", "error"),
    [
        (Fault.SESSION_EXPIRED, {}, NeedsLogin),
        (Fault.SITE_BUSY, {}, RetryLater),
        (Fault.UNHUMAN_HTML, {}, NeedsHuman),
        (Fault.HTTP_ERROR, {"status": 500}, RetryLater),
        (Fault.HTTP_ERROR, {"status": 429}, SiteBusy),
        (Fault.HTTP_ERROR, {"status": 403}, NeedsHuman),
        (Fault.CONNECTION_CUT, {}, RetryLater),
    ],
)
def test_who_is_signed_in_under_each_state(
    desk: PublishingDesk, fault: Fault, options: dict[str, int], error: type[PublishError]
) -> None:
    desk.site.set_fault(fault, desk.account, **options)
    with pytest.raises(PublishError) as caught:
        desk.publisher.check_account(desk.browser)
    assert type(caught.value) is error, caught.value


def test_a_slow_answer_is_no_expired_sign_in(desk: PublishingDesk) -> None:
    desk.site.set_fault(Fault.SLOW_REPLY, desk.account, seconds=2)
    assert desk.publisher.check_account(desk.browser).name == "chen"


def test_an_answer_that_never_comes_is_no_expired_sign_in(desk: PublishingDesk) -> None:
    desk.site.set_fault(Fault.SLOW_REPLY, desk.account, seconds=60)
    with pytest.raises(RetryLater):
        desk.publisher.check_account(desk.browser)


@pytest.mark.parametrize(
    ("fault", "options", "error"),
    [
        (Fault.SESSION_EXPIRED, {}, NeedsLogin),
        (Fault.SESSION_EXPIRED_ON_WRITE_PAGE, {}, NeedsLogin),
        (Fault.SESSION_EXPIRED_AFTER_OPEN, {}, NeedsLogin),
        (Fault.UNHUMAN_AT_OPEN, {}, NeedsHuman),
        (Fault.UNHUMAN_HTML, {}, NeedsHuman),
        (Fault.SITE_BUSY, {}, RetryLater),
        (Fault.HTTP_ERROR, {"status": 502}, RetryLater),
        (Fault.HTTP_ERROR, {"status": 429}, SiteBusy),
        (Fault.CONNECTION_CUT, {}, RetryLater),
        (Fault.AUTOSAVE_ERROR, {}, RetryLater),
        (Fault.AUTOSAVE_ERROR, {"status": 401}, NeedsLogin),
        (Fault.RENAMED_SELECTORS, {}, RetryLater),
        (Fault.EDITOR_SLOW, {"seconds": 30}, RetryLater),
        (Fault.AUTOSAVE_LOSES_TEXT, {}, RetryLater),
    ],
)
def test_writing_under_each_state(
    desk: PublishingDesk, fault: Fault, options: dict[str, int], error: type[PublishError]
) -> None:
    desk.site.set_fault(fault, desk.account, **options)
    raised = fails(desk, error)
    assert raised.reason


@pytest.mark.parametrize("fault", [Fault.SESSION_EXPIRED, Fault.UNHUMAN_AT_OPEN, Fault.SITE_BUSY, Fault.HTTP_ERROR])
def test_opening_a_known_draft_under_each_state(desk: PublishingDesk, fault: Fault) -> None:
    """None of them is taken for a draft that is gone: that would make a second one."""
    draft = desk.write(article())
    desk.site.set_fault(fault, desk.account)
    expected = {Fault.SESSION_EXPIRED: NeedsLogin, Fault.UNHUMAN_AT_OPEN: NeedsHuman}.get(fault, RetryLater)
    desk.browser.driver.get("about:blank")
    fails(desk, expected, draft.draft_id)
    assert len(desk.site.drafts()) == 1


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        (Fault.EDITOR_SLOW, {"seconds": 2}),
        (Fault.PAGE_SLOW, {"seconds": 2}),
        (Fault.PAGE_NEVER_FINISHES, {}),
        (Fault.AUTOSAVE_ERROR, {"times": 1}),
        (Fault.SESSION_ROTATES, {}),
    ],
)
def test_slow_and_passing_troubles_are_waited_out(desk: PublishingDesk, fault: Fault, options: dict[str, int]) -> None:
    desk.site.set_fault(fault, desk.account, **options)
    draft = desk.write(article())
    assert desk.stored(draft.draft_id)["title"] == "一篇文章"
    assert desk.counts() == (0, 0, 0)


def test_a_lost_reply_to_the_first_save_leaves_one_more_draft_and_no_error(desk: PublishingDesk) -> None:
    """The draft's id never arrived, so nobody can know it; the page itself makes another one."""
    desk.site.set_fault(Fault.AUTOSAVE_REPLY_LOST, desk.account, times=1)
    draft = desk.write(article())
    assert desk.progress.drafts == [draft.draft_id]
    assert len(desk.site.drafts()) == 2


def test_what_was_stored_short_is_written_again_into_the_same_draft(desk: PublishingDesk) -> None:
    desk.site.set_fault(Fault.AUTOSAVE_LOSES_TEXT, desk.account)
    fails(desk, RetryLater)
    desk.site.clear_faults()
    (known,) = desk.progress.drafts
    draft = desk.write(article(), known)
    assert draft.draft_id == known
    assert desk.stored(known)["text_length"] == article().text_length
    assert len(desk.site.drafts()) == 1


def test_a_connection_that_breaks_while_the_page_opens_is_no_slow_page(desk: PublishingDesk) -> None:
    desk.site.set_fault(Fault.PAGE_SLOW, desk.account, seconds=60)
    with ToxicProxy(int(desk.site.url.rsplit(":", 1)[1])) as network, ThreadPoolExecutor(1) as threads:
        url = f"http://127.0.0.1:{network.port}"
        publisher = ZhihuPublisher(url, url, script_seconds=SCRIPT_SECONDS)
        writing = threads.submit(desk.write, article(), publisher=publisher)
        wait_until(lambda: desk.site.faults()[0]["fired"] == 1, 30, "the page is on its way")
        network.set(Toxic(ToxicKind.CUT))
        with pytest.raises(RetryLater, match="could not be reached"):
            writing.result(60)


def test_a_page_that_hangs_is_given_up(desk: PublishingDesk) -> None:
    """A looping page answers nothing; the driver's own limits end each call, and the worker ends the browser."""
    desk.site.set_fault(Fault.PAGE_HANGS, desk.account, times=1)
    with pytest.raises(PublishError):
        desk.write(article(), publisher=desk.impatient)
    desk.browser.kill("the page hangs")


def test_words_of_trouble_inside_an_article_are_only_words(desk: PublishingDesk) -> None:
    words = "操作过于频繁，安全验证，内容违规，系统升级中，请稍后再试。"
    draft = desk.write(article(words, words))
    desk.browser.driver.get("about:blank")
    assert desk.write(article(words, words), draft.draft_id) == draft
    desk.publisher.submit(desk.browser, draft)
    assert desk.counts() == (1, 1, 1)


def test_a_page_that_takes_no_title_from_scripts_gets_real_keys(desk: PublishingDesk) -> None:
    """Chromium is told to drop every input event that no person made, before the page can see it."""
    source = "addEventListener('input', (e) => { if (!e.isTrusted) e.stopImmediatePropagation(); }, true);"
    desk.browser.driver.execute(
        "executeCdpCommand", {"cmd": "Page.addScriptToEvaluateOnNewDocument", "params": {"source": source}}
    )
    draft = desk.write(article("用键盘写的标题"))
    assert desk.stored(draft.draft_id)["title"] == "用键盘写的标题"
