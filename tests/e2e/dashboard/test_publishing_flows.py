"""From a page to a post on the practice site: one article, a file of them, and what can be done on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import md5
from pathlib import Path

import pytest

from core.task_state import Step, TaskStatus
from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.pages import drawer_of, write_article
from tests.e2e.dashboard.stage import ENDS, Stage
from tests.e2e.dashboard.streamlit_tab import StreamlitTab
from tests.pictures import picture
from tests.practice_site.faults import Fault
from tests.servers.local_process import wait_until

COVER = """
const picture = document.querySelector('.st-key-cover_preview img');
const article = document.querySelector('.topn-article');
if (!picture || !picture.naturalWidth || !article) return '';
const [above, below] = [picture.getBoundingClientRect(), article.getBoundingClientRect()];
return above.bottom <= below.top && Math.abs(above.width - below.width) < 1 ? picture.src : '';
"""
"""The address of the cover when it is drawn above the article, as wide as its text."""
TITLE = "return document.querySelector('.topn-article h1').innerText"
FETCHED = "return performance.getEntriesByType('resource').map(one => one.name)"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_one_article_goes_to_a_hundred_percent_and_shows_its_link(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    tab = visitor("/publish", ada.name)
    write_article(tab, "为什么要写周报")
    tab.sees("为什么要写周报", "第一段,有 重点。")  # the preview
    tab.press("Hand in")
    tab.sees("Published", timeout=60)
    (task,) = stage.tasks_of(ada)
    assert (task.status, task.progress) == (TaskStatus.PUBLISHED, 100)
    assert task.result_url in tab.links()
    assert stage.posts_of(ada) == ["为什么要写周报"]
    assert tab.value("publish_title") == ""  # ready for the next


def _previews_title(tab: StreamlitTab, end: str) -> Callable[[], bool]:
    return lambda: str(tab.front().execute_script(TITLE)).endswith(end)


def test_a_cover_stands_in_the_preview_is_fetched_once_and_goes_with_the_article(
    stage: Stage, visitor: Visitor, tmp_path: Path
) -> None:
    ada, cover = stage.person("ada"), tmp_path / "cover.png"
    cover.write_bytes(picture(1600, 800))
    tab = visitor("/publish", ada.name)
    tab.fill("publish_title", "有题图的文章")
    tab.upload(cover)
    tab.wait(lambda: bool(tab.front().execute_script(COVER)), "the cover is shown above the title")
    address = tab.front().execute_script(COVER)
    for key in "之一":
        tab.field("publish_title").send_keys(key)
        tab.wait(_previews_title(tab, key), "the preview follows")
    tab.fill("publish_content", "第一段。")
    tab.sees("第一段。")
    assert tab.front().execute_script(COVER) == address
    assert tab.front().execute_script(FETCHED).count(address) == 1
    tab.press("Hand in")
    tab.sees("Published", timeout=60)
    tab.wait(lambda: not tab.front().execute_script(COVER), "nothing of it is left in the form")
    (post,) = stage.lab.site.posts(ada.on_site)
    assert str(post["cover"]).endswith(f"/v2-{md5(cover.read_bytes(), usedforsecurity=False).hexdigest()}.jpg")


def test_a_file_with_faults_is_refused_row_by_row_and_taken_when_corrected(
    stage: Stage, visitor: Visitor, short_tmpdir: Path
) -> None:
    ada = stage.person("ada")
    wrong, right = short_tmpdir / "wrong.csv", short_tmpdir / "right.csv"
    wrong.write_text("title,content,mode\n甲,正文甲,publish\n,正文乙,publish\n丙,正文丙,print\n", encoding="utf-8")
    right.write_text("title,content,mode\n甲,正文甲,publish\n乙,正文乙,publish\n丙,正文丙,draft\n", encoding="utf-8")
    tab = visitor("/upload", ada.name)
    tab.upload(wrong)
    tab.sees("What must be corrected", "Hand in the 1 good row only")
    tab.sees("\n3\ntitle\n", "\n4\nmode\n")
    assert stage.tasks_of(ada) == []
    tab.reload()
    tab.upload(right)
    tab.sees("Hand in 3 articles")
    tab.press("Hand in 3 articles")
    tab.sees("3 of 3 done", timeout=90)
    assert sorted(stage.posts_of(ada)) == ["乙", "甲"]
    assert sorted(str(task.status) for task in stage.tasks_of(ada)) == ["draft_saved", "published", "published"]


def test_a_whole_batch_is_cancelled_by_its_menu(stage: Stage, visitor: Visitor, short_tmpdir: Path) -> None:
    ada = stage.person("ada")
    later = short_tmpdir / "later.csv"
    day = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    later.write_text(f"title,content,run_at\n甲,正文甲,{day} 08:00\n乙,正文乙,{day} 08:00\n", encoding="utf-8")
    tab = visitor("/upload", ada.name)
    tab.upload(later)
    tab.press("Hand in 2 articles")
    tab.sees("0 of 2 done")
    tab.choose_in_menu("Cancel or retry", "Cancel the waiting ones")
    tab.sees("Nothing is ticked: all 2 articles of this filter.")
    tab.press("Cancel 2 articles")
    tab.sees("2 articles were changed.")
    tab.press("Close")
    tab.sees("2 of 2 done")
    assert {task.status for task in stage.tasks_of(ada)} == {TaskStatus.CANCELLED}


def test_a_running_article_is_cancelled(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    stage.lab.site.set_fault(Fault.PAGE_SLOW, ada.on_site, seconds=60)
    task = stage.lab.submit(ada.account, "撤回的文章")
    tab = visitor(drawer_of(task), ada.name)
    wait_until(lambda: stage.lab.queries.get(task.id).progress >= Step.SIGNED_IN, 30, "it is signed in")
    tab.sees("Publishing, step")
    tab.press("Cancel")
    tab.press("Cancel this article")
    tab.sees("Cancelled", timeout=20)
    assert stage.lab.wait_for(task, *ENDS).status is TaskStatus.CANCELLED
    assert stage.posts_of(ada) == []


def test_a_failed_article_is_tried_again(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    stage.lab.site.set_fault(Fault.REFUSED, ada.on_site, message="标题含有违规内容")
    task = stage.lab.submit(ada.account, "先被拒绝")
    tab = visitor(drawer_of(task), ada.name)
    tab.sees("标题含有违规内容", timeout=60)
    stage.lab.site.clear_faults()
    tab.press("Retry")
    tab.press("Try it again")
    tab.sees("Open the article", timeout=60)
    assert stage.lab.wait_for(task, *ENDS).status is TaskStatus.PUBLISHED
    assert stage.posts_of(ada) == ["先被拒绝"]
