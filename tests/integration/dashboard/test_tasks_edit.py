"""Another text and another account for articles, on the page Tasks."""

from __future__ import annotations

import base64

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from core.queue.live_pictures import LivePicture
from core.services.bulk_change import BulkAction
from core.services.submission import ArticleChanges
from core.settings import get_settings
from core.store.records import HeldTask, TaskView
from core.task_state import TaskStatus
from tests.integration.dashboard.dashboard_world import COOKIES, DashboardWorld, change_many, words_of

JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////"
    "////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AP//Z"
)
"""One grey point."""


def now(task: TaskView) -> TaskView:
    return wiring.get_task_queries().get(task.id)


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def take(task: TaskView) -> HeldTask:
    held = wiring.get_task_store().take(task.id, worker_id="w:1:a", claimed_ms=1)
    assert held is not None
    return held


def refused(world: DashboardWorld) -> TaskView:
    task = world.submit("ada", "Old title", content="With word 3.", topics=["写作"])
    wiring.get_task_store().fail(take(task), error_class="Rejected", message="word 3")
    return now(task)


def form_of(world: DashboardWorld, task: TaskView, as_: str = "ada") -> AppTest:
    app = world.open("tasks", query={"task": task.public_id}, as_=as_)
    return press(app, f"edit_{task.id}")


@pytest.mark.parametrize("as_", ["ada", "root"])
def test_a_refused_article_is_edited_and_sent_again(world: DashboardWorld, as_: str) -> None:
    task = refused(world)
    app = form_of(world, task, as_=as_)
    assert app.text_input(key=f"edit_title_{task.id}").value == "Old title"
    assert app.text_area(key=f"edit_content_{task.id}").value == "With word 3."
    app.text_input(key=f"edit_title_{task.id}").set_value("New title")
    app.text_area(key=f"edit_content_{task.id}").set_value("Without it.").run()
    press(app, f"edit_send_{task.id}")
    changed = now(task)
    assert (changed.title, changed.status, changed.error_message) == ("New title", TaskStatus.WAITING, None)
    article = wiring.get_task_queries().article(task.id)
    assert (article.content, article.topics) == ("Without it.", ("写作",))
    words = words_of(app).replace("\\", "")
    assert f"Edited by {as_} (title, text)" in words
    assert "Old title" in words
    assert any("With word 3." in code.value for code in app.code)


def test_every_fault_is_told_and_what_was_typed_stays(world: DashboardWorld) -> None:
    task = refused(world)
    app = form_of(world, task)
    app.text_input(key=f"edit_title_{task.id}").set_value("")
    app.text_area(key=f"edit_content_{task.id}").set_value("<iframe src='https://a.b/'></iframe>").run()
    press(app, f"edit_send_{task.id}")
    assert len(app.error) >= 2
    assert "<iframe" in str(app.text_area(key=f"edit_content_{task.id}").value)
    assert now(task).status is TaskStatus.FAILED


def test_the_form_speaks_chinese(world: DashboardWorld) -> None:
    task = refused(world)
    state = {"task_edited": (task.public_id, task.id), "task_edit_said": ["内容不能为空。"]}
    app = world.open("tasks", language="zh_CN", query={"task": task.public_id}, state=state)
    assert app.button(key=f"edit_send_{task.id}").label == "保存并重新发送"
    assert "修改内容" in words_of(app)
    assert [error.value for error in app.error] == ["内容不能为空。"]


def test_what_was_typed_is_there_again_after_the_drawer_was_left(world: DashboardWorld) -> None:
    task = refused(world)
    app = form_of(world, task)
    app.text_area(key=f"edit_content_{task.id}").set_value("Half of a sentence").run()
    press(app, f"edit_back_{task.id}")
    press(app, f"edit_{task.id}")
    assert app.text_area(key=f"edit_content_{task.id}").value == "Half of a sentence"
    press(app, f"edit_undo_{task.id}")
    assert app.text_area(key=f"edit_content_{task.id}").value == "With word 3."


def test_who_was_slower_is_told_and_overwrites_nothing(world: DashboardWorld) -> None:
    task = world.submit("ada", "Old title")
    app = form_of(world, task)
    other = ArticleChanges(title="By an administrator")
    wiring.get_task_manager().edit(task.id, other, actor=world.actor("root"))
    app.text_input(key=f"edit_title_{task.id}").set_value("Mine").run()
    press(app, f"edit_save_{task.id}")
    assert any("changed by somebody else" in error.value for error in app.error)
    assert now(task).title == "By an administrator"


def test_an_article_that_began_meanwhile_is_refused_in_one_sentence(world: DashboardWorld) -> None:
    task = world.submit("ada", "Old title")
    app = form_of(world, task)
    take(task)
    app.text_input(key=f"edit_title_{task.id}").set_value("Mine").run()
    press(app, f"edit_save_{task.id}")
    assert any("To change it, cancel it first." in error.value for error in app.error)
    assert now(task).title == "Old title"


def test_what_may_not_be_edited_says_why(world: DashboardWorld) -> None:
    doubtful = world.doubtful("ada")
    button = world.open("tasks", query={"task": doubtful.public_id}).button(key=f"edit_{doubtful.id}")
    assert (button.disabled, button.help) == (True, "It may be online, so its text must stay what it was.")
    running = world.submit("ada")
    take(running)
    button = world.open("tasks", query={"task": running.public_id}).button(key=f"edit_{running.id}")
    assert (button.disabled, "cancel it first" in button.help) == (True, True)


def test_nobody_else_sees_the_form(world: DashboardWorld) -> None:
    task = refused(world)
    app = world.open("tasks", as_="bob", query={"task": task.public_id})
    app.session_state["task_edited"] = (task.public_id, task.id)
    app.run()
    assert "Old title" not in words_of(app)
    assert not app.text_area


def test_another_account_for_one(world: DashboardWorld) -> None:
    task = world.submit("ada")
    closed = world.open("tasks", query={"task": task.public_id})
    assert not [one for one in closed.selectbox if one.key == f"account_{task.id}"]
    wiring.get_account_manager().add("second", COOKIES, actor=world.actor("ada"))
    app = world.open("tasks", query={"task": task.public_id})
    assert app.selectbox(key=f"account_{task.id}").options == ["second"]
    press(app, f"set_account_{task.id}")
    assert now(task).account_name == "second"


def test_another_account_for_many_says_first_what_happens(world: DashboardWorld) -> None:
    second = wiring.get_account_manager().add("second", COOKIES, actor=world.actor("ada"))
    tasks = [world.submit("ada", f"Article {number}") for number in range(2)]
    running = world.submit("ada", "Running")
    take(running)
    app = change_many(world.open("tasks"), BulkAction.ACCOUNT)
    app.selectbox(key="bulk_to_account").set_value(second.id).run()
    words = words_of(app).replace("\\", "")
    assert "Nothing is ticked: all 3 articles of this filter." in words
    assert "2 go to the other account." in words
    assert "1 stays as it is" in words
    assert "Waiting] 2" in words
    assert {now(task).account_name for task in tasks} == {"main"}
    press(app, "bulk_confirm")
    assert {now(task).account_name for task in tasks} == {"second"}
    assert now(running).account_name == "main"


@pytest.mark.parametrize(("language", "words"), [("en", "s ago: writing"), ("zh_CN", "秒前):写入正文")])
def test_the_live_picture_of_a_running_article(world: DashboardWorld, language: str, words: str) -> None:
    task = world.submit("ada")
    take(task)
    pictures = wiring.get_live_pictures()
    waiting = world.open("tasks", query={"task": task.public_id}, language=language)
    assert words not in words_of(waiting)
    assert pictures.looked_at([task.id]) == {task.id}
    pictures.show(task.id, LivePicture(JPEG, "writing"))
    assert words in words_of(world.open("tasks", query={"task": task.public_id}, language=language))
    stranger = world.open("tasks", as_="bob", query={"task": task.public_id}, language=language)
    assert words not in words_of(stranger)


def test_what_was_typed_outlives_the_page_and_is_its_writer_s_alone(world: DashboardWorld) -> None:
    task = refused(world)
    form_of(world, task).text_area(key=f"edit_content_{task.id}").set_value("Half of a sentence").run()
    assert form_of(world, task, as_="root").text_area(key=f"edit_content_{task.id}").value == "With word 3."
    app = form_of(world, task)
    assert app.text_area(key=f"edit_content_{task.id}").value == "Half of a sentence"
    assert "is here again" in words_of(app)
    press(app, f"edit_undo_{task.id}")
    assert form_of(world, task).text_area(key=f"edit_content_{task.id}").value == "With word 3."
    app.text_area(key=f"edit_content_{task.id}").set_value("A whole sentence.").run()
    press(app, f"edit_send_{task.id}")
    assert wiring.get_edit_drafts().load(str(task.id), actor=world.actor("ada")) is None


def test_a_change_that_cannot_be_kept_is_told_and_tried_again(world: DashboardWorld) -> None:
    task = refused(world)
    folder = get_settings().data_dir / "unfinished_changes"
    folder.write_text("in the way of a folder", encoding="utf-8")
    app = form_of(world, task)
    app.text_area(key=f"edit_content_{task.id}").set_value("Half of a sentence").run()
    assert "cannot be kept just now" in words_of(app)
    folder.unlink()
    app.run()
    assert "cannot be kept just now" not in words_of(app)
    assert form_of(world, task).text_area(key=f"edit_content_{task.id}").value == "Half of a sentence"
