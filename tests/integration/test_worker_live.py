"""The live picture of a real browser: taken for who looks, by the attempt's own thread, of its own article alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.browser.webdriver_pool import WebDriverPool
from core.publishing.publisher import Article, Browser, DraftProgress, SavedDraft
from core.task_state import TaskStatus
from tasks.live_camera import LiveFilm
from tests.servers.scripted_platform import ScriptedPlatform
from tests.servers.worker_desk import WORKER_ID, WorkerDesk
from tests.servers.worker_lab import WorkerLab

pytestmark = pytest.mark.browser
PAGE = "data:text/html,<h1>A page of this account</h1>"


class FilmedPlatform(ScriptedPlatform):
    """Opens a page while it writes, with a round of the film before and after."""

    film: LiveFilm

    def write_draft(
        self, browser: Browser, article: Article, draft_id: str | None, progress: DraftProgress
    ) -> SavedDraft:
        self.film.tick()
        browser.driver.get(PAGE)
        self.film.tick()
        return super().write_draft(browser, article, draft_id, progress)


@pytest.fixture(scope="module")
def browsers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriverPool]:
    pool = WebDriverPool(
        1, worker_id=WORKER_ID, run_dir=Path(tmp_path_factory.mktemp("run")), min_free_memory_mb=0, warm_contexts=1
    )
    # Started here: the desk's leases are shorter than a start of a browser on a busy machine.
    with pool.lease(7, timeout=60):
        pass
    yield pool
    pool.close(10)


@pytest.fixture
def desk(ground: WorkerLab, browsers: WebDriverPool) -> WorkerDesk:
    made = WorkerDesk(ground, browsers)
    platform = FilmedPlatform()
    platform.film = made.parts.film
    made.parts.publishers["zhihu"] = platform  # type: ignore[index]
    return made


def test_who_looks_sees_the_page_of_the_step(desk: WorkerDesk) -> None:
    task = desk.lab.submit(desk.lab.bare_account())
    other = desk.lab.submit(desk.lab.bare_account("other"))
    pictures = desk.lab.pictures
    assert pictures.look(task.id) is None
    assert desk.publish(task).status is TaskStatus.PUBLISHED
    seen = pictures.look(task.id)
    assert seen is not None
    assert (seen.jpeg[:3], seen.step) == (b"\xff\xd8\xff", "writing")
    assert pictures.look(other.id) is None


def test_nothing_is_taken_while_nobody_looks(desk: WorkerDesk) -> None:
    task = desk.lab.submit(desk.lab.bare_account())
    assert desk.publish(task).status is TaskStatus.PUBLISHED
    assert desk.lab.pictures.look(task.id) is None


def test_pictures_are_taken_by_the_thread_that_holds_the_browser(browsers: WebDriverPool) -> None:
    seen: list[int] = []
    with browsers.lease(7, timeout=30) as browser:
        browser.after_each_command(lambda: seen.append(threading.get_ident()))
        browser.driver.get(PAGE)
        assert browser.small_picture()[:3] == b"\xff\xd8\xff"
    assert set(seen) == {threading.get_ident()}
