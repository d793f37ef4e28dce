"""One person with two tabs: what is done in both happens once, and the second is told so calmly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.task_state import TaskStatus
from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.pages import drawer_of, is_kept, write_article, write_with_cover
from tests.e2e.dashboard.stage import Stage
from tests.servers.local_process import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_article_handed_in_in_two_tabs_is_published_once(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    first = visitor("/publish", ada.name)
    write_article(first, "只此一篇", "写了一次")
    wait_until(lambda: is_kept(stage, "写了一次"), 20, "it is kept")
    second = first.another()
    second.open(first.address)
    second.sees("Your unfinished article of")
    first.press("Hand in")
    wait_until(lambda: bool(stage.tasks_of(ada)), 30, "it is handed in")
    second.press("Hand in")
    first.sees("Published", timeout=60)
    (task,) = stage.tasks_of(ada)
    second.sees(f"The same article was handed in before, as {task.public_id}.")
    second.press("Start anew")
    second.sees_no("The same article was handed in before")
    assert (task.status, stage.posts_of(ada)) == (TaskStatus.PUBLISHED, ["只此一篇"])


def test_two_tabs_write_two_articles(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    first = visitor("/publish", ada.name)
    write_article(first, "甲篇", "甲的正文")
    wait_until(lambda: is_kept(stage, "甲的正文"), 20, "it is kept")
    second = first.another()
    second.open("/publish")
    second.sees_no("unfinished article")
    write_article(second, "乙篇", "乙的正文")
    wait_until(lambda: is_kept(stage, "乙的正文"), 20, "it is kept")
    first.press("Discard it")
    first.wait(lambda: first.value("publish_title") == "", "the form is blank")
    second.reload()
    second.sees("Your unfinished article of")
    assert (second.value("publish_title"), second.value("publish_content")) == ("乙篇", "乙的正文")
    assert not is_kept(stage, "甲的正文")


TWO_CLICKS = """
const button = document.querySelector('[class*="st-key-publish_send_"] button');
button.click();
setTimeout(() => button.click(), arguments[0]);
"""


@pytest.mark.parametrize("milliseconds", [0, 60, 250])
def test_two_clicks_hand_in_one_article_with_its_cover(
    stage: Stage, visitor: Visitor, tmp_path: Path, milliseconds: int
) -> None:
    ada = stage.person("ada")
    tab = visitor("/publish", ada.name)
    write_with_cover(tab, "只按一次", tmp_path)
    tab.front().execute_script(TWO_CLICKS, milliseconds)
    tab.sees("Published", timeout=60)
    tab.settle()
    assert stage.posts_of(ada) == ["只按一次"]
    assert len(stage.tasks_of(ada)) == 1
    assert tab.value("publish_title") == ""


def test_what_is_cancelled_in_two_tabs_is_cancelled_once(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    task = stage.lab.submit(ada.account, "明天再说", run_at=tomorrow, is_pushed=False)
    first = visitor(drawer_of(task), ada.name)
    second = first.another()
    second.open(drawer_of(task))
    for tab in (first, second):
        tab.sees("Scheduled for")
        tab.press("Cancel")
        tab.sees("It is taken out of the line and nothing more happens to it.")
    second.stand_still()
    first.press("Cancel this article")
    first.sees(f"Cancelled by {ada.name}")
    second.press("Cancel this article")
    second.sees(f"Article {task.public_id} is cancelled. Nothing more happens to it by itself.")
    second.sees(f"Cancelled by {ada.name}")
    assert stage.lab.status(task) is TaskStatus.CANCELLED
    assert stage.lab.kinds(task).count("cancelled") == 1
    assert len(stage.audited(task, "article.cancel")) == 1
