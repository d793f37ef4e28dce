"""Keys for what is done most, from every page."""

from __future__ import annotations

from collections import Counter

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.navigation import PAGES
from dashboard.sidebar import SHORTCUTS
from tests.integration.dashboard.dashboard_world import DashboardWorld

OF_A_PAGE = {"tasks": ["alt+x"], "publish": ["ctrl+shift+enter"]}


@pytest.mark.parametrize(
    ("key", "title", "filters"),
    [("go_publish_0", "Publish", {}), ("go_tasks_0", "Tasks", {}), ("go_tasks_1", "Tasks", {"status": "blocked"})],
)
def test_a_key_opens_a_page(world: DashboardWorld, key: str, title: str, filters: dict[str, str]) -> None:
    app = world.open("workers")
    app.button(key=key).click().run()
    assert not app.exception
    assert app.title[0].value == title
    assert {name: app.query_params[name] for name in filters} == {name: filters[name] for name in filters}


@pytest.mark.parametrize("page", [entry.file for entry in PAGES])
def test_each_key_of_a_page_does_one_thing(world: DashboardWorld, page: str) -> None:
    """With an article open as well and the list narrowed, where there can be one."""
    task = world.submit("ada")
    query = {"task": task.public_id, "status": "waiting"} if page == "tasks" else None
    keys = keys_of(world.open(page, as_="root", query=query))
    assert [key for key, number in Counter(keys).items() if number > 1] == []
    everywhere = [key.lower() for *_what, key in SHORTCUTS]
    assert sorted(keys) == sorted(everywhere + OF_A_PAGE.get(page, []))


def keys_of(app: AppTest) -> list[str]:
    """Those of all buttons that are drawn."""
    return [button.proto.shortcut.lower() for button in app.button if button.proto.shortcut]
