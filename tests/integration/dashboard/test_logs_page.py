"""The page Logs: what the workers said, for whom it concerns."""

from __future__ import annotations

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of


def log(event: str, task_id: int | None = None, **facts: object) -> None:
    line = {"level": "info", "worker": "host-1:42:aa", "task_id": task_id, "event": event, "facts": {}, **facts}
    wiring.get_log_stream().add([json.dumps(line)])


def lines_of(app: AppTest) -> str:
    """The lines as HTML; empty without any."""
    assert not app.exception
    bodies: list[str] = [element.proto.body for element in app.get("html")]
    return "".join(body for body in bodies if "topn-log" in body)


def shown(app: AppTest) -> list[str]:
    """What happened, line for line."""
    return re.findall("<section>(.*?)<br>", lines_of(app))


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


def test_events_levels_and_reasons_are_told_in_the_language_of_the_visitor(world: DashboardWorld) -> None:
    log("waiting for a service", level="warning", words="Redis cannot be used.", facts={"reason": "Zhihu is busy."})
    log("<b>urllib3</b>: retrying", level="debug", facts={"odd": "x" * 400})
    english, chinese = world.open("logs", as_="root"), world.open("logs", as_="root", language="zh_CN")
    assert shown(english) == ["Redis cannot be used."]
    assert shown(chinese) == ["服务无法连接,发布进程等待中"]
    assert ">Warning</b>" in lines_of(english)
    assert ">警告</b>" in lines_of(chinese)
    assert "原因:知乎繁忙。" in lines_of(chinese)
    assert "as the worker wrote them" in words_of(english)
    everything = lines_of(world.open("logs", as_="root", query={"level": "debug"}))
    assert "&lt;b&gt;urllib3&lt;/b&gt;: retrying" in everything
    assert "<details><summary>odd: xxx" in everything


def test_what_is_looked_for_is_found_in_the_words_that_are_shown(world: DashboardWorld) -> None:
    log("waiting for a service")
    log("the service is back")
    found = world.open("logs", as_="root", language="zh_CN", query={"text": "等待中"})
    assert shown(found) == ["服务无法连接,发布进程等待中"]


def test_an_article_leads_to_its_drawer(world: DashboardWorld) -> None:
    task = world.submit("ada")
    log("settled", task.id, facts={"public_id": task.public_id})
    link = re.compile(rf'<a href="tasks\?task={task.public_id}(&amp;language=[^"]+)?">(.+?) {task.public_id}</a>')
    for language, word in (("en", "Article"), ("zh_CN", "文章")):
        found = link.search(lines_of(world.open("logs", language=language)))
        assert found is not None
        assert found[2] == word


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
