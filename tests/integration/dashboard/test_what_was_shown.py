"""What is pressed does what was shown, once, also when something changed meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core import wiring
from core.lane import UserLimits
from core.services.bulk_change import BulkAction
from core.store.records import Actor, Role, TaskView
from tests.integration.dashboard.dashboard_world import DashboardWorld, change_many, words_of


def now_of(task: TaskView) -> TaskView:
    return wiring.get_task_queries().get(task.id)


def test_a_number_that_came_with_the_click_moves_nothing_by_the_old_one(world: DashboardWorld) -> None:
    task = world.submit("ada")
    app = world.open("tasks")
    change_many(app, BulkAction.SET_TIME)
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
    change_many(app, BulkAction.PRIORITY)
    app.slider(key="bulk_new_priority").set_value(9)
    app.button(key="bulk_confirm").click().run()
    assert now_of(task).priority == 1
    app.button(key="bulk_confirm").click().run()
    assert now_of(task).priority == 9


def test_one_day_later_pressed_twice_is_one_day(world: DashboardWorld) -> None:
    task = world.submit("ada")
    app = world.open("tasks", query={"task": str(task.id)})
    later = app.button(key=f"day_time_{task.id}")
    later.click().run()
    moved = now_of(task).run_at
    assert moved is not None
    # The same button as it was drawn before the first click.
    wiring.get_task_manager().reschedule(task.id, moved + timedelta(hours=1), actor=world.actor("ada"))
    app.button(key=f"day_time_{task.id}").click().run()
    assert not app.exception
    assert now_of(task).run_at == moved + timedelta(hours=1)
    app.button(key=f"day_time_{task.id}").click().run()
    assert now_of(task).run_at == moved + timedelta(hours=25)


def test_the_drawer_shows_what_somebody_else_has_set(world: DashboardWorld) -> None:
    task = world.submit("ada")
    app = world.open("tasks", query={"task": str(task.id)})
    assert app.slider(key=f"priority_{task.id}").value == 5
    wiring.get_task_manager().reprioritise(task.id, 8, actor=world.actor("root"))
    at = (datetime.now(UTC) + timedelta(days=9)).replace(minute=5, second=0, microsecond=0)
    wiring.get_task_manager().reschedule(task.id, at, actor=world.actor("root"))
    app.run()
    assert app.slider(key=f"priority_{task.id}").value == 8
    assert f"{app.time_input(key=f'time_{task.id}_at').value:%M}" == "05"


def test_a_role_that_somebody_else_has_given_is_shown(world: DashboardWorld) -> None:
    ada = world.users["ada"]
    app = world.open("users", as_="root")
    assert app.selectbox(key=f"role_{ada.id}").value is Role.OPERATOR
    wiring.get_user_manager().set_role(ada.id, Role.ADMIN, actor=Actor.system())
    assert app.run().selectbox(key=f"role_{ada.id}").value is Role.ADMIN
    app.selectbox(key=f"role_{ada.id}").set_value(Role.OPERATOR).run()
    assert not app.exception
    assert wiring.get_user_manager().by_name("ada", actor=Actor.system()).role is Role.OPERATOR
    assert app.run().selectbox(key=f"role_{ada.id}").value is Role.OPERATOR


def test_a_limit_that_somebody_else_has_set_is_not_overwritten(world: DashboardWorld) -> None:
    ada, manager = world.users["ada"], wiring.get_limit_manager()
    app = world.open("limits", as_="root")
    app.selectbox(key="limits_user").set_value(ada.id).run()
    manager.set(UserLimits(ada.id, max_starts=7), actor=Actor.system())
    app.number_input(key=f"limits_running_{ada.id}").set_value(2)
    next(one for one in app.button if one.label == "Save").click().run()
    assert manager.show(ada.id, actor=Actor.system()).overrides == UserLimits(ada.id, max_starts=7)
    assert "changed meanwhile" in words_of(app)
    assert app.number_input(key=f"limits_starts_{ada.id}").value == 7
    app.number_input(key=f"limits_running_{ada.id}").set_value(2)
    next(one for one in app.button if one.label == "Save").click().run()
    assert manager.show(ada.id, actor=Actor.system()).overrides == UserLimits(ada.id, 2, 7)


def test_a_limit_that_is_stored_already_is_saved(world: DashboardWorld) -> None:
    """As by the first of two quick clicks: nobody else has changed anything."""
    ada, manager = world.users["ada"], wiring.get_limit_manager()
    app = world.open("limits", as_="root")
    app.selectbox(key="limits_user").set_value(ada.id).run()
    app.number_input(key=f"limits_running_{ada.id}").set_value(2)
    manager.set(UserLimits(ada.id, 2), actor=world.actor("root"))
    next(one for one in app.button if one.label == "Save").click().run()
    assert "Saved" in words_of(app)
    assert "changed meanwhile" not in words_of(app)
