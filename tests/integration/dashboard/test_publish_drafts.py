"""What a writer has not handed in yet is kept, one article for each form that was opened."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from core.services.form_drafts import MOST_FORMS
from core.services.pictures import picture_of
from core.settings import get_settings
from core.store.records import Actor
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of
from tests.integration.dashboard.test_page_publish import PNG, send, tasks_of, write


def files_of(world: DashboardWorld, name: str = "ada") -> list[Path]:
    folder = get_settings().data_dir / "unfinished" / str(world.users[name].id)
    return sorted(folder.iterdir())


def titles_of(world: DashboardWorld) -> list[str]:
    """Of what is unfinished, the newest first."""
    return [draft.title for draft in wiring.get_form_drafts().unfinished(actor=world.actor("ada"))]


def labels_of(app: AppTest) -> str:
    return "\n".join(expander.label for expander in app.expander)


def test_an_unfinished_article_comes_back(world: DashboardWorld) -> None:
    write(world.open("publish"), title="Half a thought", content="Not yet fin")
    again = world.open("publish")
    assert again.text_input(key="publish_title").value == "Half a thought"
    assert again.text_area(key="publish_content").value == "Not yet fin"
    assert "Your unfinished article of" in words_of(again)
    assert world.open("publish", as_="bob").text_input(key="publish_title").value == ""
    again.button(key="publish_discard").click().run()
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
    assert wiring.get_form_drafts().save("aform", facts, actor=world.actor("ada"))
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
    assert wiring.get_form_drafts().save("aform", facts, actor=world.actor("ada"))
    app = world.open("publish")
    assert not app.exception
    assert app.text_input(key="publish_title").value == ""


def test_an_unfinished_article_is_its_writer_s_alone(world: DashboardWorld) -> None:
    drafts = wiring.get_form_drafts()
    assert drafts.save("one", {"title": "x"}, actor=world.actor("ada"))
    assert drafts.load("one", actor=world.actor("bob")) is None
    assert not drafts.save("one", {"title": "x"}, actor=Actor.system())
    for file in files_of(world):
        assert file.stat().st_mode & 0o077 == 0
        file.write_text("{", encoding="utf-8")
    assert drafts.load("one", actor=world.actor("ada")) is None
    assert drafts.unfinished(actor=world.actor("ada")) == []
    drafts.forget("one", actor=world.actor("ada"))
    drafts.forget("one", actor=world.actor("ada"))
    assert files_of(world) == []


@pytest.mark.parametrize("name", ["../2/one", "", "A", "x" * 33, "one.json"])
def test_the_name_of_a_form_leads_nowhere_else(world: DashboardWorld, name: str) -> None:
    drafts = wiring.get_form_drafts()
    assert not drafts.save(name, {"title": "x"}, actor=world.actor("ada"))
    assert drafts.load(name, actor=world.actor("ada")) is None
    app = world.open("publish", query={"form": name})
    assert not app.exception
    assert app.query_params["form"] != name


def test_two_tabs_write_two_articles(world: DashboardWorld) -> None:
    one, two = write(world.open("publish"), "Article A"), world.open("publish")
    two.button(key="publish_anew").click().run()
    assert "1 other unfinished article" in labels_of(two)
    write(two, "Article B")
    write(one, "Article A, longer")
    assert titles_of(world) == ["Article A, longer", "Article B"]
    send(one)
    assert titles_of(world) == ["Article B"]
    assert one.text_input(key="publish_title").value == ""
    again = world.open("publish")
    assert again.text_input(key="publish_title").value == "Article B"


def test_two_tabs_with_one_form_become_two_articles_when_both_write(world: DashboardWorld) -> None:
    one = write(world.open("publish"), "Article A")
    one.file_uploader[0].upload("cover.png", PNG, "image/png").run()
    two = world.open("publish", query={"form": one.query_params["form"]})
    assert two.text_input(key="publish_title").value == "Article A"
    write(one, "Written here")
    write(two, "Written there")
    assert two.query_params["form"] != one.query_params["form"]
    assert titles_of(world) == ["Written there", "Written here"]
    assert "The cover you chose before" in words_of(two)


def test_another_unfinished_article_is_gone_on_with_and_the_one_at_hand_is_kept(world: DashboardWorld) -> None:
    app = write(world.open("publish"), "Article A")
    app.button(key="publish_anew").click().run()
    assert app.text_area(key="publish_content").value == ""
    write(app, "", content="Only a text")
    (other,) = [button for button in app.button if "Article A" in button.label]
    other.click().run()
    assert app.text_input(key="publish_title").value == "Article A"
    assert any("Only a text" in button.label for button in app.button)
    assert titles_of(world) == ["Only a text", "Article A"]


def test_a_page_that_is_loaded_anew_goes_on_with_its_own_article(world: DashboardWorld) -> None:
    one = write(world.open("publish"), "Article A")
    form = one.query_params["form"]
    one.button(key="publish_anew").click().run()
    write(one, "Article B")
    again = world.open("publish", query={"form": form})
    assert again.text_input(key="publish_title").value == "Article A"


def test_a_form_that_was_emptied_stays_empty(world: DashboardWorld) -> None:
    app = write(world.open("publish"), "Article A")
    write(app, "", content="")
    again = world.open("publish", query={"form": app.query_params["form"]})
    assert again.text_input(key="publish_title").value == ""
    assert titles_of(world) == []


def test_what_cannot_be_kept_is_told_tried_again_and_stays_meanwhile(world: DashboardWorld) -> None:
    folder = get_settings().data_dir / "unfinished"
    folder.write_text("in the way of a folder", encoding="utf-8")
    app = write(world.open("publish"), "Article A")
    app.file_uploader[0].upload("cover.png", PNG, "image/png").run()
    assert "cannot be kept just now" in words_of(app)
    assert "The cover cannot be kept just now" in words_of(app)
    app.button(key="publish_anew").click().run()
    assert app.text_input(key="publish_title").value == "Article A"
    app.switch_page("app_pages/tasks.py").run()
    app.switch_page("app_pages/publish.py").run()
    assert app.text_input(key="publish_title").value == "Article A"
    folder.unlink()
    app.run()
    assert "cannot be kept" not in words_of(app)
    assert titles_of(world) == ["Article A"]


def test_the_oldest_make_room_and_what_was_left_for_long_is_forgotten(world: DashboardWorld) -> None:
    drafts, ada = wiring.get_form_drafts(), world.actor("ada")
    for number in range(MOST_FORMS + 5):
        assert drafts.save(f"form{number}", {"title": f"Article {number}"}, actor=ada)
        assert drafts.save_cover(f"form{number}", PNG, actor=ada)
    kept = [draft.form for draft in drafts.unfinished(actor=ada)]
    assert kept == [f"form{number}" for number in range(MOST_FORMS + 4, 4, -1)]
    assert len(files_of(world)) == 2 * MOST_FORMS
    long_ago = (datetime.now(UTC) - timedelta(days=91)).timestamp()
    for file in files_of(world):
        os.utime(file, (long_ago, long_ago))
    assert drafts.save("another", {"title": "x"}, actor=ada)
    assert titles_of(world) == ["x"]
