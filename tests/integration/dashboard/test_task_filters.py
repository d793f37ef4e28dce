"""The page Tasks narrowed: each filter of the address really leaves out what it should, and its field says it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from core import wiring
from core.services import task_lists
from core.services.csv_import import parse_csv
from core.services.submission import Submission
from core.store import task_pages
from core.store.models import PublishTask
from core.store.records import TaskView
from core.store.task_pages import TaskSort
from dashboard.components import task_table
from tests.integration.dashboard.dashboard_world import COOKIES, DashboardWorld
from tests.integration.dashboard.test_tasks_page import titles


def change(task: TaskView, **columns: Any) -> None:
    """As if it had been so for long."""
    changed = update(PublishTask).where(PublishTask.id == task.id).values(columns)
    wiring.get_database().run_write(lambda connection: connection.execute(changed))


def fail(task: TaskView, error_class: str, message: str) -> None:
    held = wiring.get_task_store().take(task.id, worker_id="host:1:test", claimed_ms=int(time.time() * 1000))
    assert held is not None
    wiring.get_task_store().fail(held, error_class=error_class, message=message)


def of_bob(world: DashboardWorld) -> int:
    world.submit("bob", "Meant")
    return world.users["bob"].id


def of_another_account(world: DashboardWorld) -> int:
    account = wiring.get_account_manager().add("second", COOKIES, actor=world.actor("ada"))
    submission = Submission("second", "Meant", "Text")
    wiring.get_task_manager().submit(submission, actor=world.actor("ada"))
    return account.id


def of_a_batch(world: DashboardWorld) -> int:
    parsed = parse_csv(b"title,content,account\nMeant,Text,main\n", zone=ZoneInfo("UTC"))
    receipt = wiring.get_task_manager().submit_batch(parsed, actor=world.actor("ada"), name="week.csv")
    assert receipt.batch_id is not None
    return receipt.batch_id


def of_a_kind_of_fault(world: DashboardWorld) -> str:
    fail(world.submit("ada", "Other fault"), "BrowserLost", "The browser broke.")
    fail(world.submit("ada", "Meant"), "Rejected", "No such column.")
    return "Rejected"


def of_a_reason(world: DashboardWorld) -> str:
    fail(world.submit("ada", "Other reason"), "Rejected", "Too long.")
    fail(world.submit("ada", "Meant"), "Rejected", "No such 100% column.")
    return "100%"


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("user", of_bob),
        ("account", of_another_account),
        ("batch", of_a_batch),
        ("fault", of_a_kind_of_fault),
        ("reason", of_a_reason),
    ],
)
def test_a_filter_leaves_out_all_others(
    world: DashboardWorld, name: str, make: Callable[[DashboardWorld], int | str]
) -> None:
    world.submit("ada", "Another")
    value = make(world)
    assert set(titles(world.open("tasks", as_="root"))) >= {"Meant", "Another"}
    app = world.open("tasks", as_="root", query={name: str(value)})
    assert titles(app) == ["Meant"]
    widget = app.text_input if name == "reason" else app.selectbox
    assert widget(key=f"tasks_{name}").value == value


def test_a_platform_leaves_out_all_others(world: DashboardWorld) -> None:
    world.submit("ada", "Meant")
    change(world.submit("ada", "Elsewhere"), platform="elsewhere")
    assert titles(world.open("tasks")) == ["Elsewhere", "Meant"]
    assert titles(world.open("tasks", query={"platform": "zhihu"})) == ["Meant"]


@pytest.mark.parametrize(
    ("period", "found"),
    [("today", ["Today"]), ("week", ["Today", "3 days"]), ("month", ["Today", "3 days", "20 days"])],
)
def test_a_period_leaves_out_what_is_older(world: DashboardWorld, period: str, found: list[str]) -> None:
    for days in (40, 20, 3):
        change(world.submit("ada", f"{days} days"), created_at=datetime.now(UTC) - timedelta(days=days))
    world.submit("ada", "Today")
    assert titles(world.open("tasks", query={"period": period})) == found


def test_what_narrows_out_of_sight_is_counted_on_its_button(world: DashboardWorld) -> None:
    world.submit("ada")
    app = world.open("tasks", query={"period": "today", "reason": "column", "text": "seen anyway"})
    labels = [block.proto.popover.label for block in popovers(app.main)]
    assert labels == ["More (2)"]
    next(one for one in app.button if one.label == "Clear all filters").click().run()
    assert [block.proto.popover.label for block in popovers(app.main)] == ["More"]
    assert len(titles(app)) == 1


def popovers(block: Any) -> list[Any]:
    """Of this part of a page."""
    found = [block] if block.type == "popover" else []
    return found + [one for child in getattr(block, "children", {}).values() for one in popovers(child)]


@pytest.mark.parametrize(
    ("sort", "words"),
    [
        (TaskSort.NEWEST, "More than 2 articles. The CSV holds the newest 2."),
        (TaskSort.TITLE, "More than 2 articles. The CSV holds the newest 2. In this order, the newest 2 of them."),
    ],
)
def test_of_very_many_it_is_said_what_is_left_out(
    world: DashboardWorld, monkeypatch: pytest.MonkeyPatch, sort: TaskSort, words: str
) -> None:
    for module in (task_pages, task_lists, task_table):
        monkeypatch.setattr(module, "MOST", 2)
    for number in range(3):
        world.submit("ada", f"Article {number}")
    assert words in [caption.value for caption in world.open("tasks", query={"sort": sort.value}).caption]


def test_a_file_of_everything_says_nothing(world: DashboardWorld) -> None:
    world.submit("ada")
    assert "1 article" in [caption.value for caption in world.open("tasks").caption]
