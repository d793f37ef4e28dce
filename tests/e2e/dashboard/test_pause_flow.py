"""Holding back on the page Queue: what waits says who did it and since when, nothing of it starts, and it goes on."""

from __future__ import annotations

import re

import pytest

from core.store.records import TaskView
from core.task_state import TaskStatus
from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.pages import drawer_of
from tests.e2e.dashboard.stage import ADMIN, Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def is_untouched(stage: Stage, task: TaskView) -> bool:
    """No worker has ever taken it."""
    row = stage.lab.queries.get(task.id)
    return (row.status, row.attempt, row.started_at) == (TaskStatus.WAITING, 0, None)


def test_everything_and_one_account_are_paused_and_let_go_on(stage: Stage, visitor: Visitor) -> None:
    ada, bob = stage.person("ada"), stage.person("bob")
    queue = visitor("/queue")
    queue.unfold("Pause something")
    queue.choose("pause_scope", "An account")
    queue.choose("pause_key_account", f"main · {ada.name}")
    queue.press("Pause")
    queue.sees(f"main · {ada.name} · paused by {ADMIN} since")
    queue.choose("pause_scope", "Everything")
    queue.fill("pause_reason", "搬家")
    queue.press("Pause")
    queue.sees(f"Everything · paused by {ADMIN} since", "搬家")

    of_ada, of_bob = stage.lab.submit(ada.account, "甲"), stage.lab.submit(bob.account, "乙")
    drawer = visitor(drawer_of(of_ada), ada.name)
    drawer.sees(f"Paused (by {ADMIN}, ", "To let it go on, lift the pause on the page Queue.")
    assert re.search(rf"Paused \(by {ADMIN}, \d\d:\d\d:\d\d\)", drawer.text())
    assert stage.lab.queue.claim() is None  # as every worker is told
    assert is_untouched(stage, of_ada)
    assert is_untouched(stage, of_bob)

    queue.press("Let it go on")  # what was paused last
    queue.sees_no("Everything · paused")
    assert stage.lab.wait_for(of_bob, TaskStatus.PUBLISHED).attempt == 1
    queue.sees("This account is paused")
    assert is_untouched(stage, of_ada)
    drawer.sees(f"Paused (by {ADMIN}, ")

    queue.press("Let it go on")
    queue.sees("Nothing is paused.")
    drawer.sees("Open the article", timeout=60)
    assert (stage.posts_of(ada), stage.posts_of(bob)) == (["甲"], ["乙"])
