"""Who sees a page at all: nobody without a living session, and each role its own pages."""

from __future__ import annotations

import pytest

from core.store.records import Actor
from dashboard.navigation import FOLDER, PAGES
from dashboard.visitor import forget_sessions
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("who", ["root", "ada"])
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_each_page_for_each_role_and_language(world: DashboardWorld, entry: object, who: str, language: str) -> None:
    page = next(one for one in PAGES if one is entry)
    if page.is_for_admins and who != "root":
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            world.open(page.file, as_=who, language=language)
        return
    app = world.open(page.file, as_=who, language=language)
    assert not app.exception
    assert words_of(app) != ""


def test_every_page_file_is_in_the_navigation() -> None:
    assert {file.stem for file in FOLDER.glob("[!_]*.py")} == {entry.file for entry in PAGES}


def test_without_a_sign_in_nothing_is_shown(world: DashboardWorld) -> None:
    app = world.open(as_=None)
    assert not app.exception
    assert words_of(app) == ""


def test_a_revoked_session_shows_nothing_at_the_next_run(world: DashboardWorld) -> None:
    app = world.open(as_="ada")
    assert words_of(app) != ""
    world.sign_in.sign_out_everywhere(world.users["ada"].id, actor=Actor.system())
    forget_sessions()
    app.run()
    assert words_of(app) == ""
