"""The page Queue: how each stands in line, and holding things back."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from core.lane import PauseScope
from core.services import queue_viewer
from core.store.pauses import PauseView
from core.store.records import Actor
from dashboard.components.late_articles import SHOWN
from tests.integration.dashboard.dashboard_world import DashboardWorld, figures_of, words_of


def pauses() -> list[PauseView]:
    return wiring.get_pause_store().list()


@pytest.mark.parametrize(("language", "words"), [("en", "Nothing waits"), ("zh_CN", "没有等待的")])
def test_nothing_waits(world: DashboardWorld, language: str, words: str) -> None:
    assert words in words_of(world.open("queue", language=language))


@pytest.mark.parametrize(("who", "users"), [("root", ["ada", "bob"]), ("ada", ["ada"])])
def test_who_sees_whose_part(world: DashboardWorld, who: str, users: list[str]) -> None:
    for name in ("ada", "ada", "bob"):
        world.submit(name)
    app = world.open("queue", as_=who)
    assert sorted(app.dataframe[0].value["user"]) == users
    assert app.dataframe[0].value["waiting"][0] == 2


def test_all_are_counted_where_only_the_longest_lanes_are_shown(
    world: DashboardWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_viewer, "MOST_LANES", 1)
    for name in ("bob", "ada", "ada"):
        world.submit(name)
    app = world.open("queue", as_="root")
    assert list(app.dataframe[0].value["user"]) == ["ada"]
    assert figures_of(app)["Waiting in line"] == "3"
    assert "The 1 users with the most waiting, of 2." in words_of(app)


def test_nobody_publishes(world: DashboardWorld) -> None:
    world.submit("ada")
    (held,) = world.open("queue").dataframe[0].value["held"]
    assert held == "Publishing service is down"
    (begins,) = world.open("limits", as_="root").dataframe[0].value["Next start in"]
    assert begins == "Publishing service is down"


def test_an_operator_pauses_its_own_account_and_lifts_it(world: DashboardWorld) -> None:
    app = world.open("queue")
    assert PauseScope.EVERYTHING not in app.selectbox(key="pause_scope").options
    app.selectbox(key="pause_scope").set_value(PauseScope.ACCOUNT).run()
    app.text_input(key="pause_reason").set_value("holiday").run()
    app.button(key="pause_now").click().run()
    (pause,) = pauses()
    assert (pause.scope, pause.key, pause.by) == (PauseScope.ACCOUNT, str(world.accounts["ada"]), "ada")
    app = world.open("queue")
    assert "paused by ada" in words_of(app)
    assert "holiday" in words_of(app)
    app.button(key=f"resume_{PauseScope.ACCOUNT}_{pause.key}_ada").click().run()
    assert pauses() == []


def test_nothing_else_is_paused_than_what_the_form_says_when_it_is_pressed(world: DashboardWorld) -> None:
    """A slow page still shows the button of everything when an account is chosen and it is pressed at once."""
    app = world.open("queue", as_="root")
    app.selectbox(key="pause_scope").set_value(PauseScope.PLATFORM)
    app.button(key="pause_now").click().run()
    assert pauses() == []
    assert "so nothing was paused" in words_of(app)
    app.button(key="pause_now").click().run()
    assert [pause.scope for pause in pauses()] == [PauseScope.PLATFORM]


def test_of_batches_that_are_called_alike_the_chosen_one_is_paused(world: DashboardWorld) -> None:
    """The same file name again, corrected: what was chosen comes back from a browser as its words."""
    older, newer = (world.submit_batch("ada", "articles.csv", [title]) for title in ("First try", "Second try"))
    for batch in (newer, older):
        app = world.open("queue")
        app.selectbox(key="pause_scope").set_value(PauseScope.BATCH).run()
        app.selectbox(key="pause_key_batch").set_value(str(batch)).run()
        app.button(key="pause_now").click().run()
        assert [(pause.scope, pause.key) for pause in pauses()] == [(PauseScope.BATCH, str(batch))]
        wiring.get_pause_manager().resume(PauseScope.BATCH, str(batch), actor=world.actor("ada"))
    app = world.open("tasks")
    app.selectbox(key="tasks_batch").set_value(newer).run()
    assert list(app.dataframe[0].value["title"]) == ["Second try"]


def test_an_operator_sees_but_cannot_lift_an_administrators_pause(world: DashboardWorld) -> None:
    wiring.get_pause_manager().pause(PauseScope.EVERYTHING, actor=world.actor("root"))
    app = world.open("queue")
    assert "paused by root" in words_of(app)
    assert [button.key for button in app.button if str(button.key).startswith("resume_")] == []
    root = world.open("queue", as_="root")
    root.button(key="resume_everything__root").click().run()
    assert pauses() == []


def too_late(app: AppTest) -> list[str]:
    """What stands below the pauses, as links to articles."""
    assert not app.exception
    return [one.proto.label.replace("\\", "") for one in app.get("page_link") if "task=" in one.proto.query_string]


def test_what_was_too_late_to_stop_is_named_for_all_who_may_see_it(world: DashboardWorld) -> None:
    task, store = world.submit("ada", "On its way"), wiring.get_task_store()
    held = store.take(task.id, worker_id="host:1:test", claimed_ms=1_000)
    assert held is not None
    app = world.open("queue", as_="root")
    assert too_late(app) == []
    app.selectbox(key="pause_scope").set_value(PauseScope.EVERYTHING).run()
    app.button(key="pause_now").click().run()
    for who in ("root", "ada"):
        app = world.open("queue", as_=who)
        assert "1 article was being published already" in words_of(app)
        (told,) = too_late(app)
        assert told.startswith("On its way · main · Publishing service is down (stopped at: Publishing, step 1 of 6")
    assert too_late(world.open("queue", as_="bob")) == []
    store.fail(held, error_class="Rejected", message="No.")
    world.forget_caches()
    assert too_late(world.open("queue", as_="root")) == []


def test_many_that_were_too_late_are_led_to_all_of_them(world: DashboardWorld) -> None:
    for number in range(SHOWN + 1):
        task = world.submit("ada", f"Late {number}")
        assert wiring.get_task_store().take(task.id, worker_id="host:1:test", claimed_ms=1_000) is not None
    pauses, account = wiring.get_pause_manager(), str(world.accounts["ada"])
    pauses.pause(PauseScope.ACCOUNT, account, actor=world.actor("root"))
    pauses.pause(PauseScope.ACCOUNT, str(world.accounts["bob"]), actor=world.actor("root"))  # stops nothing
    app = world.open("queue", as_="root")
    assert len(too_late(app)) == SHOWN
    link = app.get("page_link")[-1].proto
    assert (link.label, link.query_string) == (f"Show all {SHOWN + 1}", f"status=running&account={account}")
    pauses.pause(PauseScope.USER, str(world.users["ada"].id), actor=world.actor("root"))
    world.forget_caches()
    link = world.open("queue", as_="root").get("page_link")[-1].proto
    assert (link.label, link.query_string) == ("All that are being published", "status=running")


def test_also_what_was_paused_on_the_page_of_accounts(world: DashboardWorld) -> None:
    tasks = [world.submit("ada", "Late"), world.submit("bob", "Of another account"), world.submit("ada", "In time")]
    for task in tasks[:2]:
        assert wiring.get_task_store().take(task.id, worker_id="host:1:test", claimed_ms=1_000) is not None
    world.open("accounts").button(key=f"account_pause_{world.accounts['ada']}").click().run()
    (told,) = too_late(world.open("queue", as_="root"))
    assert told.startswith("Late · main")


def test_another_users_things_are_not_offered(world: DashboardWorld) -> None:
    wiring.get_pause_manager().pause(PauseScope.ACCOUNT, str(world.accounts["bob"]), actor=Actor.system())
    assert "paused by" not in words_of(world.open("queue", as_="ada"))
