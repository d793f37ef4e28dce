"""The page for one article, used as a writer uses it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from core import wiring
from core.store.records import AccountState, TaskView
from core.task_state import Mode
from dashboard.components.article_form import GONE_WORDS
from dashboard.text import plain
from tests.integration.dashboard.dashboard_world import COOKIES, DashboardWorld, words_of

PNG = b"\x89PNG\r\n\x1a\n and the rest"
BODY = "# 开头\n\n正文 **重点**\n\n- 一\n- 二"


def write(app: AppTest, title: str = "一篇文章", content: str = BODY) -> AppTest:
    app.text_input(key="publish_title").set_value(title)
    return app.text_area(key="publish_content").set_value(content).run()


def send_button(app: AppTest) -> Button:
    return next(one for one in app.button if str(one.key).startswith("publish_send_"))


def send(app: AppTest) -> AppTest:
    send_button(app).click().run()
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
    reason = "The site took longer than the 45 s allowed to answer."
    wiring.get_task_store().retry_later(held, delay_seconds=60, error_class="SiteDown", message=reason, uses_retry=True)
    app.run()
    assert r"Will retry \(1 of 3" in words_of(app)
    assert "It goes next" not in words_of(app), "not before its time"
    assert [one.value for one in app.error] == [plain(reason)]
    app.button(key="publish_close").click().run()
    assert "article" not in app.query_params


def test_a_note_tells_that_it_was_handed_in(world: DashboardWorld) -> None:
    """The button stands below what a window shows: its way stands at the top, out of sight."""
    app = send(write(world.open("publish"), "题目 *一*"))
    (note,) = app.toast
    assert note.value == r"“题目 \*一\*” was handed in. How it goes is shown at the top of this page."


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


def test_the_same_article_is_sent_twice_only_on_purpose(world: DashboardWorld) -> None:
    first = world.submit("ada", "一篇文章", content=BODY)
    app = send(write(world.open("publish")))
    assert first.public_id in words_of(app)
    assert len(tasks_of(world, "ada")) == 1
    assert send_button(app).label == "Send it all the same"
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


def test_what_the_browser_sends_meanwhile_breaks_nothing_off(
    world: DashboardWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that has just arrived, or a key in another field: its message still has the address of before."""
    app = write(world.open("publish"))
    manager = wiring.get_task_manager()
    submit = manager.submit

    def meanwhile(*args: Any, **more: Any) -> TaskView:
        task = submit(*args, **more)
        context = get_script_run_ctx()
        assert context is not None
        assert context.script_requests is not None
        context.script_requests.request_rerun(RerunData(page_script_hash=context.page_script_hash))
        return task

    monkeypatch.setattr(manager, "submit", meanwhile)
    send(app)
    (task,) = tasks_of(world, "ada")
    assert task.title in words_of(app)
    assert app.query_params["article"] == task.public_id
    assert app.text_input(key="publish_title").value == ""
    app.run()
    app.button(key="publish_close").click().run()
    assert "article" not in app.run().query_params


def test_what_was_changed_after_a_lost_answer_is_another_article(world: DashboardWorld) -> None:
    first = world.submit("ada", "一篇文章", content=BODY, client_ref="form-1")
    app = write(world.open("publish"), content="改过的正文")
    app.session_state["publish_reference"] = "form-1"
    send(app)
    assert f"From this form an article was handed in before, as {first.public_id}, with other content." in words_of(app)
    assert app.text_area(key="publish_content").value == "改过的正文"
    send(app)
    assert len(tasks_of(world, "ada")) == 2


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


def test_an_article_goes_to_no_other_account_unasked(world: DashboardWorld) -> None:
    """The chosen one is deleted in another tab while somebody writes. Whoever presses at once hands in nothing; and the
    one that takes its place is told of until somebody has looked."""
    actor, manager = world.actor("ada"), wiring.get_account_manager()
    second = manager.add("second", COOKIES, actor=actor).id
    app = write(world.open("publish"), title="Meant for the second")
    app.selectbox(key="publish_account").set_value(second).run()
    manager.delete(second, actor=actor)
    send(app)
    assert tasks_of(world, "ada") == []
    assert words_of(app).count(GONE_WORDS) == 2
    third = manager.add("third", COOKIES, actor=actor).id
    app.run()
    assert GONE_WORDS in words_of(app)
    app.selectbox(key="publish_account").set_value(third).run()
    assert GONE_WORDS not in words_of(app)
    send(app)
    assert [task.account_id for task in tasks_of(world, "ada")] == [third]
