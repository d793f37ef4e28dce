"""The disk is full where TOP_N keeps its database, its private Redis, its logs and its browsers: what is asked for
fails with clear words, nothing that was accepted is lost, and everything goes on when there is room again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import ServiceUnavailable
from core.queue.embedded import EmbeddedRedis
from core.task_state import TaskStatus
from tests.chaos.ending import stop_and_check
from tests.chaos.held_steps import HeldArticles, step_named
from tests.practice_site.client import PracticeClient
from tests.servers.local_process import wait_until
from tests.servers.small_disk import MayNotMount, SmallDisk
from tests.servers.worker_lab import WorkerLab
from tests.worker_fixtures import closed_clean

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MEGABYTES = 64
ROOM_WORDS = "Free some disk space"


@pytest.fixture
def disk(short_folder: Path) -> Iterator[SmallDisk]:
    """Where it may be mounted: elsewhere the tests with a limit on the size of files stand alone."""
    try:
        with SmallDisk.mounted(short_folder / "disk", megabytes=MEGABYTES) as made:
            yield made
    except MayNotMount as error:
        pytest.skip(f"no small disk can be mounted here: {error}")


@pytest.fixture
def lab(tmp_path: Path, disk: SmallDisk, practice_site: PracticeClient) -> Iterator[WorkerLab]:
    """Everything in DATA_DIR, and DATA_DIR on the small disk. What the programs print goes elsewhere."""
    redis = EmbeddedRedis(disk.path / "data")
    database_url = f"sqlite:///{disk.path / 'data' / 'topn.sqlite3'}"
    made = WorkerLab(disk.path, database_url=database_url, redis_url=redis.start(), site=practice_site)
    made.folder = tmp_path
    made.environment["TOPN_REDIS_URL"] = ""
    with closed_clean(made) as clean:
        yield clean
    redis.stop()


@pytest.mark.fault("23")
def test_the_disk_gets_full_while_an_article_is_published(lab: WorkerLab, disk: SmallDisk) -> None:
    held = HeldArticles(lab, [step_named("opening the page")])
    (article,) = held.articles
    program = lab.run("run_workers.py", "--workers=1", "--drivers=1", **held.environment)
    held.wait_until_held()
    disk.fill()
    with pytest.raises(ServiceUnavailable, match=ROOM_WORDS):
        lab.submit(article.account, "放不下的文章", content="很长的正文。" * 50_000)
    lab.site.let_go()
    wait_until(lambda: ROOM_WORDS in lab.output(), 60, "the terminal says what to do")
    assert article.row.status is TaskStatus.RUNNING
    disk.make_room()
    article.check_published_once()
    stop_and_check(lab, program)
    assert "Traceback" not in lab.output()


@pytest.mark.fault("23")
def test_a_start_on_a_full_disk_says_so(lab: WorkerLab, disk: SmallDisk) -> None:
    account, on_site = lab.account()
    task = lab.submit(account)
    disk.fill()
    program = lab.run("run_workers.py", "--workers=1", "--drivers=1")
    assert program.wait(60) == 2, lab.output()
    assert "disk" in lab.output()
    assert "Traceback" not in lab.output()
    disk.make_room()
    program = lab.run("run_workers.py", "--workers=1", "--drivers=1")
    lab.wait_for(task, TaskStatus.PUBLISHED)
    assert [post["post_count"] for post in lab.site.posts(on_site)] == [1]
    stop_and_check(lab, program)
