"""The table of articles in a browser: rows are ticked while the list moves on, and the pages keep their places."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from core.task_state import TaskStatus
from dashboard.visitor import REFRESH_SECONDS
from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.stage import Person, Stage
from tests.e2e.dashboard.task_rows import rows_of, tick
from tests.servers.local_process import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST_SHIFT = 0.1
"""What the field calls good, of a whole visit."""
WATCH_SHIFTS = """
window.topnShift = 0;
new PerformanceObserver(list => list.getEntries().forEach(one => { window.topnShift += one.value; }))
  .observe({ type: 'layout-shift' });
"""


def test_the_ticked_articles_are_cancelled_whatever_arrives_meanwhile(stage: Stage, visitor: Visitor) -> None:
    """The first is ticked in a page that does not know yet what has arrived, the second while another arrives."""
    ada = stage.person("ada")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    tasks = {
        title: stage.lab.submit(ada.account, title, run_at=tomorrow, is_pushed=False) for title in ("甲", "乙", "丙")
    }
    tab = visitor("/tasks", ada.name)
    tab.sees("3 articles")
    tab.wait(lambda: len(rows_of(tab)) == len(tasks), "the rows are drawn")
    tab.stand_still()
    tasks["丁"] = stage.lab.submit(ada.account, "丁", run_at=tomorrow, is_pushed=False)
    tick(tab, "乙")
    tab.sees("The 1 ticked:")
    tab.wait(lambda: len(rows_of(tab)) == 3, "the rows stay while one is ticked")
    tasks["戊"] = stage.lab.submit(ada.account, "戊", run_at=tomorrow, is_pushed=False)
    tick(tab, "甲")
    tab.sees("The 2 ticked:")
    tab.press("Cancel (2)")
    tab.sees("These 2 articles:", "· 甲", "· 乙")
    tab.press("Cancel 2 articles")
    tab.sees("2 articles were changed.")
    cancelled = {title for title, task in tasks.items() if stage.lab.status(task) is TaskStatus.CANCELLED}
    assert cancelled == {"甲", "乙"}


def has_posted(stage: Stage, person: Person, number: int) -> bool:
    return len(stage.posts_of(person)) == number


@pytest.mark.parametrize("page", ["/", "/tasks", "/queue"])
def test_nothing_moves_as_articles_come_and_go(stage: Stage, visitor: Visitor, page: str) -> None:
    ada = stage.person("ada")
    tab = visitor(page, ada.name)
    tab.front().execute_script(WATCH_SHIFTS)
    for number in (1, 2):
        stage.lab.submit(ada.account, f"第 {number} 篇")
        wait_until(partial(has_posted, stage, ada, number), 60, "it is online")
    drawn = time.monotonic()
    tab.wait(lambda: time.monotonic() - drawn > REFRESH_SECONDS * 2, "the page has refreshed twice since")
    assert tab.front().execute_script("return window.topnShift") < MOST_SHIFT
