"""A button that is pressed while the cover is still on its way to TOP_N: the article does not go without it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import md5, sha256
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.pages import drawer_of, write_article
from tests.e2e.dashboard.stage import Person, Stage
from tests.e2e.dashboard.streamlit_tab import StreamlitTab
from tests.pictures import picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BYTES_PER_SECOND = 60_000
SIZE = 240_000
WAITS = "The cover is still on its way: it goes on as soon as it has arrived."
FAILED = "The file marked in red was not taken. Take it out of its field, or choose it again."
TOLD = """
const place = document.querySelector(`[class*="${arguments[0]}"]`);
return getComputedStyle(place, '::after').content;
"""
"""What stands below a button."""


@pytest.fixture
def cover(tmp_path: Path) -> Path:
    """A PNG of `SIZE` bytes: what comes after its end is no part of the picture."""
    file = tmp_path / "cover.png"
    data = picture(400, 200)
    file.write_bytes(data + os.urandom(SIZE - len(data)))
    return file


def slow_line(tab: StreamlitTab) -> None:
    """What the browser uploads takes seconds."""
    tab.command("Network.enable")
    tab.command(
        "Network.emulateNetworkConditions",
        offline=False,
        latency=0,
        downloadThroughput=-1,
        uploadThroughput=BYTES_PER_SECOND,
    )


def give(tab: StreamlitTab, file: Path) -> None:
    """Choose the file and wait for nothing."""
    tab.front().find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(file))


def says(tab: StreamlitTab, words: str, place: str) -> bool:
    return words in str(tab.front().execute_script(TOLD, place))


def named_by(cover: Path) -> str:
    """How the site names it."""
    return f"v2-{md5(cover.read_bytes(), usedforsecurity=False).hexdigest()}.jpg"


def cover_of(stage: Stage, person: Person) -> str:
    (post,) = stage.lab.site.posts(person.on_site)
    return str(post["cover"]).rpartition("/")[2]


def by_mouse(tab: StreamlitTab) -> None:
    tab.press("Hand in")


def by_shortcut(tab: StreamlitTab) -> None:
    keys = Keys.CONTROL + Keys.SHIFT + Keys.ENTER
    tab.front().find_element(By.TAG_NAME, "body").send_keys(keys)


@pytest.mark.parametrize("press", [by_mouse, by_shortcut])
def test_an_article_waits_for_its_cover(
    stage: Stage, visitor: Visitor, cover: Path, press: Callable[[StreamlitTab], None]
) -> None:
    ada = stage.person("ada")
    tab = visitor("/publish", ada.name)
    write_article(tab, "带着封面")
    slow_line(tab)
    give(tab, cover)
    press(tab)
    tab.wait(lambda: says(tab, WAITS, "st-key-publish_send_"), "it is told")
    assert stage.tasks_of(ada) == []
    tab.sees("Published", timeout=60)
    assert cover_of(stage, ada) == named_by(cover)
    assert not says(tab, WAITS, "st-key-publish_send_")


def test_a_cover_that_did_not_arrive_lets_no_article_go(stage: Stage, visitor: Visitor, cover: Path) -> None:
    ada = stage.person("ada")
    tab = visitor("/publish", ada.name)
    write_article(tab, "封面没到")
    tab.command("Network.enable")
    tab.command("Network.setBlockedURLs", urls=["*/_stcore/upload_file/*"])
    give(tab, cover)
    tab.press("Hand in")
    tab.wait(lambda: says(tab, FAILED, "st-key-publish_send_"), "it is told")
    tab.press("Hand in")
    tab.settle()
    assert stage.tasks_of(ada) == []
    tab.command("Network.setBlockedURLs", urls=[])
    tab.command("Network.disable")
    again = cover.rename(cover.with_stem("again"))
    give(tab, again)
    tab.press("Hand in")
    tab.sees("Published", timeout=60)
    assert cover_of(stage, ada) == named_by(again)


def test_the_form_that_changes_an_article_waits_as_well(stage: Stage, visitor: Visitor, cover: Path) -> None:
    ada = stage.person("ada")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    task = stage.lab.submit(ada.account, "明天带封面", run_at=tomorrow, is_pushed=False)
    tab = visitor(drawer_of(task), ada.name)
    tab.press("Edit")
    tab.sees("The old text is kept.")
    tab.settle()
    slow_line(tab)
    give(tab, cover)
    tab.press("Save")
    tab.wait(lambda: says(tab, WAITS, "st-key-edit_save_"), "it is told")
    tab.sees("The new text is saved.")
    article = stage.lab.queries.article(task.id)
    assert article.cover_sha256 == sha256(cover.read_bytes()).hexdigest()
