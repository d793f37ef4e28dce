"""What somebody types into the text of an article is taken over and kept while it is typed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.pages import is_kept, write_with_cover
from tests.e2e.dashboard.stage import Stage
from tests.e2e.dashboard.streamlit_tab import StreamlitTab
from tests.servers.local_process import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BODY = "publish_content"
PREVIEW = "return (document.querySelector('.topn-article') || {}).innerText || ''"
PLACE = "const at = document.activeElement; return [at.tagName, at.selectionStart, at.selectionEnd, at.scrollTop]"
COUNT = """
window.takenOver = 0;
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.ctrlKey && !event.shiftKey && !event.isTrusted) window.takenOver += 1;
});
"""
LATER = "setTimeout(arguments[arguments.length - 1], 6000)"
"""Longer than anybody's text is left alone."""


def previews(tab: StreamlitTab, words: str) -> bool:
    return words in str(tab.front().execute_script(PREVIEW))


def test_the_preview_and_the_kept_article_follow_without_leaving_the_field(stage: Stage, visitor: Visitor) -> None:
    tab = visitor("/publish", stage.person("ada").name)
    tab.field(BODY).send_keys("\n".join(f"Paragraph {number}\n" for number in range(40)))
    tab.wait(lambda: previews(tab, "Paragraph 39"), "the preview follows")
    wait_until(lambda: is_kept(stage, "Paragraph 39"), 20, "it is kept")
    tab.field(BODY).send_keys(Keys.UP * 6, Keys.HOME, "In between ")
    before = tab.front().execute_script(PLACE)
    tab.wait(lambda: previews(tab, "In between"), "the preview follows again")
    tab.settle()
    assert tab.front().execute_script(PLACE) == before
    assert before[0] == "TEXTAREA"
    assert before[3] > 0


def test_who_never_rests_is_kept_as_well_and_loses_nothing(stage: Stage, visitor: Visitor) -> None:
    tab = visitor("/publish", stage.person("ada").name)
    field, typed, until = tab.field(BODY), "", time.monotonic() + 60
    while not is_kept(stage, "word 7 ") and time.monotonic() < until:
        word = f"word {len(typed)} "
        field.send_keys(word)
        typed += word
    assert is_kept(stage, "word 7 ")
    for word in ("and ", "then ", "some ", "more"):
        field.send_keys(word)
        typed += word
    tab.wait(lambda: previews(tab, "some more"), "the preview follows")
    wait_until(lambda: is_kept(stage, typed), 20, "all of it is kept")
    assert tab.value(BODY) == typed


def test_letters_that_are_no_text_yet_are_left_alone(stage: Stage, visitor: Visitor) -> None:
    tab = visitor("/publish", stage.person("ada").name)
    tab.field(BODY).send_keys("x")
    tab.front().execute_script(COUNT)
    tab.command("Input.imeSetComposition", text="nihao", selectionStart=5, selectionEnd=5)
    tab.front().execute_async_script(LATER)
    assert tab.front().execute_script("return window.takenOver") == 0
    assert tab.value(BODY) == "xnihao"
    tab.command("Input.insertText", text="你好")
    tab.wait(lambda: previews(tab, "x你好"), "the preview follows")
    assert tab.value(BODY) == "x你好"


def is_cover_kept(stage: Stage) -> bool:
    return any((stage.lab.data_dir / "unfinished").rglob("*.cover"))


def start_dashboard_anew(stage: Stage) -> None:
    """It is killed, and its supervisor starts another one."""
    first = stage.dashboard_process()
    first.kill()
    wait_until(lambda: not first.is_running() and stage.answers(), 60, "another dashboard answers")


def test_what_is_typed_survives_a_dashboard_that_dies(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    tab = visitor("/publish", ada.name)
    tab.fill("publish_title", "写到一半")
    tab.field(BODY).send_keys("这一段不能丢")
    wait_until(lambda: is_kept(stage, "这一段不能丢"), 20, "it is kept")
    start_dashboard_anew(stage)
    tab.open("/publish")
    tab.sees("Your unfinished article of")
    assert (tab.value("publish_title"), tab.value(BODY)) == ("写到一半", "这一段不能丢")
    tab.press("Hand in")
    tab.sees("Published", timeout=60)
    assert stage.posts_of(ada) == ["写到一半"]


def test_a_cover_survives_a_dashboard_that_dies_under_an_open_page(
    stage: Stage, visitor: Visitor, tmp_path: Path
) -> None:
    """The page connects again by itself, and still names a file that the new dashboard never had."""
    ada = stage.person("ada")
    tab = visitor("/publish", ada.name)
    write_with_cover(tab, "封面还在", tmp_path)
    wait_until(lambda: is_kept(stage, "第一段") and is_cover_kept(stage), 20, "it is kept")
    start_dashboard_anew(stage)
    tab.sees("Your unfinished article of", "The cover you chose before goes with it", timeout=60)
    tab.press("Hand in")
    tab.sees("Published", timeout=60)
    (post,) = stage.lab.site.posts(ada.on_site)
    assert (post["title"], bool(post["cover"])) == ("封面还在", True)


def test_a_file_that_the_new_dashboard_never_had_is_asked_for_again(
    stage: Stage, visitor: Visitor, short_tmpdir: Path
) -> None:
    ada = stage.person("ada")
    file = short_tmpdir / "articles.csv"
    file.write_text("title,content\n甲,正文\n", encoding="utf-8")
    tab = visitor("/upload", ada.name)
    tab.upload(file)
    tab.sees("articles.csv", "甲")
    start_dashboard_anew(stage)
    tab.sees("The chosen file is not there any more", timeout=60)
    assert stage.tasks_of(ada) == []
