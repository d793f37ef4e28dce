"""The page Tasks: what it lists for whom, filters in the address, one article and many changed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from core.services.bulk_change import BulkAction, BulkChange, Effect
from core.services.local_clock import in_zone
from core.services.say import in_english
from core.settings import get_settings
from core.store.records import TaskView
from core.store.task_filter import TaskFilter
from core.task_state import TaskStatus
from dashboard.components.bulk_actions import BUTTONS
from dashboard.components.listed_rows import ListedRows
from dashboard.components.row_buttons import ICON, pressed_key
from dashboard.components.task_table import LISTED_KEY
from dashboard.task_export import export_csv
from dashboard.text import duration
from tests.integration.dashboard.dashboard_world import DashboardWorld, change_many, menu_label, words_of


def titles(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["title"])


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def status_of(task: TaskView) -> TaskStatus:
    return wiring.get_task_queries().get(task.id).status


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_an_operator_sees_its_own_and_an_administrator_all(world: DashboardWorld, language: str) -> None:
    world.submit("ada", "Of ada")
    world.submit("bob", "Of bob")
    assert titles(world.open("tasks", as_="ada", language=language)) == ["Of ada"]
    assert titles(world.open("tasks", as_="root", language=language)) == ["Of bob", "Of ada"]


def test_nothing_yet_says_what_to_do(world: DashboardWorld) -> None:
    assert "Hand in the first one" in words_of(world.open("tasks"))


def test_filters_come_from_the_address_and_go_there(world: DashboardWorld) -> None:
    world.submit("ada", "First")
    cancelled = world.submit("ada", "Second")
    wiring.get_task_manager().cancel(cancelled.id, actor=world.actor("ada"))
    app = world.open("tasks", query={"status": "cancelled"})
    assert titles(app) == ["Second"]
    app.multiselect(key="tasks_status").set_value([TaskStatus.WAITING]).run()
    assert titles(app) == ["First"]
    assert app.query_params["status"] == "waiting"
    app.text_input(key="tasks_text").set_value("nowhere").run()
    assert "Take a filter away" in words_of(app)
    assert app.query_params["text"] == "nowhere"


def test_days_come_from_the_address_and_bound_the_list_and_the_file(world: DashboardWorld) -> None:
    """The last day is meant whole, in the visitor's zone."""
    task = world.submit("ada", "On this day")
    day = in_zone(task.created_at, get_settings().zone).date()
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    app = world.open("tasks", query={"from": day.isoformat(), "to": day.isoformat()})
    assert titles(app) == ["On this day"]
    assert app.date_input(key="tasks_to").value == day
    for query in ({"to": before.isoformat()}, {"from": after.isoformat()}):
        assert "Take a filter away" in words_of(world.open("tasks", query=query))
    app.date_input(key="tasks_from").set_value(after).run()
    assert app.query_params["from"] == after.isoformat()
    wrong = world.open("tasks", query={"from": "yesterday", "to": "9999-12-31"})
    assert titles(wrong) == ["On this day"]
    wanted = TaskFilter(created_before=task.created_at)
    file = export_csv(wanted, world.actor("ada"), in_english, ZoneInfo("UTC"))
    assert "On this day" not in file.decode()


def test_what_the_state_says_is_not_said_again(world: DashboardWorld) -> None:
    task = world.submit("ada")
    wiring.get_task_manager().cancel(task.id, actor=world.actor("ada"))
    table = world.open("tasks").dataframe[0].value
    assert list(table["status"][0]) == ["Cancelled"]
    assert table["state"][0] == ""
    assert table["progress"][0] is None or table["progress"].isna()[0]


def test_another_users_filter_shows_nothing_of_his(world: DashboardWorld) -> None:
    task = world.submit("bob", "Secret")
    app = world.open("tasks", query={"user": str(world.users["bob"].id), "task": str(task.id)})
    assert "Secret" not in words_of(app)
    assert not app.exception


@pytest.mark.parametrize(("language", "words"), [("en", "What happened"), ("zh_CN", "经过")])
def test_the_drawer_tells_everything(world: DashboardWorld, language: str, words: str) -> None:
    task = world.submit("ada", "An *odd* title")
    app = world.open("tasks", language=language, query={"task": str(task.id)})
    assert words in words_of(app)
    assert app.subheader[0].value == r"An \*odd\* title"


@pytest.mark.parametrize(
    ("who", "words"),
    [("ada", "An administrator has to start the publishing service."), ("root", "Start the publishing service.")],
)
def test_the_drawer_tells_each_what_it_can_do_itself(world: DashboardWorld, who: str, words: str) -> None:
    task = world.submit("ada")
    told = words_of(world.open("tasks", as_=who, query={"task": task.public_id}))
    assert words in told


def test_one_article_is_cancelled_and_retried(world: DashboardWorld) -> None:
    task = world.submit("ada")
    app = world.open("tasks", query={"task": str(task.id)})
    press(app, f"cancel_{task.id}")
    assert status_of(task) is TaskStatus.CANCELLED
    press(app, f"retry_{task.id}")
    assert status_of(task) is TaskStatus.WAITING


def test_many_are_cancelled_only_after_the_question(world: DashboardWorld) -> None:
    tasks = [world.submit("ada", f"Article {number}") for number in range(3)]
    other = world.submit("bob")
    app = change_many(world.open("tasks"), BulkAction.CANCEL)
    assert "Nothing is ticked: all 3 articles of this filter." in words_of(app)
    assert {status_of(task) for task in tasks} == {TaskStatus.WAITING}
    press(app, "bulk_confirm")
    assert "3 articles were changed" in words_of(app)
    assert {status_of(task) for task in tasks} == {TaskStatus.CANCELLED}
    assert status_of(other) is TaskStatus.WAITING


def test_priority_of_many(world: DashboardWorld) -> None:
    task = world.submit("ada")
    app = change_many(world.open("tasks"), BulkAction.PRIORITY)
    app.slider(key="bulk_new_priority").set_value(9).run()
    press(app, "bulk_confirm")
    assert wiring.get_task_queries().get(task.id).priority == 9


@pytest.mark.parametrize(("how", "waits_for"), [("shift", True), ("spread", True), ("set_time", True), (None, False)])
def test_time_of_many(world: DashboardWorld, how: str | None, waits_for: bool) -> None:
    task = world.submit("ada")
    app = change_many(world.open("tasks"), BulkAction.SET_TIME)
    app.radio(key="bulk_how").set_value(None if how is None else BulkAction(how)).run()
    press(app, "bulk_confirm")
    assert "1 article was changed" in words_of(app)
    assert (wiring.get_task_queries().get(task.id).run_at is not None) is waits_for


def test_a_time_at_the_end_of_the_calendar_darkens_no_list(world: DashboardWorld) -> None:
    odd = world.submit("ada", "Odd")
    world.submit("ada", "Plain")
    wiring.get_task_store().reschedule(odd.id, datetime.max.replace(microsecond=0, tzinfo=UTC))
    app = world.open("tasks", query={"task": str(odd.id)})
    assert not app.exception
    assert titles(app) == ["Plain", "Odd"]
    assert "Scheduled for 9999" in words_of(app)


def test_a_doubtful_article_is_answered(world: DashboardWorld) -> None:
    task = world.doubtful("ada")
    app = world.open("tasks", query={"task": str(task.id)})
    assert "Look on Zhihu" in words_of(app)
    press(app, f"review_online_{task.id}")
    assert "is not the address of an article" in words_of(app)
    app.text_input(key=f"review_link_{task.id}").set_value("https://zhuanlan.zhihu.com/p/123").run()
    press(app, f"review_online_{task.id}")
    assert status_of(task) is TaskStatus.PUBLISHED


def test_a_time_that_could_not_be_changed_is_not_told_as_changed(world: DashboardWorld) -> None:
    task = world.submit("ada")
    app = world.open("tasks", query={"task": str(task.id)})
    wiring.get_task_store().cancel(task.id)
    press(app, f"day_time_{task.id}")
    assert "It stays as it is: its state does not allow it." in words_of(app)
    assert "It goes as soon as it is its turn." not in words_of(app)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "It may be online; it is given up."), ("zh_CN", "可能在线,将放弃")]
)
def test_cancelling_what_may_be_online_says_so(world: DashboardWorld, language: str, words: str) -> None:
    task = world.doubtful("ada")
    app = world.open("tasks", language=language, query={"task": str(task.id)})
    assert words in words_of(app)
    plan = wiring.get_bulk_manager().plan(BulkChange(BulkAction.CANCEL), [task.id], actor=world.actor("ada"))
    assert plan.effects == {Effect.GIVEN_UP: 1}


@pytest.mark.parametrize(("action", "label"), [(BulkAction.CANCEL, "Cancel 1 article"), (BulkAction.RETRY, "Retry")])
def test_the_button_of_a_row_asks_first_and_names_the_article(
    world: DashboardWorld, action: BulkAction, label: str
) -> None:
    """A button of a table cannot be pressed here: what its callback leaves behind."""
    first, second = world.submit("ada", "1. First *and* last"), world.submit("ada", "Second")
    if action is BulkAction.RETRY:
        wiring.get_task_manager().cancel(first.id, actor=world.actor("ada"))
    before = status_of(first)
    assert list(world.open("tasks").dataframe[0].value["act"]) == [BUTTONS[BulkAction.CANCEL][1], BUTTONS[action][1]]
    app = world.open("tasks", state={pressed_key("tasks", "acted"): (str(first.id), BUTTONS[action][1])})
    assert "This article:" in words_of(app)
    assert [text.value for text in app.text] == ["· 1. First *and* last"]
    assert app.button(key="bulk_confirm").label.startswith(label)
    assert status_of(first) is before
    press(app, "bulk_confirm")
    assert status_of(first) is not before
    assert status_of(second) is TaskStatus.WAITING


def tick(app: AppTest, listed: ListedRows, *rows: int) -> AppTest:
    """What a browser tells of a table, whose rows cannot be ticked here."""
    app.session_state[listed.key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return app.run()


def test_what_is_ticked_stays_ticked_when_another_arrives(world: DashboardWorld) -> None:
    tasks = [world.submit("ada", f"Article {number}") for number in range(3)]
    app = world.open("tasks")
    tick(app, app.session_state[LISTED_KEY], 0, 2)
    assert menu_label(app) == "Change the 2 ticked"
    world.submit("ada", "New on top")
    world.forget_caches()
    change_many(app, BulkAction.CANCEL)
    assert titles(app) == ["Article 2", "Article 1", "Article 0"]
    assert app.text[0].value == "· Article 2\n· Article 0"
    press(app, "bulk_confirm")
    assert [status_of(task) for task in tasks] == [TaskStatus.CANCELLED, TaskStatus.WAITING, TaskStatus.CANCELLED]


def test_a_tick_in_an_older_list_ticks_no_neighbour(world: DashboardWorld) -> None:
    world.submit("ada", "Meant")
    app = world.open("tasks")
    older = app.session_state[LISTED_KEY]
    world.submit("ada", "New on top")
    world.forget_caches()
    app.run()
    tick(app, older, 0)
    assert titles(app) == ["New on top", "Meant"]
    assert menu_label(app) == "Change all 2 of this filter"


def test_of_many_the_first_ten_are_named(world: DashboardWorld) -> None:
    for number in range(12):
        world.submit("ada", f"Article {number}")
    app = change_many(world.open("tasks"), BulkAction.CANCEL)
    assert app.text[0].value.splitlines() == [f"· Article {number}" for number in range(11, 1, -1)] + ["and 2 more"]


def test_the_file_is_safe_to_open_and_holds_only_ones_own(world: DashboardWorld) -> None:
    world.submit("ada", "=HYPERLINK(1)")
    world.submit("bob", "Secret")
    data = export_csv(TaskFilter(), world.actor("ada"), in_english, ZoneInfo("Asia/Shanghai"))
    assert data.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    assert (row["Title"], row["State"], row["User"]) == ("'=HYPERLINK(1)", "Waiting", "ada")


def test_the_article_whose_button_was_pressed_is_opened(world: DashboardWorld) -> None:
    """A button of a table cannot be pressed here: what its callback leaves behind."""
    first = world.submit("ada", "First")
    world.submit("ada", "Second")
    app = world.open("tasks", state={pressed_key("tasks", "opened"): (str(first.id), ICON)})
    assert app.query_params["task"] == str(first.id)
    assert app.subheader[0].value == "First"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.44, "0.4 s"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (273_600, "3 d 4 h")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(timedelta(seconds=seconds)) == words
