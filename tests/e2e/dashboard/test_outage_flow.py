"""Redis stops under open pages: each says so once, articles are accepted all the same, and everything goes on by
itself."""

from __future__ import annotations

import pytest

from core.task_state import TaskStatus
from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.pages import is_told_once, write_article
from tests.e2e.dashboard.stage import Stage
from tests.servers.local_process import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TO_ADMINISTRATORS = "Articles are accepted and go on by themselves when it is back: look at its server."
TO_OPERATORS = "A part of the service cannot be reached. Articles are accepted and go on by themselves when it is back."
QUIET_LINE = "Redis cannot be reached. This page goes on by itself."
BACK_SECONDS = 90


def test_redis_stops_under_open_pages_and_comes_back(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    publish = visitor("/publish", ada.name)
    write_article(publish, "停机时写的")
    queue = visitor("/queue")
    queue.sees("Nothing waits and nothing is being published.")
    stage.redis.stop()
    try:
        queue.sees(QUIET_LINE)
        queue.wait(lambda: is_told_once(queue, TO_ADMINISTRATORS), "it is told in one box")
        limits = visitor("/limits")
        limits.wait(lambda: limits.text().count(QUIET_LINE) == 1, "one quiet line stands for all that is missing")
        publish.press("Hand in")
        publish.sees("All about it")
        publish.wait(lambda: is_told_once(publish, TO_OPERATORS), "it is told in one box")
        (task,) = stage.tasks_of(ada)
        assert task.status is TaskStatus.WAITING
    finally:
        stage.redis.start()
    publish.sees("Open the article", timeout=BACK_SECONDS)
    publish.sees_no("cannot be reached")
    queue.sees_no("cannot be reached")
    limits.sees("Publishing at once")
    wait_until(lambda: stage.posts_of(ada) == ["停机时写的"], 10, "it is online, once")
