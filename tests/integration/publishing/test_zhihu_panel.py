"""Cover, topics and column of an article, chosen in the write page's settings."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from core.errors import Rejected, RetryLater
from core.publishing.publisher import Article, Picture, Published
from tests.pictures import PNG
from tests.practice_site.faults import Fault
from tests.publishing_desk import PublishingDesk, article

pytestmark = pytest.mark.browser
COVER = Picture(hashlib.sha256(PNG).hexdigest(), "image/png", PNG)


def dressed(**changes: Any) -> Article:
    """An article with all settings, or with those named."""
    settings = changes or {"column": "读书笔记", "topics": ("Python", "数据库"), "cover": COVER}
    return replace(article(), **settings)


def test_all_settings_reach_the_stored_draft_and_the_article(desk: PublishingDesk) -> None:
    draft = desk.write(dressed())
    stored = desk.stored(draft.draft_id)
    assert stored["topics"] == ["Python", "数据库"]
    assert stored["cover"].startswith("http")
    assert stored["column_id"], "a saved draft has its column also when nothing is published"
    assert isinstance(desk.publisher.submit(desk.browser, draft), Published)
    post = desk.posts()[0]
    assert (post["column"], post["topics"], bool(post["cover"])) == ("读书笔记", ["Python", "数据库"], True)
    assert desk.counts() == (1, 1, 1)


@pytest.mark.parametrize("lines", range(4, 14, 2))
def test_settings_are_reached_wherever_the_text_ends(desk: PublishingDesk, lines: int) -> None:
    """The bar at the foot of the page covers what the browser takes to be in sight."""
    text = "\n\n".join(f"第 {line} 段。" for line in range(lines))
    draft = desk.write(replace(article(markdown=text), column="读书笔记", topics=("Python",)))
    stored = desk.stored(draft.draft_id)
    assert (stored["topics"], bool(stored["column_id"])) == (["Python"], True)


def test_a_draft_used_again_gets_no_setting_twice(desk: PublishingDesk) -> None:
    first = desk.write(dressed())
    desk.browser.driver.get("about:blank")
    desk.write(dressed(), first.draft_id)
    assert desk.stored(first.draft_id)["topics"] == ["Python", "数据库"]


def test_a_topic_missing_from_one_list_is_searched_again(desk: PublishingDesk) -> None:
    keys = "写作"
    desk.site.set_fault(Fault.HTTP_ERROR, desk.account, path="/api/autocomplete/topics", times=len(keys), status=500)
    draft = desk.write(dressed(topics=(keys,)))
    assert desk.stored(draft.draft_id)["topics"] == [keys]


def test_no_list_of_topics_is_no_refusal_of_the_article(desk: PublishingDesk) -> None:
    desk.site.set_fault(Fault.HTTP_ERROR, desk.account, path="/api/autocomplete/topics", status=500)
    with pytest.raises(RetryLater):
        desk.write(dressed(topics=("写作",)))


def test_a_list_for_a_part_of_the_topic_is_no_refusal_of_it(desk: PublishingDesk) -> None:
    path = "/api/autocomplete/topics"
    desk.site.set_fault(Fault.HTTP_ERROR, desk.account, path=path, query="token=写作&*", status=500)
    with pytest.raises(RetryLater, match="did not show the topic “写作”"):
        desk.write(dressed(topics=("写作",)))


def test_a_topic_that_the_site_does_not_know_is_named(desk: PublishingDesk) -> None:
    with pytest.raises(Rejected, match="does not offer the topic “无此话题”"):
        desk.write(dressed(topics=("无此话题",)))


def test_a_list_of_columns_that_does_not_come_is_no_refusal(desk: PublishingDesk) -> None:
    desk.site.set_fault(Fault.HTTP_ERROR, desk.account, path="/api/v4/members/*", status=500)
    with pytest.raises(RetryLater, match="did not show the column “读书笔记”"):
        desk.write(dressed(column="读书笔记"))


@pytest.mark.parametrize("column", ["没有的专栏", "读书"])
def test_a_column_the_account_lacks_is_named(desk: PublishingDesk, column: str) -> None:
    with pytest.raises(Rejected, match=f"no column “{column}”"):
        desk.write(dressed(column=column))
    assert desk.counts() == (0, 0, 0)


def test_a_cover_that_is_lost_is_tried_again_later(desk: PublishingDesk) -> None:
    desk.site.set_fault(Fault.IMAGE_LOST, desk.account)
    with pytest.raises(RetryLater, match="上传失败"):
        desk.write(dressed(cover=COVER))


def test_a_cover_of_a_kind_the_site_refuses_is_refused(desk: PublishingDesk) -> None:
    with pytest.raises(Rejected, match="格式不支持"):
        desk.write(dressed(cover=replace(COVER, media_type="image/tiff")))


def test_pictures_in_the_text_are_taken_over_by_the_site(desk: PublishingDesk) -> None:
    draft = desk.write(article(markdown="前\n\n![图](https://example.com/a.png)\n\n后"))
    content = desk.stored(draft.draft_id)["content"]
    assert f'<img src="{desk.site.url}/pic/' in content


def test_pictures_that_the_site_does_not_take_are_told(desk: PublishingDesk) -> None:
    desk.site.set_fault(Fault.IMAGE_LOST, desk.account)
    with pytest.raises(RetryLater, match=r"picture|上传失败"):
        desk.write(article(markdown="前\n\n![图](https://example.com/a.png)\n\n后"))
