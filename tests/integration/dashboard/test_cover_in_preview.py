"""The cover in the preview of the page Publish."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from core.settings import get_settings
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of
from tests.integration.dashboard.test_page_publish import send, tasks_of, write
from tests.integration.dashboard.test_tasks_edit import form_of
from tests.pictures import picture

COVER = picture(1600, 800)
NO_PICTURE = "the file is neither a PNG, a JPEG nor a WebP picture"


def choose(app: AppTest, data: bytes = COVER) -> AppTest:
    return app.file_uploader[0].upload("cover.png", data, "image/png").run()


def shown(app: AppTest) -> list[str]:
    """The addresses of all pictures."""
    return [address for element in app.image for address in element.value]


def test_it_stands_above_the_title_as_soon_as_it_is_chosen(world: DashboardWorld) -> None:
    app = write(world.open("publish"))
    assert shown(app) == []
    choose(app)
    assert len(shown(app)) == 1
    column = [element for element in app.main if element.type in ("image", "html")]
    place = next(number for number, element in enumerate(column) if element.type == "image")
    assert "<h1>一篇文章</h1>" in column[place + 1].proto.body


def test_it_is_the_same_picture_with_every_key(world: DashboardWorld) -> None:
    app = choose(world.open("publish"))
    (address,), seen = shown(app), app.session_state["publish_cover_seen"]
    for title in ("一", "一篇", "一篇文"):
        app.text_input(key="publish_title").set_value(title).run()
        assert shown(app) == [address]
        assert app.session_state["publish_cover_seen"] is seen


def test_it_goes_when_it_is_taken_out_of_its_field(world: DashboardWorld) -> None:
    app = choose(world.open("publish"))
    app.file_uploader[0].set_value(None).run()
    assert shown(app) == []
    assert "As soon as you write something" in words_of(app)


def test_another_one_takes_its_place(world: DashboardWorld) -> None:
    app = choose(world.open("publish"))
    (first,) = shown(app)
    (second,) = shown(choose(app, picture(900, 500, "red")))
    assert first != second


def test_the_cover_of_before_is_shown_and_goes_with_its_button(world: DashboardWorld) -> None:
    (address,) = shown(choose(write(world.open("publish"))))
    again = world.open("publish")
    assert shown(again) == [address]
    again.button(key="publish_cover_out").click().run()
    assert shown(again) == []


def test_nothing_of_it_is_left_for_the_next_article(world: DashboardWorld) -> None:
    app = send(choose(write(world.open("publish"))))
    assert len(tasks_of(world, "ada")) == 1
    assert shown(app) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", f"{NO_PICTURE}. Save it as JPEG or PNG."), ("zh_CN", "文件不是 PNG、JPEG 或 WebP 图片。")],
)
def test_a_file_that_is_no_picture_is_told_at_once_and_not_kept(
    world: DashboardWorld, language: str, words: str
) -> None:
    app = choose(write(world.open("publish", language=language)), b"GIF89a and so on")
    assert [error.value.replace("\\", "")[: len(words)] for error in app.error] == [words]
    assert shown(app) == []
    assert [error.value for error in world.open("publish", language=language).error] == []
    app.file_uploader[0].set_value(None).run()
    assert [error.value for error in app.error] == []


def test_a_picture_that_cannot_be_opened_is_told(world: DashboardWorld) -> None:
    app = choose(world.open("publish"), b"\x89PNG\r\n\x1a\n and the rest")
    assert "The cover cannot be shown here and goes to the site as it is" in words_of(app)
    assert (shown(app), list(app.error)) == ([], [])


def test_the_form_that_changes_an_article_shows_its_cover_and_the_one_that_takes_its_place(
    world: DashboardWorld,
) -> None:
    task = world.submit("ada", cover=COVER)
    app = form_of(world, task)
    (present,) = shown(app)
    app.text_input(key=f"edit_title_{task.id}").set_value("Another title").run()
    assert shown(app) == [present]
    choose(app, picture(900, 500, "red"))
    (other,) = shown(app)
    assert other != present
    choose(app, b"GIF89a and so on")
    assert [error.value.replace("\\", "") for error in app.error] == [f"{NO_PICTURE}. Save it as JPEG or PNG."]
    assert shown(app) == []
    app.file_uploader[0].set_value(None).run()
    assert shown(app) == [present]
    app.checkbox(key=f"edit_without_cover_{task.id}").set_value(True).run()
    assert shown(app) == []


def test_a_cover_that_cannot_be_shown_is_told_in_the_form_as_well(world: DashboardWorld) -> None:
    app = choose(form_of(world, world.submit("ada", cover=COVER)), b"\x89PNG\r\n\x1a\n and the rest")
    assert "The cover cannot be shown here and goes to the site as it is" in words_of(app)
    assert (shown(app), list(app.error)) == ([], [])


def test_an_article_whose_picture_is_gone_can_be_saved_without_one(world: DashboardWorld) -> None:
    task = world.submit("ada", cover=COVER)
    with closing(sqlite3.connect(get_settings().data_dir / "topn.sqlite3")) as bare, bare:
        bare.execute("DELETE FROM pictures")
    app = form_of(world, task)
    assert (shown(app), list(app.error), list(app.exception)) == ([], [], [])
    app.checkbox(key=f"edit_without_cover_{task.id}").set_value(True).run()
    app.button(key=f"edit_save_{task.id}").click().run()
    assert wiring.get_task_queries().article(task.id).cover_sha256 is None


def test_an_article_without_a_cover_shows_none_in_its_form(world: DashboardWorld) -> None:
    assert shown(form_of(world, world.submit("ada"))) == []
