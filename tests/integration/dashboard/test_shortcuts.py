"""Keys for what is done most, from every page."""

from __future__ import annotations

import pytest

from dashboard.sidebar import SHORTCUTS
from tests.integration.dashboard.dashboard_world import DashboardWorld


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


def test_each_key_does_one_thing() -> None:
    keys = [key for *_what, key in SHORTCUTS]
    assert len(keys) == len(set(keys))
