"""The database stops under open pages: each says so once, what was written is not lost, and all goes on by itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from core.task_state import TaskStatus
from tests.conftest import require_program
from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.pages import is_told_once, write_article
from tests.e2e.dashboard.stage import ENDS, Stage, open_stage
from tests.e2e.dashboard.streamlit_tab import StreamlitTab
from tests.servers.mariadb_server import MariaDbServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TOLD = "The database cannot be reached. This page goes on by itself."
BACK_SECONDS = 90


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """With a path that is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="e-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def mariadb(folder: Path) -> Iterator[MariaDbServer]:
    """One that the test may stop."""
    server = MariaDbServer(folder / "db", require_program("mariadbd", "mysqld"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def running_stage(folder: Path, mariadb: MariaDbServer) -> Iterator[Stage]:
    """On that database."""
    with open_stage(folder, require_program("redis-server"), mariadb.create_database("stage")) as stage:
        yield stage


def is_answered_by_the_gate(tab: StreamlitTab) -> bool:
    """Press F5, and see the little page that asks again by itself: for two seconds the gate knows who was there."""
    tab.front().refresh()
    return bool(tab.front().find_elements(By.CSS_SELECTOR, "meta[http-equiv=refresh]"))


def test_the_database_stops_under_open_pages_and_comes_back(
    stage: Stage, mariadb: MariaDbServer, visitor: Visitor
) -> None:
    ada = stage.person("ada")
    publish = visitor("/publish", ada.name)
    write_article(publish, "停机时写的")
    queue = visitor("/queue")
    queue.sees("Nothing waits and nothing is being published.")
    reloaded = visitor("/queue")
    mariadb.process.kill()
    try:
        reloaded.wait(lambda: is_answered_by_the_gate(reloaded), "the gate answers")
        reloaded.sees(TOLD)
        queue.wait(lambda: is_told_once(queue, TOLD), "it is told in one box")
        publish.field("publish_content").send_keys("停机之后又写了一段。", Keys.TAB)
        publish.sees_no("Start anew")
        publish.wait(lambda: is_told_once(publish, TOLD), "it is told in one box")
    finally:
        mariadb.start()
    publish.wait(lambda: "停机之后又写了一段。" in publish.value("publish_content"), "it is all there", BACK_SECONDS)
    assert publish.value("publish_title") == "停机时写的"
    publish.sees_no("cannot be reached")
    queue.sees_no("cannot be reached")
    reloaded.sees("Nothing waits and nothing is being published.", timeout=BACK_SECONDS)
    assert reloaded.address == "/queue"
    assert stage.tasks_of(ada) == []
    publish.press("Hand in")
    publish.sees("Open the article", timeout=BACK_SECONDS)
    (task,) = stage.tasks_of(ada)
    assert stage.lab.wait_for(task, *ENDS).status is TaskStatus.PUBLISHED
    assert stage.posts_of(ada) == ["停机时写的"]
