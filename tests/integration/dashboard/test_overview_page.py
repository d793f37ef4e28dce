"""The page Overview: what needs a person first, and nothing of what others do."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from core import wiring
from core.lane import PauseScope
from core.store.models import PublishTask
from core.store.records import Role
from core.task_state import BlockReason
from dashboard.components.overview_lists import SHOWN, SHOWN_ENDED, SHOWN_OF_EACH
from dashboard.components.row_buttons import ICON, pressed_key
from tests.integration.dashboard.dashboard_world import COOKIES, DashboardWorld, Draft, figures_of, words_of


def fail(world: DashboardWorld, name: str, message: str) -> None:
    held = wiring.get_task_store().take(
        world.submit(name).id, worker_id="host:1:test", claimed_ms=int(time.time() * 1000)
    )
    assert held is not None
    wiring.get_task_store().fail(held, error_class="Rejected", message=message)


@pytest.mark.parametrize(
    ("language", "down", "first"),
    [("en", "Publishing service is down", "Hand in an article"), ("zh_CN", "发布服务未运行", "提交文章")],
)
@pytest.mark.parametrize("who", ["root", "ada"])
def test_nothing_was_done_yet(world: DashboardWorld, who: str, language: str, down: str, first: str) -> None:
    app = world.open(as_=who, language=language)
    assert not app.exception
    assert down in words_of(app)
    assert first in words_of(app)


def test_who_has_no_account_is_told_to_add_one(world: DashboardWorld) -> None:
    for name in ("ada", "bob"):
        wiring.get_account_manager().delete(world.accounts[name], actor=world.actor("root"))
    assert "add an account of the site" in words_of(world.open(as_="ada"))


@pytest.mark.parametrize(
    ("language", "person", "kind"),
    [("en", "Action needed", "Refused by the site"), ("zh_CN", "待处理", "网站拒绝")],
)
@pytest.mark.parametrize(("who", "waiting", "failed"), [("root", 2, 3), ("ada", 1, 2), ("bob", 1, 1)])
def test_who_sees_what(
    world: DashboardWorld, who: str, waiting: int, failed: int, language: str, person: str, kind: str
) -> None:
    world.doubtful("ada")
    world.submit("ada", "Of ada")
    world.submit("bob", "Of bob")
    for name in ("ada", "ada", "bob"):
        fail(world, name, "No such column.")
    app = world.open(as_=who, language=language)
    assert not app.exception
    blocked, running, waits, published, fell = map(int, figures_of(app).values())
    assert (blocked, running, waits, published, fell) == (int(who != "bob"), 0, waiting, 0, failed)
    unfinished, reasons = app.dataframe
    states = [state for (state,) in unfinished.value["status"]]
    assert states.count(person) == (who != "bob")
    assert states == sorted(states, key=lambda state: state != person), "what needs a person comes first"
    assert len(states) == waiting + (who != "bob")
    assert reasons.value.iloc[0].tolist()[1:] == [failed, kind, "No such column.", 2 if who == "root" else 1]


@pytest.mark.parametrize(("language", "place"), [("en", "Publishing service is down"), ("zh_CN", "发布服务未运行")])
def test_a_list_leads_to_the_drawer_of_each_article(world: DashboardWorld, language: str, place: str) -> None:
    first = world.submit("ada", "The first")
    world.submit("ada", "The second")
    app = world.open(as_="ada", language=language)
    (table,) = app.dataframe
    assert sorted(table.value["title"]) == ["The first", "The second"]
    row = list(table.value["title"]).index("The first")
    assert place in table.value["state"][row]
    # A button of a table cannot be pressed here: what its callback leaves behind.
    app.session_state[pressed_key("unfinished", "opened")] = (first.public_id, ICON)
    app.run()
    assert not app.exception
    assert app.title[0].value in {"Tasks", "任务"}
    assert app.query_params["task"] == first.public_id


def test_a_reason_leads_to_what_failed_for_it(world: DashboardWorld) -> None:
    """Also what failed before midnight, if the charts reach that far."""
    for message in ("No such column.", "No such *column* 2.", "No such *column* 2."):
        fail(world, "ada", message)
    store = wiring.get_task_store()
    held = store.take(world.submit("ada").id, worker_id="host:1:test", claimed_ms=1_000)
    assert held is not None
    store.fail(held, error_class="RetryLater", message="No such *column* 2.")
    app = world.open()
    app.session_state[pressed_key("failures", "opened")] = ("Rejected\nNo such *column* 2.", ICON)
    app.run()
    assert not app.exception
    assert (app.title[0].value, app.query_params["fault"]) == ("Tasks", "Rejected")
    assert len(app.dataframe[0].value) == 2


@pytest.mark.parametrize(("span", "number"), [("1h", 0), ("24h", 1), ("7d", 2)])
def test_reasons_are_those_of_the_time_of_the_charts(world: DashboardWorld, span: str, number: int) -> None:
    for hours in (20, 100):
        fail(world, "ada", f"{hours} hours ago.")
        ended = datetime.now(UTC) - timedelta(hours=hours)
        changed = (
            update(PublishTask).where(PublishTask.error_message == f"{hours} hours ago.").values(finished_at=ended)
        )
        wiring.get_database().run_write(lambda connection: connection.execute(changed))  # noqa: B023
    app = world.open()
    app.segmented_control(key="overview_over").set_value(span).run()
    assert len([table for table in app.dataframe if "Reason" in table.value and len(table.value) == number]) == bool(
        number
    )
    assert all("Reason" not in table.value for table in app.dataframe) is (number == 0)


def test_of_each_kind_the_newest_few_are_listed_in_the_room_there_is(world: DashboardWorld) -> None:
    for number in range(SHOWN + 1):
        world.submit("ada", f"Waits {number}")
    (unfinished,) = world.open().dataframe
    assert list(unfinished.value["title"]) == [f"Waits {number}" for number in range(SHOWN, 0, -1)]
    for _number in range(SHOWN + 1):
        block(world, "ada")
    world.forget_caches()
    (unfinished,) = world.open().dataframe
    states = [state for (state,) in unfinished.value["status"]]
    assert states == [*["Action needed"] * (SHOWN - SHOWN_OF_EACH), *["Waiting"] * SHOWN_OF_EACH]
    assert unfinished.value["title"].iloc[SHOWN - SHOWN_OF_EACH] == f"Waits {SHOWN}"


@pytest.mark.parametrize(("who", "account"), [("root", "main · ada"), ("ada", "main")])
def test_administrators_read_whose_account_it_is(world: DashboardWorld, who: str, account: str) -> None:
    world.submit("ada")
    assert list(world.open(as_=who).dataframe[0].value["account"]) == [account]


@pytest.mark.parametrize(("language", "words"), [("en", "Nothing waits, is being"), ("zh_CN", "没有等待中")])
def test_a_day_on_which_all_has_ended(world: DashboardWorld, language: str, words: str) -> None:
    """What came last fills the room that is kept for what has not ended."""
    for number in range(SHOWN_ENDED + 1):
        fail(world, "ada", f"No {number}.")
    fail(world, "bob", "Never.")
    app = world.open(as_="ada", language=language)
    assert words in words_of(app)
    last = app.dataframe[0].value
    assert [row.rpartition("No ")[2] for row in last["state"]] == [f"{n}." for n in range(SHOWN_ENDED, 0, -1)]
    world.submit("ada", "Waits")
    world.forget_caches()
    (title,) = app.run().dataframe[0].value["title"]
    assert title == "Waits"


def test_a_button_of_an_older_list_is_another_button(world: DashboardWorld) -> None:
    """A browser tells only the number of a row: it may be that of a neighbour by now."""

    def buttons() -> list[str]:
        return [*world.open(as_="ada").dataframe[0].proto.button_click_widgets.values()]

    world.submit("ada", "The first")
    before = buttons()
    world.forget_caches()
    assert buttons() == before
    world.submit("ada", "The second")
    world.forget_caches()
    assert buttons() != before


def block(world: DashboardWorld, name: str) -> None:
    """One more article of this user that needs a person."""
    held = wiring.get_task_store().take(world.submit(name).id, worker_id="host:1:test", claimed_ms=1_000)
    assert held is not None
    wiring.get_task_store().block(held, BlockReason.NEEDS_HUMAN, error_class="NeedsHuman", message="A check.")


def test_one_needs_and_two_need_a_person(world: DashboardWorld) -> None:
    block(world, "ada")
    assert "1 article needs a person." in words_of(world.open("publish"))
    block(world, "ada")
    world.forget_caches()
    assert "2 articles need a person." in words_of(world.open("publish"))


@pytest.mark.parametrize(
    ("who", "language", "words"),
    [
        ("root", "en", "Start it on the server: python run_workers.py"),
        ("ada", "en", "An administrator has to start it"),
        ("root", "zh_CN", "请在服务器上启动"),
        ("ada", "zh_CN", "需要管理员启动服务"),
    ],
)
@pytest.mark.parametrize("page", ["overview", "publish", "tasks", "queue", "logs"])
def test_what_is_urgent_stands_on_every_page(
    world: DashboardWorld, page: str, who: str, language: str, words: str
) -> None:
    quiet = world.open(page, as_=who, language=language)
    assert (words in words_of(quiet)) is (page == "overview"), "nothing waits yet"
    world.submit("bob")
    world.forget_caches()
    told = words_of(world.open(page, as_=who, language=language))
    assert told.count(words) == 1


@pytest.mark.parametrize(
    ("who", "language", "words"),
    [
        ("root", "en", "Everything is paused, by root. Articles are accepted and wait. Let them go on"),
        ("ada", "en", "Everything is paused, by root. Articles are accepted and wait."),
        ("root", "zh_CN", "root 已暂停一切。文章照常接收并等待。可在“队列”页恢复。"),
        ("ada", "zh_CN", "root 已暂停一切。文章照常接收并等待。"),
    ],
)
def test_a_pause_of_everything_is_told_where_somebody_looks_first(
    world: DashboardWorld, who: str, language: str, words: str
) -> None:
    wiring.get_pause_manager().pause(PauseScope.EVERYTHING, actor=world.actor("root"))
    assert words in words_of(world.open("overview", as_=who, language=language))
    assert words not in words_of(world.open("publish", as_=who, language=language)), "nothing waits for it yet"
    world.submit("ada")
    world.forget_caches()
    assert words in words_of(world.open("publish", as_=who, language=language))


def test_a_pause_of_a_site_names_it(world: DashboardWorld) -> None:
    wiring.get_pause_manager().pause(PauseScope.PLATFORM, "zhihu", actor=world.actor("root"))
    assert "知乎 的发布已暂停。" in words_of(world.open("overview", language="zh_CN"))


def test_several_urgent_things_share_one_box(world: DashboardWorld) -> None:
    block(world, "ada")
    world.submit("ada")
    (box,) = world.open("publish").warning
    assert box.value == (
        "- Publishing service is down. Articles are accepted and wait. An administrator has to start it.\n"
        "- 1 article needs a person."
    )
    (link,) = world.open("publish").get("page_link")[-1:]
    assert link.proto.label == "Show what needs a person"


def test_the_same_fault_on_three_accounts_names_them_to_administrators_alone(world: DashboardWorld) -> None:
    for name in ("cy", "di", "ed"):
        world.add_user(name, Role.OPERATOR)
        world.accounts[name] = wiring.get_account_manager().add("main", COOKIES, actor=world.actor(name)).id
        fail(world, name, f"The button of {name} is gone.")
    assert "3 accounts failed within an hour with the same kind of fault (Refused by the site)" in words_of(
        world.open(as_="root")
    )
    told = words_of(world.open(as_="ada"))
    assert "Articles of several accounts failed alike" in told
    assert "Refused" not in told


def test_how_far_back_stands_in_the_address(world: DashboardWorld) -> None:
    app = world.open()
    app.segmented_control(key="overview_over").set_value("7d").run()
    assert not app.exception
    assert app.query_params["over"] == "7d"


def charts_of(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(element.proto.spec) for element in app.get("echarts_chart")]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Nothing came online in this time."), ("zh_CN", "这段时间没有文章上线。")]
)
def test_a_chart_of_nothing_says_so(world: DashboardWorld, language: str, words: str) -> None:
    assert [chart["title"]["text"] for chart in charts_of(world.open(language=language))] == [words] * 3


def test_charts_have_gaps_where_nothing_was_and_24_hours_on_their_axis(world: DashboardWorld) -> None:
    store = wiring.get_task_store()
    held = store.take(world.submit("ada").id, worker_id="host:1:test", claimed_ms=int(time.time() * 1000))
    assert held is not None
    store.record_draft_id(held, "d-1")
    store.record_drafted(held, Draft())
    store.begin_submitting(held)
    store.finish_published(held, "7", "https://zhuanlan.zhihu.com/p/7", "public")
    published, waited, _took = charts_of(world.open())
    assert "title" not in published
    assert sum(value for _at, value in published["series"][0]["data"]) == 1
    assert [value for _at, value in waited["series"][0]["data"]].count(None) == 23
    assert published["xAxis"]["axisLabel"]["formatter"]["hour"] == "{HH}:{mm}"
