"""The table of articles in a browser: rows are ticked while the list moves on, and the pages keep their places."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.task_state import TaskStatus
from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.stage import Stage
from tests.e2e.dashboard.task_rows import rows_of, tick

pytestmark = [pytest.mark.browser, pytest.mark.slow]


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
