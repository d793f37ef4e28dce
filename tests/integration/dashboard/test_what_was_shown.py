"""What is pressed does what was shown, once, also when something changed meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core import wiring
from core.lane import UserLimits
from core.services.bulk_change import BulkAction
from core.store.records import Actor, Role, TaskView
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of


def now_of(task: TaskView) -> TaskView:
    return wiring.get_task_queries().get(task.id)


def test_a_number_that_came_with_the_click_moves_nothing_by_the_old_one(world: DashboardWorld) -> None:
    task = world.submit("ada")
    app = world.open("tasks")
    app.button(key="bulk_set_time").click().run()
    app.radio(key="bulk_how").set_value(BulkAction.SHIFT).run()
    app.number_input(key="bulk_days").set_value(7)
    app.button(key="bulk_confirm").click().run()
    assert not app.exception
    assert now_of(task).run_at is None
    assert "nothing was done" in words_of(app)
    app.button(key="bulk_confirm").click().run()
    moved = now_of(task).run_at
    assert moved is not None
    assert moved - datetime.now(UTC) > timedelta(days=6)


def test_a_priority_that_came_with_the_click_changes_nothing_to_the_old_one(world: DashboardWorld) -> None:
    task = world.submit("ada", priority=1)
    app = world.open("tasks")
    app.button(key="bulk_priority").click().run()
    app.slider(key="bulk_new_priority").set_value(9)
    app.button(key="bulk_confirm").click().run()
    assert now_of(task).priority == 1
    app.button(key="bulk_confirm").click().run()
    assert now_of(task).priority == 9
