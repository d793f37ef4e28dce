"""The table of articles in a browser: rows are ticked while the list moves on, and the pages keep their places."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from selenium.webdriver.common.keys import Keys

from core.task_state import TaskStatus
from dashboard.visitor import REFRESH_SECONDS
from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.pages import drawer_of
from tests.e2e.dashboard.stage import Person, Stage
from tests.e2e.dashboard.task_rows import rows_of, tick
from tests.servers.local_process import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST_SHIFT = 0.02
"""Of a whole visit: a fifth of what the field calls good."""
WATCH_SHIFTS = """
window.topnShift = 0;
new PerformanceObserver(list => list.getEntries().forEach(one => { window.topnShift += one.value; }))
  .observe({ type: 'layout-shift' });
"""

CHOOSE_WITH_A_REFRESH = """
const [words, done] = arguments, app = document.querySelector('[data-testid=stApp]');
new MutationObserver((_changes, watch) => {
  if (app.getAttribute('data-test-script-state') !== 'running') return;
  watch.disconnect();
  [...document.querySelectorAll('[role=menuitem]')].find(one => one.querySelector('p').textContent === words).click();
  done(true);
}).observe(app, { attributes: true });
"""
"""In the menu that is open."""
POINTERS = """
return [...document.querySelectorAll('[data-testid=stMarkdownContainer] a[href^=http]')]
  .map(link => getComputedStyle(link).pointerEvents);
"""
TOP_OF_TABLE = "return document.querySelector('[data-testid=stDataFrame]').getBoundingClientRect().top"
TOP_OF_SEARCH = (
    "return document.querySelector('[data-testid=stDataFrame] [data-testid=stElementToolbar]')"
    ".getBoundingClientRect().top"
)


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
    tab.sees("Change the ticked one")
    tab.wait(lambda: len(rows_of(tab)) == 3, "the rows stay while one is ticked")
    tasks["戊"] = stage.lab.submit(ada.account, "戊", run_at=tomorrow, is_pushed=False)
    tick(tab, "甲")
    tab.choose_in_menu("Change the 2 ticked", "Cancel")
    tab.sees("These 2 articles:", "· 甲", "· 乙")
    tab.press("Cancel 2 articles")
    tab.sees("2 articles were changed.")
    cancelled = {title for title, task in tasks.items() if stage.lab.status(task) is TaskStatus.CANCELLED}
    assert cancelled == {"甲", "乙"}


def test_a_choice_of_the_menu_that_comes_with_a_refresh_is_asked(stage: Stage, visitor: Visitor) -> None:
    """The menu is open while the page refreshes; then it is pressed just as another refresh has begun."""
    ada = stage.person("ada")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    task = stage.lab.submit(ada.account, "甲", run_at=tomorrow, is_pushed=False)
    tab = visitor("/tasks", ada.name)
    tab.press("Change the only one of this filter")
    stage.lab.submit(ada.account, "乙", run_at=tomorrow, is_pushed=False)
    tab.sees("Change all 2 of this filter")
    assert tab.front().execute_async_script(CHOOSE_WITH_A_REFRESH, "Cancel")
    tab.sees("Nothing is ticked: all 2 articles of this filter.")
    assert stage.lab.status(task) is TaskStatus.WAITING
    tab.front().switch_to.active_element.send_keys(Keys.ESCAPE)
    tab.sees_no("Nothing is ticked")
    left = time.monotonic()
    tab.wait(lambda: time.monotonic() - left > REFRESH_SECONDS * 2, "the page has refreshed since")
    assert "Nothing is ticked" not in tab.text()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_tick_moves_nothing(stage: Stage, visitor: Visitor, width: int) -> None:
    ada = stage.person("ada")
    for title in ("甲", "乙"):
        stage.lab.submit(ada.account, title, run_at=datetime.now(UTC) + timedelta(days=1), is_pushed=False)
    tab = visitor("/tasks", ada.name)
    tab.command("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    tab.wait(lambda: len(rows_of(tab)) == 2, "the rows are drawn")
    tab.settle()
    before = tab.front().execute_script(TOP_OF_TABLE)
    tick(tab, "甲")
    tab.sees("Change the ticked one")
    tab.settle()
    assert tab.front().execute_script(TOP_OF_TABLE) == before


def test_the_search_of_a_table_lies_over_nothing_above_it(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    stage.lab.submit(ada.account, "甲", run_at=datetime.now(UTC) + timedelta(days=1), is_pushed=False)
    tab = visitor("/tasks", ada.name)
    tab.wait(lambda: len(rows_of(tab)) == 1, "the row is drawn")
    assert tab.front().execute_script(TOP_OF_SEARCH) >= tab.front().execute_script(TOP_OF_TABLE)


def has_posted(stage: Stage, person: Person, number: int) -> bool:
    return len(stage.posts_of(person)) == number


@pytest.mark.parametrize("page", ["/", "/tasks", "/queue"])
def test_nothing_moves_as_articles_come_and_go(stage: Stage, visitor: Visitor, page: str) -> None:
    ada = stage.person("ada")
    tab = visitor(page, ada.name)
    tab.settle()
    tab.front().execute_script(WATCH_SHIFTS)
    for number in (1, 2):
        stage.lab.submit(ada.account, f"第 {number} 篇")
        wait_until(partial(has_posted, stage, ada, number), 60, "it is online")
    drawn = time.monotonic()
    tab.wait(lambda: time.monotonic() - drawn > REFRESH_SECONDS * 2, "the page has refreshed twice since")
    assert tab.front().execute_script("return window.topnShift") < MOST_SHIFT


def test_an_address_in_a_reason_is_no_link(stage: Stage, visitor: Visitor) -> None:
    """In Chinese it would take in all that stands behind it."""
    ada = stage.person("ada")
    task = stage.lab.submit(ada.account, "甲", is_pushed=False)
    held = stage.lab.store.take(task.id, worker_id="host:1:a", claimed_ms=int(time.time() * 1000))
    assert held is not None
    reason = "https://example.com/p/1 did not open in time."
    stage.lab.store.fail(held, error_class="RetryLater", message=reason)
    tab = visitor(drawer_of(task), ada.name)
    tab.sees(f"Failed: {reason}")
    tab.wait(lambda: bool(tab.front().execute_script(POINTERS)), "the address is drawn as one")
    assert set(tab.front().execute_script(POINTERS)) == {"none"}
