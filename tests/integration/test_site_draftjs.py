"""The write page with the real Draft.js: the same structure and rules as the practice site's own editor."""

from __future__ import annotations

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from tests.practice_site.browser_visitor import BrowserVisitor
from tests.practice_site.client import PracticeClient

pytestmark = pytest.mark.browser
ARTICLE = (
    "<h1>一</h1><h2>二</h2><p>有<strong>粗</strong>、<em>斜</em>、<code>码</code>和"
    '<a href="https://example.com/">链接</a>🎈</p><ul><li>甲</li><li>乙</li></ul><ol><li>子</li></ol>'
    "<blockquote>引<br>文</blockquote><pre>if a &lt; b:\n    x</pre>"
)
SAVED = (
    "<h1>一</h1><h2>二</h2><p>有<b>粗</b>、<i>斜</i>、<code>码</code>和"
    '<a href="https://example.com/">链接</a>🎈</p><ul><li>甲</li><li>乙</li></ul><ol><li>子</li></ol>'
    '<blockquote>引<br>文</blockquote><pre lang="">if a &lt; b:\n    x</pre>'
)


@pytest.fixture
def visitor(site_browser: Chrome, draftjs_site: PracticeClient) -> BrowserVisitor:
    """On an empty write page."""
    visitor = BrowserVisitor(site_browser, draftjs_site.url)
    visitor.sign_in(draftjs_site.make_account("chen"))
    visitor.open()
    return visitor


def content(draftjs_site: PracticeClient) -> str:
    """What the site has stored of the only draft."""
    drafts = draftjs_site.drafts()
    assert len(drafts) == 1
    return str(drafts[0]["content"])


def test_it_is_the_real_one(visitor: BrowserVisitor) -> None:
    assert visitor.driver.execute_script("return [typeof Draft.EditorState, React.version]") == ["function", "17.0.2"]
    assert visitor.body.is_displayed()


def test_pasted_html_is_saved_and_opens_as_it_was(visitor: BrowserVisitor, draftjs_site: PracticeClient) -> None:
    draft_id = visitor.write("标题", ARTICLE)
    assert content(draftjs_site) == SAVED
    visitor.open(f"/p/{draft_id}/edit")
    visitor.title.send_keys("！")
    visitor.wait(lambda: draftjs_site.drafts()[0]["title"] == "标题！", "the change is saved")
    assert content(draftjs_site) == SAVED


def test_20000_characters_arrive_whole_and_in_order(visitor: BrowserVisitor, draftjs_site: PracticeClient) -> None:
    paragraphs = [f"第{number:04}段" + "文字🎈" * 31 for number in range(200)]
    visitor.write("长文", "".join(f"<p>{text}</p>" for text in paragraphs))
    assert content(draftjs_site) == "".join(f"<p>{text}</p>" for text in paragraphs)
    assert visitor.count == f"字数：{sum(len(text) for text in paragraphs)}"


def test_inner_html_is_not_content(visitor: BrowserVisitor) -> None:
    visitor.title.send_keys("标题")
    visitor.driver.execute_script("arguments[0].innerHTML = '<p>假的正文</p>'", visitor.body)
    visitor.wait_saved()
    assert visitor.count == "字数：0"
    assert not visitor.publish_button.is_enabled()


def test_selecting_all_and_deleting_empties_it(visitor: BrowserVisitor, draftjs_site: PracticeClient) -> None:
    visitor.write("标题", ARTICLE)
    visitor.clear_body()
    visitor.wait(lambda: visitor.count == "字数：0", "the body is empty")
    visitor.paste("<p>新的正文</p>")
    visitor.wait(lambda: "新的正文" in content(draftjs_site), "the new text is saved")
    assert "甲" not in content(draftjs_site)


def test_typed_keys_work(visitor: BrowserVisitor, draftjs_site: PracticeClient) -> None:
    visitor.title.send_keys("标题")
    visitor.body.send_keys("ab", Keys.ENTER, "cd")
    visitor.wait_saved()
    visitor.wait(lambda: content(draftjs_site) == "<p>ab</p><p>cd</p>", "what was typed is saved")


def test_a_real_click_publishes_once(visitor: BrowserVisitor, draftjs_site: PracticeClient) -> None:
    draft_id = visitor.write("标题", '<p>正文</p><img src="https://example.com/a.png"><p>完</p>')
    visitor.wait(lambda: "/pic/v2-" in content(draftjs_site), "the picture has the site's address")
    visitor.publish_button.click()
    visitor.wait_path(f"/p/{draft_id}")
    post = draftjs_site.posts()[0]
    assert (post["post_count"], post["publish_requests"], post["clicks"]) == (1, 1, 1)
    assert post["content"].count("<figure") == 1
