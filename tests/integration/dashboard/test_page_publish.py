"""The page for one article, used as a writer uses it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from core.services.pictures import picture_of
from core.settings import get_settings
from core.store.records import AccountState, Actor, TaskView
from core.task_state import Mode
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of

PNG = b"\x89PNG\r\n\x1a\n and the rest"
BODY = "# 开头\n\n正文 **重点**\n\n- 一\n- 二"


def write(app: AppTest, title: str = "一篇文章", content: str = BODY) -> AppTest:
    app.text_input(key="publish_title").set_value(title)
    return app.text_area(key="publish_content").set_value(content).run()


def send(app: AppTest) -> AppTest:
    app.button(key="publish_send").click().run()
    assert not app.exception
    return app


def tasks_of(world: DashboardWorld, name: str) -> list[TaskView]:
    return wiring.get_task_manager().list(actor=world.actor(name))


def html_of(app: AppTest) -> str:
    """What may hold something of a person's: none of it may run as a script."""
    return "\n".join(str(one.proto.body) for one in app.get("html") if not one.proto.unsafe_allow_javascript)


def test_an_article_is_handed_in_and_watched(world: DashboardWorld) -> None:
    app = world.open("publish")
    write(app)
    assert "<h2>开头</h2>" in html_of(app)
    assert "<strong>重点</strong>" in html_of(app)
    assert "4 of 100 characters" in words_of(app)
    app.multiselect(key="publish_topics").set_value(["写作"])
    app.text_input(key="publish_column").set_value("我的专栏")
    app.slider(key="publish_priority").set_value(7)
    send(app)
    (task,) = tasks_of(world, "ada")
    article = wiring.get_task_manager().article(task.id, actor=world.actor("ada"))
    assert (task.title, task.priority, task.mode, task.run_at) == ("一篇文章", 7, Mode.PUBLISH, None)
    assert (article.content, article.topics, article.column) == (BODY, ("写作",), "我的专栏")
    assert app.query_params["article"] == task.public_id
    assert app.text_input(key="publish_title").value == ""
    assert "Publishing service is down" in words_of(app)
    wiring.get_heartbeats().beat("w:1:a", {}, 60)
    assert "Queued" in words_of(app.run())
    held = wiring.get_task_store().take(task.id, worker_id="w:1:a", claimed_ms=1)
    assert held is not None
    assert "Publishing, step" in words_of(app.run())
    app.button(key="publish_close").click().run()
    assert "article" not in app.query_params


def test_a_draft_at_a_certain_time(world: DashboardWorld) -> None:
    app = write(world.open("publish"))
    app.segmented_control(key="publish_mode").set_value(Mode.DRAFT.value)
    app.toggle(key="publish_is_later").set_value(True).run()
    send(app)
    (task,) = tasks_of(world, "ada")
    assert task.mode is Mode.DRAFT
    assert task.run_at is not None
    assert task.run_at > datetime.now(UTC)
    assert "Scheduled" in words_of(app)


def test_everything_wrong_is_told_and_nothing_is_lost(world: DashboardWorld) -> None:
    app = write(world.open("publish"), title="字" * 101, content="")
    send(app)
    errors = [error.value for error in app.error]
    assert len(errors) == 2
    assert tasks_of(world, "ada") == []
    assert app.text_input(key="publish_title").value == "字" * 101
    assert ":red[101 of 100 characters]" in words_of(app)
    write(app, title="Kürzer")
    send(app)
    assert [error.value for error in app.error] == []
    assert len(tasks_of(world, "ada")) == 1


def test_what_cannot_be_published_is_told_while_writing(world: DashboardWorld) -> None:
    app = write(world.open("publish"), content="<script>alert(1)</script>")
    assert len(app.warning) == 1
    assert "<script" not in html_of(app).replace("<style>", "")
    app.text_input(key="publish_title").set_value("<img src=x onerror=alert(1)>").run()
    assert "<img" not in html_of(app)


def test_an_unfinished_article_comes_back(world: DashboardWorld) -> None:
    write(world.open("publish"), title="Half a thought", content="Not yet fin")
    again = world.open("publish")
    assert again.text_input(key="publish_title").value == "Half a thought"
    assert again.text_area(key="publish_content").value == "Not yet fin"
    assert "Your unfinished article of" in words_of(again)
    assert world.open("publish", as_="bob").text_input(key="publish_title").value == ""
    again.button(key="publish_anew").click().run()
    assert again.text_input(key="publish_title").value == ""
    assert "unfinished" not in words_of(world.open("publish"))


def test_its_cover_and_its_time_come_back_as_well(world: DashboardWorld) -> None:
    app = write(world.open("publish"))
    app.file_uploader[0].upload("cover.png", PNG, "image/png").run()
    app.toggle(key="publish_is_later").set_value(True).run()
    day = datetime.now(UTC).date() + timedelta(days=3)
    app.date_input(key="publish_moment_day").set_value(day).run()
    again = world.open("publish")
    assert "The cover you chose before" in words_of(again)
    assert again.date_input(key="publish_moment_day").value == day
    send(again)
    (task,) = tasks_of(world, "ada")
    assert wiring.get_task_manager().article(task.id, actor=world.actor("ada")).cover_sha256 == picture_of(PNG).sha256
    assert task.run_at is not None
    assert task.run_at.date() - day in (timedelta(0), timedelta(days=-1), timedelta(days=1))
    assert "The cover you chose before" not in words_of(world.open("publish"))


def test_a_cover_of_before_is_taken_out(world: DashboardWorld) -> None:
    app = write(world.open("publish"))
    app.file_uploader[0].upload("cover.png", PNG, "image/png").run()
    again = world.open("publish")
    again.button(key="publish_cover_out").click().run()
    assert "The cover you chose before" not in words_of(again)
    send(again)
    (task,) = tasks_of(world, "ada")
    assert wiring.get_task_manager().article(task.id, actor=world.actor("ada")).cover_sha256 is None


def test_a_time_that_has_passed_does_not_come_back(world: DashboardWorld) -> None:
    facts = {"title": "x", "is_later": True, "moment": "2020-01-01T00:00:00+00:00"}
    assert wiring.get_form_drafts().save(facts, actor=world.actor("ada"))
    day = world.open("publish").date_input(key="publish_moment_day").value
    assert isinstance(day, date)
    assert day >= datetime.now(UTC).date()


def test_what_was_handed_in_is_no_longer_unfinished(world: DashboardWorld) -> None:
    send(write(world.open("publish")))
    assert world.open("publish").text_input(key="publish_title").value == ""


@pytest.mark.parametrize(
    "facts", [{"title": 5, "topics": "x", "odd": 1, "account": "x", "format": "odd", "mode": "odd", "priority": 99}, {}]
)
def test_an_unfinished_article_of_another_version_does_no_harm(world: DashboardWorld, facts: dict[str, Any]) -> None:
    assert wiring.get_form_drafts().save(facts, actor=world.actor("ada"))
    app = world.open("publish")
    assert not app.exception
    assert app.text_input(key="publish_title").value == ""


def test_the_same_article_is_sent_twice_only_on_purpose(world: DashboardWorld) -> None:
    first = world.submit("ada", "一篇文章", content=BODY)
    app = send(write(world.open("publish")))
    assert first.public_id in words_of(app)
    assert len(tasks_of(world, "ada")) == 1
    assert app.button(key="publish_send").label == "Send it all the same"
    send(app)
    assert len(tasks_of(world, "ada")) == 2


def test_two_clicks_are_one_article(world: DashboardWorld) -> None:
    app = write(world.open("publish"))
    app.session_state["publish_reference"] = "form-1"
    send(app)
    assert "publish_reference" not in app.session_state
    late = write(world.open("publish"))
    late.session_state["publish_reference"] = "form-1"
    late.session_state["publish_earlier"] = tasks_of(world, "ada")[0].public_id
    send(late)
    assert len(tasks_of(world, "ada")) == 1


def test_an_administrator_hands_in_for_the_account_s_owner(world: DashboardWorld) -> None:
    app = write(world.open("publish", as_="root"))
    app.selectbox(key="publish_account").set_value(world.accounts["bob"])
    send(app)
    assert [task.user_name for task in tasks_of(world, "root")] == ["bob"]


def test_another_s_account_is_not_offered(world: DashboardWorld) -> None:
    app = world.open("publish")
    assert app.selectbox(key="publish_account").options == ["main (Zhihu)"]
    assert "bob" not in words_of(app)


def test_another_s_article_is_not_shown(world: DashboardWorld) -> None:
    task = world.submit("bob", "Secret")
    app = world.open("publish")
    app.query_params["article"] = task.public_id
    assert "Secret" not in words_of(app.run())
    assert "not yours" in words_of(app)


def test_without_an_account_it_says_what_to_do(world: DashboardWorld) -> None:
    world.add_user("cleo", world.users["ada"].role)
    assert "Add one first" in words_of(world.open("publish", as_="cleo"))


def test_an_account_that_must_sign_in_is_marked(world: DashboardWorld) -> None:
    account = wiring.get_account_store().get(world.accounts["ada"])
    wiring.get_account_store().set_state(account.id, AccountState.NEEDS_LOGIN)
    assert "signed in again" in words_of(world.open("publish"))


def test_an_unfinished_article_is_its_writer_s_alone(world: DashboardWorld) -> None:
    drafts = wiring.get_form_drafts()
    assert drafts.save({"title": "x"}, actor=world.actor("ada"))
    assert drafts.load(actor=world.actor("bob")) is None
    assert not drafts.save({"title": "x"}, actor=Actor.system())
    (file,) = (get_settings().data_dir / "unfinished").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    file.write_text("{", encoding="utf-8")
    assert drafts.load(actor=world.actor("ada")) is None
    drafts.forget(actor=world.actor("ada"))
    drafts.forget(actor=world.actor("ada"))
