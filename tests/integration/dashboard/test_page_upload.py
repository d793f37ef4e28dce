"""The page for a CSV of articles, used as an operator uses it."""

from __future__ import annotations

import json
import time

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from core.services.bulk_change import BulkAction
from core.services.csv_export import template
from core.store.records import Actor, Role, TaskView
from core.task_state import TaskStatus
from dashboard.components.bulk_actions import ASKED_KEY
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of

GOOD = "标题;正文;账号;备注\n春天;第一篇;main;x\n秋天;第二篇;main;\n".encode("gb18030")
CANCEL = ":material/cancel: Cancel the waiting ones"
RETRY = ":material/replay: Retry the failed ones"
FAULTY = b"title,content,account,priority\nGood,x,main,5\n,x,main,55\nOther,x,nobody,5\n"


def upload(app: AppTest, data: bytes, name: str = "seasons.csv") -> AppTest:
    app.file_uploader[0].upload(name, data, "text/csv").run()
    assert not app.exception
    return app


def send(app: AppTest) -> AppTest:
    app.button(key="upload_send").click().run()
    assert not app.exception
    return app


def tasks_of(name: str, world: DashboardWorld) -> list[TaskView]:
    return wiring.get_task_manager().list(actor=world.actor(name))


def test_a_file_is_looked_at_then_handed_in_then_followed(world: DashboardWorld) -> None:
    app = upload(world.open("upload"), GOOD)
    assert "Good rows 2" in words_of(app)
    assert "semicolon" in words_of(app)
    assert ":green-badge[标题]" in words_of(app)
    assert ":gray-badge[备注]" in words_of(app)
    assert tasks_of("ada", world) == []
    send(app)
    tasks = tasks_of("ada", world)
    assert [task.title for task in tasks] == ["秋天", "春天"]
    batch_id = tasks[0].batch_id
    assert app.query_params["batch"] == str(batch_id)
    (batch,) = wiring.get_batch_viewer().recent(actor=world.actor("ada"))
    assert (batch.id, batch.name, batch.counts) == (batch_id, "seasons.csv", {TaskStatus.WAITING: 2})
    assert words_of(app).count("Waiting 2") == 1
    assert "There is no other batch than the one above." in words_of(app)
    wiring.get_task_manager().cancel(tasks[0].id, actor=world.actor("ada"))
    world.forget_caches()
    assert "Cancelled 1" in words_of(app.run())


def test_each_fault_has_its_row_and_only_the_good_ones_go(world: DashboardWorld) -> None:
    app = upload(world.open("upload"), FAULTY)
    faults = app.dataframe[0].value
    assert set(faults["row"]) == {3, 4}
    assert {"title", "priority", "account"} <= set(faults["column"])
    assert app.button(key="upload_send").label == "Hand in the 1 good row only"
    assert any("the rows with faults" in str(getattr(one, "proto", "")) for one in app.get("download_button"))
    send(app)
    assert [task.title for task in tasks_of("ada", world)] == ["Good"]


def test_how_to_mend_a_fault_is_in_sight(world: DashboardWorld) -> None:
    app = upload(world.open("upload"), FAULTY)
    for table, room in ((app.dataframe[0], 886), (app.dataframe[1], 854)):
        columns = json.loads(table.proto.columns)
        widths = [columns[name]["width"] for name in table.value.columns]
        assert sum(widths) <= room


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n\x00\x00", b"a;b\n1;2\n", b"title,content\n"])
def test_what_is_no_file_of_articles_cannot_be_handed_in(world: DashboardWorld, data: bytes) -> None:
    app = upload(world.open("upload"), data)
    assert "upload_send" not in [one.key for one in app.button]
    assert app.error or app.dataframe


def test_the_same_file_again_adds_nothing(world: DashboardWorld) -> None:
    send(upload(world.open("upload"), GOOD))
    app = send(upload(world.open("upload"), GOOD))
    assert len(tasks_of("ada", world)) == 2
    assert "2 had been handed in before" in words_of(app)


def test_articles_of_before_go_again_only_on_purpose(world: DashboardWorld) -> None:
    world.submit("ada", "春天", content="第一篇")
    app = upload(world.open("upload"), GOOD)
    assert "Good rows 1" in words_of(app)
    app.toggle(key="upload_repeats").set_value(True).run()
    assert "Good rows 2" in words_of(app)
    send(app)
    assert len(tasks_of("ada", world)) == 3


def test_the_account_can_be_chosen_for_the_whole_file(world: DashboardWorld) -> None:
    wiring.get_account_manager().add("second", "z_c0=1; _xsrf=a", actor=world.actor("ada"))
    app = world.open("upload")
    upload(app, b"title,content\nHello,x\n")
    assert "Rows with faults 1" in words_of(app)
    app.selectbox(key=f"upload_account_{world.users['ada'].id}").set_value("second").run()
    send(app)
    assert [task.account_name for task in tasks_of("ada", world)] == ["second"]


def test_a_whole_batch_is_retried_or_cancelled_after_a_question(world: DashboardWorld) -> None:
    app = send(upload(world.open("upload"), GOOD))
    batch_id = tasks_of("ada", world)[0].batch_id
    menu = app.menu_button(key=f"top_change_{batch_id}")
    assert menu.options == [CANCEL], "nothing has failed"
    menu.set_value(BulkAction.CANCEL).run()
    assert app.session_state[ASKED_KEY][1].batch_id == batch_id
    assert {task.status for task in tasks_of("ada", world)} == {TaskStatus.WAITING}
    app.button(key="bulk_confirm").click().run()
    assert {task.status for task in tasks_of("ada", world)} == {TaskStatus.CANCELLED}
    app.button(key="bulk_close").click().run()
    world.forget_caches()
    menu = app.run().menu_button(key=f"top_change_{batch_id}")
    assert menu.proto.disabled, "there is nothing left to do, and it stays where it is"
    assert ASKED_KEY not in app.session_state, "it is asked once"


def test_what_is_chosen_as_the_first_article_fails_is_asked_once(world: DashboardWorld) -> None:
    app = send(upload(world.open("upload"), GOOD))
    task = tasks_of("ada", world)[0]
    menu = app.menu_button(key=f"top_change_{task.batch_id}")
    held = wiring.get_task_store().take(task.id, worker_id="w", claimed_ms=int(time.time() * 1000))
    assert held is not None
    wiring.get_task_store().fail(held, error_class="Rejected", message="No.")
    world.forget_caches()
    menu.set_value(BulkAction.CANCEL).run()
    assert app.session_state[ASKED_KEY][0] is BulkAction.CANCEL
    app.button(key="bulk_confirm").click().run()
    app.button(key="bulk_close").click().run()
    world.forget_caches()
    menu = app.run().menu_button(key=f"top_change_{task.batch_id}")
    assert menu.options == [RETRY]
    menu.set_value(BulkAction.RETRY).run()
    app.button(key="bulk_confirm").click().run()
    assert {one.status for one in tasks_of("ada", world)} == {TaskStatus.WAITING, TaskStatus.CANCELLED}


def test_what_does_not_apply_any_more_asks_nothing(world: DashboardWorld) -> None:
    app = send(upload(world.open("upload"), GOOD))
    menu = app.menu_button(key=f"top_change_{tasks_of('ada', world)[0].batch_id}")
    menu.set_value(BulkAction.RETRY).run()
    assert not app.exception
    assert ASKED_KEY not in app.session_state


def test_an_administrator_hands_in_for_a_user(world: DashboardWorld) -> None:
    app = world.open("upload", as_="root")
    app.selectbox(key="upload_owner").set_value(world.users["bob"].id).run()
    send(upload(app, GOOD))
    assert {task.user_name for task in tasks_of("root", world)} == {"bob"}


def test_another_s_batch_is_not_shown(world: DashboardWorld) -> None:
    send(upload(world.open("upload", as_="bob"), GOOD, "secret.csv"))
    (batch,) = wiring.get_batch_viewer().recent(actor=Actor.system())
    app = world.open("upload")
    app.query_params["batch"] = str(batch.id)
    assert "secret" not in words_of(app.run())
    assert "not yours" in words_of(app)
    app.query_params["batch"] = "9" * 30
    assert not app.run().exception


def test_the_template_is_a_file_of_its_own_kind(world: DashboardWorld) -> None:
    app = upload(world.open("upload"), template(is_chinese=True, is_for_upload=True), "articles.csv")
    assert "Good rows 1" in words_of(app)


@pytest.mark.parametrize("page", ["upload", "publish"])
def test_who_has_no_account_is_led_to_where_one_is_added(world: DashboardWorld, page: str) -> None:
    world.add_user("noa", Role.OPERATOR)
    app = world.open(page, as_="noa")
    assert "You have no account to publish with yet. Add one first." in words_of(app)
    assert "Add an account" in [one.proto.label for one in app.get("page_link")]
    if page == "upload":
        assert "no account to publish with" not in words_of(world.open(page, as_="ada"))
