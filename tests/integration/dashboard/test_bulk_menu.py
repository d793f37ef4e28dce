"""The menu of the page Tasks: it says what it concerns, asks for that and nothing else, and asks once."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from core.services import task_lists
from core.services.bulk_change import BulkAction
from core.store import task_pages
from dashboard.components import bulk_menu, task_table
from dashboard.components.bulk_actions import ASKED_KEY, BUTTONS
from dashboard.components.task_table import LISTED_KEY
from tests.integration.dashboard.dashboard_world import DashboardWorld, change_many, menu_label, words_of
from tests.integration.dashboard.test_tasks_page import press, tick


def ticked(app: AppTest, *rows: int) -> AppTest:
    return tick(app, app.session_state[LISTED_KEY], *rows)


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        (
            "en",
            [
                "Nothing to change",
                "Change the only one of this filter",
                "Change all 2 of this filter",
                "Change the ticked one",
                "Change the 2 ticked",
            ],
        ),
        (
            "zh_CN",
            [
                "没有可操作的文章",
                "操作当前筛选的唯一一篇",
                "操作当前筛选的全部 2 篇",
                "操作已勾选的 1 篇",
                "操作已勾选的 2 篇",
            ],
        ),
    ],
)
def test_its_label_says_what_it_concerns(world: DashboardWorld, language: str, labels: list[str]) -> None:
    said = []
    for _number in range(3):
        app = world.open("tasks", language=language)
        said.append(menu_label(app))
        listed = app.session_state[LISTED_KEY]
        world.submit("ada")
        world.forget_caches()
    for rows in ([1], [0, 1]):
        state = {LISTED_KEY: listed, listed.key: {"selection": {"rows": rows, "columns": [], "cells": []}}}
        said.append(menu_label(world.open("tasks", language=language, state=state)))
    assert said == labels


def test_more_than_can_be_counted_is_said(world: DashboardWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(3):
        world.submit("ada")
    for module in (task_pages, task_lists, task_table, bulk_menu):
        monkeypatch.setattr(module, "MOST", 2)
    assert menu_label(world.open("tasks")) == "Change all 2+ of this filter"


def test_it_offers_every_action_and_nothing_while_there_is_nothing(world: DashboardWorld) -> None:
    assert world.open("tasks").menu_button[0].proto.disabled
    world.submit("ada")
    world.forget_caches()
    menu = world.open("tasks").menu_button[0]
    assert not menu.proto.disabled
    assert menu.options == [f"{icon} {label}" for label, icon in BUTTONS.values()]


@pytest.mark.parametrize("action", list(BUTTONS))
def test_what_is_chosen_is_asked(world: DashboardWorld, action: BulkAction) -> None:
    task = world.submit("ada")
    app = change_many(world.open("tasks"), action)
    assert "Nothing is ticked: the only article of this filter." in words_of(app)
    assert app.button(key="bulk_confirm")
    assert wiring.get_task_queries().get(task.id) == task


def test_it_is_asked_once(world: DashboardWorld) -> None:
    world.submit("ada")
    app = change_many(world.open("tasks"), BulkAction.CANCEL)
    press(app, "bulk_confirm")
    press(app, "bulk_close")
    app.run()
    assert ASKED_KEY not in app.session_state
    assert not [button for button in app.button if button.key == "bulk_confirm"]


def test_what_is_chosen_as_a_row_is_ticked_is_asked_for_what_the_menu_said(world: DashboardWorld) -> None:
    """Both reach the page together, as it was busy: the menu still said that all are concerned."""
    for number in range(3):
        world.submit("ada", f"Article {number}")
    app = world.open("tasks")
    app.menu_button[0].set_value(BulkAction.CANCEL)
    ticked(app, 0)
    assert "Nothing is ticked: all 3 articles of this filter." in words_of(app)
    assert menu_label(app) == "Change the ticked one"


def test_only_what_it_concerns_makes_it_another_menu(world: DashboardWorld) -> None:
    """One that is open closes with a tick, and stays open while mere numbers move on."""
    world.submit("ada")
    app = world.open("tasks")
    before = app.menu_button[0].id
    world.submit("ada")
    world.forget_caches()
    app.run()
    assert menu_label(app) == "Change all 2 of this filter"
    assert app.menu_button[0].id == before
    ticked(app, 0)
    assert app.menu_button[0].id != before
