"""Times and priorities on the page Tasks: what a change does is said first, and then it does that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from core.services.bulk_change import BulkAction
from core.settings import get_settings
from core.store.records import TaskView
from core.task_state import TaskStatus
from tests.integration.dashboard.dashboard_world import DashboardWorld, change_many, words_of
from tests.integration.dashboard.test_tasks_page import press


def time_of(task: TaskView) -> datetime | None:
    return wiring.get_task_queries().get(task.id).run_at


def zone() -> ZoneInfo:
    return get_settings().zone


def at_noon(days: int) -> datetime:
    """So many days from now, on the clock of the pages."""
    return (datetime.now(UTC).astimezone(zone()) + timedelta(days=days)).replace(
        hour=12, minute=0, second=0, microsecond=0
    )


def choose(app: AppTest, key: str, moment: datetime) -> AppTest:
    app.date_input(key=f"{key}_day").set_value(moment.date())
    app.time_input(key=f"{key}_at").set_value(moment.time())
    return app.run()


def told(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def test_spread_over_hours_the_first_and_the_last_time_are_said_first(world: DashboardWorld) -> None:
    tasks = [world.submit("ada", f"Article {number}") for number in range(3)]
    first = at_noon(2)
    app = change_many(world.open("tasks"), BulkAction.SET_TIME)
    app.radio(key="bulk_how").set_value(BulkAction.SPREAD).run()
    app.number_input(key="bulk_hours").set_value(4.0)
    choose(app, "bulk", first)
    last = first + timedelta(hours=4)
    assert f"The first goes at {told(first)}, the last at {told(last)}." in words_of(app)
    assert [time_of(task) for task in tasks] == [None] * 3
    press(app, "bulk_confirm")
    assert [time_of(task) for task in tasks] == [first, first + timedelta(hours=2), last]


def test_one_time_for_all_is_said_first(world: DashboardWorld) -> None:
    tasks = [world.submit("ada", f"Article {number}") for number in range(2)]
    app = change_many(world.open("tasks"), BulkAction.SET_TIME)
    assert "They go as soon as it is their turn." in words_of(app)
    app.radio(key="bulk_how").set_value(BulkAction.SET_TIME).run()
    choose(app, "bulk", at_noon(3))
    assert f"All go at {told(at_noon(3))} or later." in words_of(app)
    press(app, "bulk_confirm")
    assert [time_of(task) for task in tasks] == [at_noon(3)] * 2


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (TaskStatus.WAITING, "It waits until {at} and goes when it is its turn then."),
        (TaskStatus.BLOCKED, "It still needs a person. After that it goes at {at} or later."),
        (TaskStatus.FAILED, "It stays failed. Once it is retried, it goes at {at} or later."),
    ],
)
def test_the_time_of_one_article_is_said_first(world: DashboardWorld, status: TaskStatus, words: str) -> None:
    task = world.doubtful("ada") if status is TaskStatus.BLOCKED else world.submit("ada")
    if status is TaskStatus.FAILED:
        held = wiring.get_task_store().take(task.id, worker_id="host:1:test", claimed_ms=1_000)
        assert held is not None
        wiring.get_task_store().fail(held, error_class="Rejected", message="No such column.")
    app = choose(world.open("tasks", query={"task": task.public_id}), f"time_{task.id}", at_noon(2))
    assert words.format(at=told(at_noon(2))) in words_of(app)
    press(app, f"set_time_{task.id}")
    assert time_of(task) == at_noon(2)
    assert f"One day later is {told(at_noon(3))}." in words_of(app.run())
    press(app, f"day_time_{task.id}")
    assert time_of(task) == at_noon(3)


def test_the_priority_of_one_article_is_said_first(world: DashboardWorld) -> None:
    task = world.submit("ada")
    app = world.open("tasks", query={"task": task.public_id})
    assert "Its priority is 5 now. Nothing changes." in words_of(app)
    app.slider(key=f"priority_{task.id}").set_value(8).run()
    assert "From 5 to 8: it goes before articles of its account with less" in words_of(app)
    press(app, f"set_priority_{task.id}")
    assert wiring.get_task_queries().get(task.id).priority == 8


def test_a_retry_before_its_time_tells_that_time(world: DashboardWorld) -> None:
    task = world.submit("ada", run_at=at_noon(2))
    app = world.open("tasks", query={"task": str(task.id)})
    press(app, f"cancel_{task.id}")
    press(app, f"retry_{task.id}")
    assert app.toast[0].value == f"It goes at {at_noon(2):%Y-%m-%d} 12:00."
