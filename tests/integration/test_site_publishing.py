"""Publishing on the practice site in a real browser: the button, its settings, and the page's own faults."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.pictures import PNG
from tests.practice_site.browser_visitor import BrowserVisitor
from tests.practice_site.client import PracticeAccount, PracticeClient
from tests.practice_site.faults import Fault

pytestmark = pytest.mark.browser


@pytest.fixture
def account(practice_site: PracticeClient) -> PracticeAccount:
    return practice_site.make_account("chen")


@pytest.fixture
def visitor(browser_visitor: BrowserVisitor, account: PracticeAccount) -> BrowserVisitor:
    """Signed in."""
    browser_visitor.sign_in(account)
    return browser_visitor


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "cover.png"
    path.write_bytes(PNG)
    return str(path)


def notice(visitor: BrowserVisitor) -> str:
    """The text of the bar at the top, once there is one."""
    visitor.wait(lambda: bool(visitor.all(".Notification")), "a notice shows")
    return visitor.one(".Notification").text


def test_a_real_click_publishes_once_and_goes_to_the_article(
    visitor: BrowserVisitor, practice_site: PracticeClient
) -> None:
    visitor.open()
    draft_id = visitor.write("一篇文章", "<p>正文</p>")
    visitor.publish_button.click()
    visitor.wait_path(f"/p/{draft_id}")
    assert visitor.driver.current_url.endswith("?just_published=1")
    assert visitor.one("h1").text == "一篇文章"
    post = practice_site.posts()[0]
    assert (post["id"], post["post_count"], post["publish_requests"], post["clicks"]) == (draft_id, 1, 1, 1)


def test_a_script_s_click_sends_nothing(visitor: BrowserVisitor, practice_site: PracticeClient) -> None:
    visitor.open()
    visitor.write()
    visitor.driver.execute_script("arguments[0].click()", visitor.publish_button)
    visitor.driver.execute_script("arguments[0].focus()", visitor.publish_button)
    visitor.publish_button.send_keys(Keys.ENTER)
    visitor.wait(lambda: practice_site.drafts()[0]["untrusted_clicks"] == 2, "both are noted")
    assert practice_site.requests(path="/api/v4/content/publish") == []
    assert practice_site.drafts()[0]["clicks"] == 0


def test_the_button_waits_for_title_and_body_and_comes_after_the_settings(visitor: BrowserVisitor) -> None:
    visitor.open()
    assert not visitor.publish_button.is_enabled()
    visitor.title.send_keys("标题")
    assert not visitor.publish_button.is_enabled()
    visitor.driver.execute_script("arguments[0].disabled = false", visitor.publish_button)
    visitor.publish_button.click()
    assert visitor.path != "/p"
    visitor.paste("<p>正文</p>")
    assert visitor.publish_button.is_enabled()
    texts = [button.get_attribute("textContent") for button in visitor.all("footer button")]
    assert texts == ["发布设置", "\u200b发布"]


def test_the_last_change_is_saved_before_publishing(visitor: BrowserVisitor, practice_site: PracticeClient) -> None:
    visitor.open()
    visitor.write("标题", "<p>一</p>")
    visitor.body.send_keys("二")
    visitor.publish_button.click()
    visitor.wait(lambda: len(practice_site.posts()) == 1, "the article is published")
    assert "二" in practice_site.posts()[0]["content"]


def test_cover_topics_and_column_reach_the_article(
    visitor: BrowserVisitor, practice_site: PracticeClient, picture: str
) -> None:
    visitor.open()
    draft_id = visitor.write()
    visitor.one("input.UploadPicture-input").send_keys(picture)
    visitor.wait(lambda: bool(visitor.all('img[alt="封面图"]')), "the cover is there")
    visitor.one(".Button--settings").click()
    for words in ("Python", "写作"):
        visitor.driver.find_element(By.XPATH, "//button[text()='添加话题']").click()
        visitor.one('input[aria-label="搜索话题"]').send_keys(words)
        visitor.wait(lambda: bool(visitor.all(".TopicPicker-found button")), "topics are found")
        visitor.wait(lambda w=words: visitor.one(".TopicPicker-found button").text == w, "the wanted one is first")
        visitor.one(".TopicPicker-found button").click()
        visitor.wait(lambda w=words: w in visitor.one(".TopicPicker-chosen").text, "the topic is chosen")
    visitor.one('label[for="PublishPanel-columnLabel-1"]').click()
    visitor.one(".ColumnSetting-ColumnSelector button[role=combobox]").click()
    visitor.wait(lambda: len(visitor.all(".Select-list > .Select-option")) == 2, "the columns are listed")
    visitor.all(".Select-list > .Select-option")[1].click()
    visitor.publish_button.click()
    visitor.wait_path(f"/p/{draft_id}")
    post = practice_site.posts()[0]
    assert (post["topics"], post["column"]) == (["Python", "写作"], "读书笔记")
    assert "/pic/v2-" in post["cover"]


def test_a_picture_from_the_disk_is_local_first_and_the_site_s_later(
    visitor: BrowserVisitor, practice_site: PracticeClient, picture: str
) -> None:
    practice_site.set_fault(Fault.SLOW_REPLY, path="/api/uploaded_images", seconds=0.5)
    visitor.open()
    visitor.write()
    visitor.one('button[aria-label="图片"]').click()
    visitor.one('.Modal-content input[type=file][accept="image/*"]').send_keys(picture)
    visitor.one(".Modal-content .Button--primary").click()
    source = visitor.one(".public-DraftEditor-content img").get_attribute("src")
    assert source
    assert source.startswith("blob:")
    visitor.wait(lambda: "/pic/v2-" in practice_site.drafts()[0]["content"], "the site has the picture")


def test_a_lost_picture_says_so_and_stays_local(
    visitor: BrowserVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    practice_site.set_fault(Fault.IMAGE_LOST, account)
    visitor.open()
    visitor.write("标题", f'<p>正文</p><img src="data:image/png;base64,{base64.b64encode(PNG).decode()}">')
    assert "上传失败" in notice(visitor)
    assert "/pic/" not in practice_site.drafts()[0]["content"]


def test_an_imported_document_comes_behind_what_is_there(
    visitor: BrowserVisitor, practice_site: PracticeClient, tmp_path: Path
) -> None:
    document = tmp_path / "a.md"
    document.write_text("# 章\n\n新", encoding="utf-8")
    visitor.open()
    visitor.write("标题", "<p>旧</p>")
    visitor.one('button[aria-label="导入"]').click()
    visitor.one('.Menu > button[aria-label="导入文档"]').click()
    visitor.one('.Modal-content input[type=file][accept*=".md"]').send_keys(str(document))
    visitor.wait(lambda: practice_site.drafts()[0]["content"] == "<p>旧</p><h2>章</h2><p>新</p>", "it is appended")


@pytest.mark.parametrize(
    ("fault", "words"),
    [(Fault.REFUSED, "内容违规"), (Fault.RATE_LIMITED, "操作过于频繁"), (Fault.DAILY_LIMIT, "达到发布上限")],
)
def test_a_refusal_shows_as_a_notice_and_leaves_a_draft(
    visitor: BrowserVisitor, practice_site: PracticeClient, account: PracticeAccount, fault: Fault, words: str
) -> None:
    practice_site.set_fault(fault, account)
    visitor.open()
    draft_id = visitor.write()
    visitor.publish_button.click()
    assert words in notice(visitor)
    assert visitor.path == f"/p/{draft_id}/edit"


@pytest.mark.parametrize(
    ("fault", "posts"),
    [(Fault.PUBLISH_DROPPED, 0), (Fault.PUBLISH_REPLY_LOST, 1)],
)
def test_a_cut_connection_is_one_request_of_one_click(
    visitor: BrowserVisitor, practice_site: PracticeClient, account: PracticeAccount, fault: Fault, posts: int
) -> None:
    practice_site.set_fault(fault, account)
    visitor.open()
    draft_id = visitor.write()
    visitor.publish_button.click()
    assert "网络" in notice(visitor)
    assert visitor.path == f"/p/{draft_id}/edit"
    draft = practice_site.drafts()[0]
    assert (draft["post_count"], draft["publish_requests"], draft["clicks"]) == (posts, 1, 1)


def test_a_page_may_ask_to_confirm(
    visitor: BrowserVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    practice_site.set_fault(Fault.CONFIRM_DIALOG, account)
    visitor.open()
    draft_id = visitor.write()
    visitor.publish_button.click()
    dialog = visitor.one("[role=dialog]")
    assert practice_site.posts() == []
    dialog.find_element(By.XPATH, ".//button[text()='确认发布']").click()
    visitor.wait_path(f"/p/{draft_id}")
    assert len(practice_site.posts()) == 1


@pytest.mark.parametrize("fault", [Fault.PUBLISH_BUTTON_RERENDERS, Fault.PUBLISH_NO_RECEIPT])
def test_an_article_can_be_live_while_the_page_looks_as_before(
    visitor: BrowserVisitor, practice_site: PracticeClient, account: PracticeAccount, fault: Fault
) -> None:
    practice_site.set_fault(fault, account)
    visitor.open()
    draft_id = visitor.write()
    visitor.publish_button.click()
    visitor.wait(lambda: len(practice_site.posts()) == 1, "the article is published")
    visitor.wait(lambda: not visitor.publish_button.get_attribute("disabled"), "the button invites another click")
    assert visitor.path == f"/p/{draft_id}/edit"
    assert visitor.all(".Notification") == []


def test_the_human_check_and_a_lost_sign_in_take_the_page_away(
    visitor: BrowserVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    practice_site.set_fault(Fault.UNHUMAN_AT_PUBLISH, account, times=1)
    visitor.open()
    draft_id = visitor.write()
    visitor.publish_button.click()
    visitor.wait_path("/account/unhuman")
    visitor.open(f"/p/{draft_id}/edit")
    practice_site.set_fault(Fault.SESSION_EXPIRED_AFTER_OPEN, account)
    visitor.publish_button.click()
    visitor.wait_path("/signin")


def test_a_failed_save_says_so_and_is_tried_again(
    visitor: BrowserVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    practice_site.set_fault(Fault.AUTOSAVE_ERROR, account, times=1)
    visitor.open()
    visitor.title.send_keys("标题")
    visitor.wait(lambda: visitor.one(".WriteIndex-status").text == "保存失败", "the failure shows")
    visitor.wait_saved()
    assert len(practice_site.drafts()) == 1


def test_a_slow_editor_shows_nobody_signed_out(
    visitor: BrowserVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    practice_site.set_fault(Fault.EDITOR_SLOW, account, seconds=1)
    visitor.driver.get(f"{visitor.url}/write")
    assert not visitor.all(".public-DraftEditor-content, .AppHeader-profile, .SignContainer")
    visitor.wait(lambda: bool(visitor.all(".public-DraftEditor-content")), "the editor comes")
    assert visitor.path == "/write"


def test_renamed_selectors_find_nothing(
    visitor: BrowserVisitor, practice_site: PracticeClient, account: PracticeAccount
) -> None:
    practice_site.set_fault(Fault.RENAMED_SELECTORS, account)
    visitor.driver.get(f"{visitor.url}/write")
    visitor.wait(lambda: bool(visitor.all('textarea[placeholder="写下你的标题"]')), "the new page shows")
    assert not visitor.all(".public-DraftEditor-content, [role=textbox], .Button--primary, .WriteIndex-statusBar")


@pytest.mark.parametrize("fault", [Fault.PAGE_NEVER_FINISHES, Fault.PAGE_HANGS])
def test_a_page_can_stay_busy_for_ever(
    own_browser: Chrome, practice_site: PracticeClient, account: PracticeAccount, fault: Fault
) -> None:
    visitor = BrowserVisitor(own_browser, practice_site.url)
    visitor.sign_in(account)
    practice_site.set_fault(fault, account)
    own_browser.set_page_load_timeout(2)
    with pytest.raises(TimeoutException):
        own_browser.get(f"{visitor.url}/write")


def test_the_page_for_people_lists_who_posted_what_and_switches_faults(
    visitor: BrowserVisitor, practice_site: PracticeClient
) -> None:
    visitor.open()
    visitor.write("给人看的 <b>", "<p>正文</p>")
    visitor.publish_button.click()
    visitor.wait(lambda: len(practice_site.posts()) == 1, "the article is published")
    (post,) = practice_site.posts()
    visitor.wait_path(f"/p/{post['id']}")
    visitor.driver.get(f"{visitor.url}/practice/")
    # What is live is replaced every two seconds: it is read and pressed in one go.
    row = visitor.driver.execute_script("return document.querySelector('tbody[data-live=posts] tr').innerText")
    assert row.split("\t")[:2] == ["给人看的 <b>", "chen"]
    visitor.driver.find_element(By.XPATH, "//button[text()='打开']").click()
    visitor.wait(lambda: bool(visitor.all('[data-live="faults"] form')), "the fault is listed")
    assert [rule["fault"] for rule in practice_site.faults()] == [Fault.SESSION_EXPIRED]
    visitor.driver.execute_script("document.querySelector('[data-live=faults] button').click()")
    visitor.wait(lambda: practice_site.faults() == [], "the fault is off")
