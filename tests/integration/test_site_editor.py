"""The practice site's editor in a real browser: its model is the truth, as Draft.js' is."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys

from tests.practice_site.browser_visitor import BrowserVisitor
from tests.practice_site.client import PracticeAccount, PracticeClient
from tests.practice_site.html_text import text_length

pytestmark = pytest.mark.browser
ARTICLE = (
    "<h1>一</h1><h2>二</h2><p>有<strong>粗</strong>、<em>斜</em>、<code>码</code>和"
    '<a href="https://example.com/?a=1&amp;b=2">链接</a>🎈</p><ul><li>甲</li><li>乙<ul><li>丙</li></ul></li></ul>'
    "<ol><li>子</li></ol><blockquote>引<br>文</blockquote>"
    '<pre lang="python">if a &lt; b:\n    print("x")\n</pre>'
    "<table><tr><th>列</th></tr><tr><td>值</td></tr></table>"
    '<p>图<img src="https://example.com/a.png">后</p>'
)
SAVED = (
    "<h1>一</h1><h2>二</h2><p>有<b>粗</b>、<i>斜</i>、<code>码</code>和"
    '<a href="https://example.com/?a=1&amp;b=2">链接</a>🎈</p><ul><li>甲</li><li>乙<ul><li>丙</li></ul></li></ul>'
    "<ol><li>子</li></ol><blockquote>引<br>文</blockquote>"
    '<pre lang="python">if a &lt; b:\n    print(&quot;x&quot;)</pre>'
    '<table data-draft-node="block" data-draft-type="table" data-size="normal"><tbody><tr><th>列</th></tr>'
    "<tr><td>值</td></tr></tbody></table><p>图</p>"
)


@pytest.fixture
def account(practice_site: PracticeClient) -> PracticeAccount:
    return practice_site.make_account("chen")


@pytest.fixture
def visitor(browser_visitor: BrowserVisitor, account: PracticeAccount) -> BrowserVisitor:
    """On an empty write page."""
    browser_visitor.sign_in(account)
    browser_visitor.open()
    return browser_visitor


def content(practice_site: PracticeClient) -> str:
    """What the site has stored of the only draft."""
    drafts = practice_site.drafts()
    assert len(drafts) == 1
    return str(drafts[0]["content"])


def test_pasted_html_is_saved_in_the_site_s_dialect(visitor: BrowserVisitor, practice_site: PracticeClient) -> None:
    visitor.write("标题", ARTICLE)
    visitor.wait(lambda: "/pic/v2-" in content(practice_site), "the picture has the site's address")
    saved = content(practice_site)
    assert saved.startswith(SAVED)
    assert saved.endswith("</figure><p>后</p>")
    assert visitor.count == f"字数：{text_length(saved)}"


def test_a_saved_draft_opens_as_it_was_saved(visitor: BrowserVisitor, practice_site: PracticeClient) -> None:
    draft_id = visitor.write("标题", ARTICLE.split("<p>图", maxsplit=1)[0])
    before = content(practice_site)
    visitor.open(f"/p/{draft_id}/edit")
    assert visitor.title.get_attribute("value") == "标题"
    visitor.title.send_keys("！")
    visitor.wait(lambda: practice_site.drafts()[0]["title"] == "标题！", "the change is saved")
    assert content(practice_site) == before


def test_20000_characters_arrive_whole_and_in_order(visitor: BrowserVisitor, practice_site: PracticeClient) -> None:
    paragraphs = [f"第{number:04}段" + "文字🎈" * 31 for number in range(200)]
    visitor.write("长文", "".join(f"<p>{text}</p>" for text in paragraphs))
    assert content(practice_site) == "".join(f"<p>{text}</p>" for text in paragraphs)
    assert visitor.count == f"字数：{sum(len(text) for text in paragraphs)}"


def test_inner_html_changes_nothing_but_the_view(visitor: BrowserVisitor, practice_site: PracticeClient) -> None:
    visitor.title.send_keys("标题")
    visitor.driver.execute_script("arguments[0].innerHTML = '<p>假的正文</p>'", visitor.body)
    visitor.wait_saved()
    assert visitor.count == "字数：0"
    assert not visitor.publish_button.is_enabled()
    assert content(practice_site) == ""
    visitor.paste("<p>真的</p>")
    assert visitor.body.text == "真的"
    assert visitor.publish_button.is_enabled()


def test_exec_command_changes_nothing(visitor: BrowserVisitor) -> None:
    visitor.body.click()
    visitor.driver.execute_script("document.execCommand('insertText', false, '假的')")
    assert visitor.count == "字数：0"
    visitor.body.send_keys("真的")
    assert visitor.count == "字数：2"
    assert visitor.body.text == "真的"


def test_typed_keys_work(visitor: BrowserVisitor, practice_site: PracticeClient) -> None:
    visitor.title.send_keys("标题")
    visitor.body.send_keys("ab", Keys.ENTER, "cd", Keys.LEFT, Keys.BACKSPACE, "X", Keys.DELETE, "Y")
    visitor.wait_saved()
    visitor.wait(lambda: content(practice_site) == "<p>ab</p><p>XY</p>", "what was typed is saved")


def test_typing_goes_on_behind_what_was_pasted(visitor: BrowserVisitor, practice_site: PracticeClient) -> None:
    visitor.body.click()
    visitor.paste("<p>一</p><p>二</p>")
    visitor.body.send_keys("三")
    visitor.paste("<p>四<b>五</b></p><h2>六</h2>")
    visitor.title.send_keys("标题")
    visitor.wait_saved()
    whole = "<p>一</p><p>二三四<b>五</b></p><h2>六</h2>"
    visitor.wait(lambda: content(practice_site) == whole, "what was typed and pasted last is saved as well")


def test_selecting_all_and_deleting_empties_it(visitor: BrowserVisitor, practice_site: PracticeClient) -> None:
    visitor.write("标题", ARTICLE)
    visitor.clear_body()
    assert visitor.count == "字数：0"
    assert not visitor.publish_button.is_enabled()
    visitor.paste("<p>新的正文</p>")
    visitor.wait(lambda: content(practice_site) == "<p>新的正文</p>", "only the new text is saved")


def test_a_plain_value_does_not_stay_in_the_title(visitor: BrowserVisitor) -> None:
    visitor.paste("<p>正文</p>")
    visitor.driver.execute_script(
        "arguments[0].value = '假的'; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))", visitor.title
    )
    visitor.wait(lambda: visitor.title.get_attribute("value") == "", "the page undoes it")
    assert not visitor.publish_button.is_enabled()


def test_the_native_setter_with_an_event_fills_the_title(visitor: BrowserVisitor) -> None:
    visitor.paste("<p>正文</p>")
    visitor.driver.execute_script(
        "Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(arguments[0], '真🎈');"
        "arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
        visitor.title,
    )
    assert visitor.title.get_attribute("value") == "真🎈"
    assert visitor.publish_button.is_enabled()


def test_a_title_ends_at_100_characters(visitor: BrowserVisitor, practice_site: PracticeClient) -> None:
    visitor.title.send_keys("字" * 103)
    visitor.wait_saved()
    assert practice_site.drafts()[0]["title"] == "字" * 100


def test_pasted_markdown_stays_raw_until_a_real_click_confirms(
    visitor: BrowserVisitor, practice_site: PracticeClient
) -> None:
    visitor.title.send_keys("标题")
    visitor.paste(text="# 一\n\n文")
    visitor.wait_saved()
    visitor.wait(lambda: content(practice_site) == "<p># 一</p><p></p><p>文</p>", "the text is raw")
    button = visitor.one(".Notification button")
    assert button.text == "确认并解析"
    visitor.driver.execute_script("arguments[0].click()", button)
    assert visitor.all(".Notification")
    button.click()
    visitor.wait(lambda: content(practice_site) == "<h2>一</h2><p>文</p>", "the text is parsed")


def test_the_page_has_the_real_one_s_structure(visitor: BrowserVisitor) -> None:
    visitor.paste("<p>甲</p><ul><li>乙</li></ul>")
    root = ".DraftEditor-root > .DraftEditor-editorContainer > .public-DraftEditor-content > [data-contents=true]"
    assert visitor.all(f"{root} > [data-block=true][data-editor][data-offset-key]")
    assert visitor.all(f"{root} > ul > li[data-block=true]")
    assert visitor.all(".public-DraftStyleDefault-block.public-DraftStyleDefault-ltr span[data-text=true]")
    for selector in (".AppHeader-profile", 'button[aria-label="图片"]', "input.UploadPicture-input"):
        assert visitor.all(selector)


def test_the_address_changes_without_loading_the_page_again(
    visitor: BrowserVisitor, practice_site: PracticeClient
) -> None:
    visitor.driver.execute_script("window.isSamePage = true")
    draft_id = visitor.write()
    assert visitor.path == f"/p/{draft_id}/edit"
    assert visitor.driver.execute_script("return window.isSamePage")
    visitor.body.send_keys("more")
    visitor.wait(lambda: practice_site.drafts()[0]["saves"] >= 2, "the second save changes the same draft")
    methods = [entry["method"] for entry in practice_site.requests(path="/api/articles/")]
    assert methods[0] == "POST"
    assert set(methods[1:]) == {"PATCH"}
