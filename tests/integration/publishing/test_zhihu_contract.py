"""What every publisher promises, kept by the Zhihu publisher on each editor the site may have."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import DraftChanged, DraftLost, Rejected
from core.publishing.content import content_hash, render, visible
from core.publishing.publisher import Published, StillDraft, Unknown
from tests.practice_site.html_text import text_of
from tests.publishing_desk import PublishingDesk, article, submitted

pytestmark = pytest.mark.browser

EVERYTHING = """\
# 大标题 😀

开头一段，**粗体**、*斜体*、~~删除~~、`x < y` 和[链接](https://example.com/?a=1&b=2)。

## 小标题

- 甲
- 乙
  - 乙一
  - 乙二
- 丙

1. 一
2. 二

> 引文第一行
>
> 引文第二行 👨‍👩‍👧

```python
def f(x):

    return "<b>" if x else '&'
```

| 列一 | 列二 |
|------|------|
| 甲   | 😀   |
| 乙   | 丁   |

结尾。
"""


def long_article(characters: int) -> str:
    """Numbered paragraphs, so that a lost or swapped one shows."""
    paragraphs = [
        f"## 第 {n} 节\n\n第 {n} 段：" + "天地玄黄宇宙洪荒" * 12 + f"（{n}）" for n in range(characters // 105)
    ]
    return "\n\n".join(paragraphs)


def test_the_account_is_known(any_desk: PublishingDesk) -> None:
    identity = any_desk.publisher.check_account(any_desk.browser)
    assert (identity.remote_id, identity.name) == (any_desk.account.id, "chen")


@pytest.mark.parametrize(
    "markdown",
    [EVERYTHING, long_article(20_000), "短。", "# 只有标题"],
    ids=["all kinds", "20,000", "short", "heading"],
)
def test_an_article_arrives_whole_and_in_order(any_desk: PublishingDesk, markdown: str) -> None:
    body = render(markdown)
    draft = any_desk.write(article("标题 😀 “引号” <b>", markdown))
    stored = any_desk.stored(draft.draft_id)
    assert stored["title"] == "标题 😀 “引号” <b>"
    assert visible(text_of(stored["content"])) == visible(body.text)
    assert (draft.title, draft.text_length) == (stored["title"], body.text_length)
    assert draft.content_hash == content_hash(draft.title, body.text)
    assert any_desk.progress.drafts == [draft.draft_id]
    assert any_desk.progress.written == 1


def test_formats_arrive(any_desk: PublishingDesk) -> None:
    content = any_desk.stored(any_desk.write(article(markdown=EVERYTHING)).draft_id)["content"]
    for piece in (
        "<h2>大标题 😀</h2>",
        "<h3>小标题</h3>",
        "<b>粗体</b>",
        "<i>斜体</i>",
        "<s>删除</s>",
        "<code>x &lt; y</code>",
    ):
        assert piece in content
    assert 'href="https://example.com/?a=1&amp;b=2"' in content
    assert "<li>乙<ul><li>乙一</li><li>乙二</li></ul></li><li>丙</li></ul><ol><li>一</li><li>二</li></ol>" in content
    assert "<blockquote>引文第一行<br>引文第二行 👨‍👩‍👧</blockquote>" in content
    assert 'def f(x):\n\n    return "&lt;b&gt;"' in content.replace("&quot;", '"')
    assert "<pre" in content


def test_one_click_one_request_one_post(any_desk: PublishingDesk) -> None:
    draft = any_desk.write(article())
    outcome = any_desk.publisher.submit(any_desk.browser, draft)
    assert outcome == Published(draft.draft_id, f"{any_desk.site.url}/p/{draft.draft_id}", "public")
    assert any_desk.counts() == (1, 1, 1)
    assert visible(text_of(any_desk.posts()[0]["content"])) == "第一段。第二段，粗体。"


def test_a_draft_is_emptied_and_used_again(any_desk: PublishingDesk) -> None:
    first = any_desk.write(article("第一稿", EVERYTHING))
    second = any_desk.write(article("第二稿 😀", "# 新的\n\n全新的内容。"), first.draft_id)
    assert second.draft_id == first.draft_id
    assert [draft["title"] for draft in any_desk.site.drafts()] == ["第二稿 😀"]
    assert text_of(any_desk.stored(first.draft_id)["content"]) == "新的全新的内容。"
    assert any_desk.progress.drafts == [first.draft_id], "an id that is known is not told again"


@pytest.mark.parametrize(
    "last",
    ["| 列 |\n|---|\n| 甲 |", "---", "![图](https://example.com/a.png)"],
    ids=["table", "line", "picture"],
)
def test_a_draft_that_ends_in_no_text_is_emptied(any_desk: PublishingDesk, last: str) -> None:
    """The last block of such a text is no place for a cursor: to select all ends before it, or beside it."""
    first = any_desk.write(article("第一稿", f"# 大标题\n\n一段。\n\n{last}\n"))
    any_desk.write(article("第二稿", "全新的内容。"), first.draft_id)
    content = any_desk.stored(first.draft_id)["content"]
    assert text_of(content) == "全新的内容。"
    assert not any(tag in content for tag in ("<table", "<hr", "<img"))


def test_a_draft_that_was_never_filled_is_used(any_desk: PublishingDesk) -> None:
    """The worker died right after the first autosave."""
    first = any_desk.write(article("甲", "一"))
    again = any_desk.write(article("甲", "一"), first.draft_id)
    assert again == first
    assert len(any_desk.site.drafts()) == 1


def test_a_saved_draft_is_submitted_by_another_browser_page(any_desk: PublishingDesk) -> None:
    draft = any_desk.write(article())
    any_desk.browser.driver.get("about:blank")
    assert isinstance(any_desk.publisher.submit(any_desk.browser, draft), Published)
    assert any_desk.counts() == (1, 1, 1)


def test_a_draft_that_is_gone_is_not_replaced_without_asking(any_desk: PublishingDesk) -> None:
    """It may have been submitted: then a new one might become a second article."""
    with pytest.raises(DraftLost, match="no longer on the site"):
        any_desk.write(article(), "1970000000000009999")
    assert any_desk.site.drafts() == []


def test_a_draft_that_is_gone_is_not_submitted(any_desk: PublishingDesk) -> None:
    draft = replace(any_desk.write(article()), draft_id="1970000000000009999")
    with pytest.raises(DraftLost, match="no longer on the site"):
        any_desk.publisher.submit(any_desk.browser, draft)
    assert any_desk.counts() == (0, 0, 0)


def test_a_draft_changed_on_the_site_is_not_submitted(any_desk: PublishingDesk) -> None:
    draft = any_desk.write(article("甲", "原文"))
    any_desk.write(article("甲", "改过"), draft.draft_id)
    with pytest.raises(DraftChanged, match="changed on the site"):
        any_desk.publisher.submit(any_desk.browser, draft)
    assert any_desk.counts() == (0, 0, 0)


def test_a_published_article_is_neither_rewritten_nor_clicked_again(any_desk: PublishingDesk) -> None:
    draft = any_desk.write(article())
    any_desk.publisher.submit(any_desk.browser, draft)
    with pytest.raises(Rejected, match="published already"):
        any_desk.write(article("另一篇", "别的"), draft.draft_id)
    assert isinstance(any_desk.publisher.submit(any_desk.browser, draft), Published)
    assert any_desk.counts() == (1, 1, 1)
    assert any_desk.posts()[0]["title"] == "一篇文章"


def test_find_published_has_three_answers(any_desk: PublishingDesk) -> None:
    draft = any_desk.write(article())
    before = datetime.now(UTC) - timedelta(seconds=5)
    find, browser = any_desk.publisher.find_published, any_desk.browser
    assert find(browser, submitted(draft, before)) == StillDraft()
    assert isinstance(find(browser, submitted(draft, before, draft_id="1970000000000009999")), Unknown)
    any_desk.publisher.submit(browser, draft)
    assert find(browser, submitted(draft, before)) == Published(draft.draft_id, any_desk.posts_url(draft), "public")
    assert any_desk.counts() == (1, 1, 1), "looking changes nothing"


def test_the_drafts_address_opens_the_draft(any_desk: PublishingDesk) -> None:
    draft = any_desk.write(article())
    address = any_desk.publisher.draft_url(draft.draft_id)
    assert address == f"{any_desk.site.url}/p/{draft.draft_id}/edit"
    assert any_desk.publisher.platform == "zhihu"
    assert any_desk.publisher.one_article_per_draft
