"""The page Logs: what the workers said, for whom it concerns."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of


def log(event: str, task_id: int | None = None, **facts: object) -> None:
    line = {"level": "info", "worker": "host-1:42:aa", "task_id": task_id, "event": event, "facts": {}, **facts}
    wiring.get_log_stream().add([json.dumps(line)])


def shown(app: AppTest) -> list[str]:
    assert not app.exception
    return list(app.dataframe[0].value["event"]) if len(app.dataframe) else []


@pytest.mark.parametrize(("language", "words"), [("en", "Lines appear here"), ("zh_CN", "没有符合条件的日志")])
def test_nothing_was_logged_yet(world: DashboardWorld, language: str, words: str) -> None:
    assert words in words_of(world.open("logs", language=language))


@pytest.mark.parametrize(
    ("who", "events"), [("root", ["of nobody", "of bob", "of ada"]), ("ada", ["of ada"]), ("bob", ["of bob"])]
)
def test_who_sees_which_lines(world: DashboardWorld, who: str, events: list[str]) -> None:
    for name in ("ada", "bob"):
        log(f"of {name}", world.submit(name).id)
    log("of nobody")
    assert shown(world.open("logs", as_=who)) == events


def test_filters_stand_in_the_address(world: DashboardWorld) -> None:
    task = world.submit("ada")
    log("the right one", task.id, level="warning", words="It took too long.", facts={"public_id": task.public_id})
    log("another", task.id)
    query = {"article": task.public_id, "level": "warning", "worker": "host-1", "text": "TOO long"}
    app = world.open("logs", query=query)
    assert shown(app) == ["It took too long."]
    app.text_input(key="logs_text").set_value("nowhere").run()
    assert shown(app) == []
    assert app.query_params["text"] == "nowhere"


def test_anothers_article_reads_like_none_and_asks_nothing_more(world: DashboardWorld) -> None:
    task = world.submit("bob")
    log("of bob", task.id)
    app = world.open("logs", as_="ada", query={"article": task.public_id})
    assert shown(app) == []
    assert "There is no such article" in words_of(app)


def test_older_and_back(world: DashboardWorld) -> None:
    for number in range(130):
        log(f"line {number}")
    app = world.open("logs", as_="root")
    assert shown(app)[0] == "line 129"
    app.button(key="logs_older").click().run()
    assert shown(app) == [f"line {number}" for number in reversed(range(30))]
    app.button(key="logs_newest").click().run()
    assert shown(app)[0] == "line 129"


def test_who_does_not_follow_keeps_what_is_there(world: DashboardWorld) -> None:
    log("first")
    app = world.open("logs", as_="root")
    app.toggle(key="logs_follows").set_value(False).run()
    log("second")
    world.forget_caches()
    assert shown(app.run()) == ["first"]
    app.toggle(key="logs_follows").set_value(True).run()
    assert shown(app) == ["second", "first"]
