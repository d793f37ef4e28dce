"""Ways past the sign-in that Streamlit leaves open, each tried again here (`tests/unit/test_guards_in_code.py` reads
the same from the source, `tests/unit/test_auth_gate.py` tries the door): somebody is signed out under an open page,
and what still runs there shows nothing and does nothing."""

from __future__ import annotations

from functools import partial
from http.cookies import SimpleCookie
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest, local_script_runner

from core import wiring
from core.errors import NotAllowed
from core.store.models import metadata
from core.store.records import Actor
from core.task_state import TaskStatus
from dashboard.auth_gate import COOKIE
from dashboard.visitor import forget_sessions
from tests.integration.dashboard.dashboard_server import DashboardServer
from tests.integration.dashboard.dashboard_world import PASSWORD, DashboardWorld, words_of

LIVE = (
    ("overview", "ada"),
    ("tasks", "ada"),
    ("queue", "ada"),
    ("accounts", "ada"),
    ("logs", "ada"),
    ("upload", "ada"),
    ("workers", "root"),
    ("limits", "root"),
)
"""Pages that refresh by themselves, and who looks."""
WITH_BUTTONS = (*LIVE, ("publish", "ada"), ("profile", "ada"), ("users", "root"), ("audit", "root"))


def sign_out(world: DashboardWorld, name: str) -> None:
    """From another browser, while a page is open."""
    world.sign_in.sign_out_everywhere(world.users[name].id, actor=Actor.system())
    forget_sessions()


def refresh(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Run the parts that refresh by themselves, as their timers do: without the entry script."""
    parts = list(app._fragment_storage._fragments)  # noqa: SLF001  # AppTest has no timers
    assert parts
    timed = partial(RerunData, fragment_id_queue=parts, is_auto_rerun=True)
    with monkeypatch.context() as patch:
        patch.setattr(local_script_runner, "RerunData", timed)
        return app.run()


def everything(world: DashboardWorld) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with wiring.get_database().engine.connect() as connection:
        return {name: list(connection.execute(select(table))) for name, table in metadata.tables.items()}


@pytest.mark.parametrize(("page", "who"), LIVE)
def test_what_refreshes_by_itself_ends_with_the_session(
    world: DashboardWorld, monkeypatch: pytest.MonkeyPatch, page: str, who: str
) -> None:
    world.submit("ada", "一篇文章")
    app = world.open(page, as_=who)
    assert words_of(refresh(app, monkeypatch)) != ""
    sign_out(world, who)
    assert words_of(refresh(app, monkeypatch)) == ""
    assert not app.exception


@pytest.mark.parametrize(("page", "who"), WITH_BUTTONS)
def test_no_button_does_anything_after_the_session(world: DashboardWorld, page: str, who: str) -> None:
    """All buttons of the page at once, those in menus and drawers too."""
    task = world.submit("ada", "一篇文章")
    app = world.open(page, as_=who, query={"task": task.public_id})
    for number, field in enumerate(app.text_input):
        field.set_value(f"typed {number}")
    sign_out(world, who)
    before = everything(world)
    buttons = [button for button in app.button if not button.disabled]
    for button in buttons:
        button.click()
    app.run()
    assert buttons
    assert not app.exception
    assert everything(world) == before
    assert words_of(app) == ""


def test_cancel_in_the_drawer_does_nothing_after_the_session(world: DashboardWorld) -> None:
    task = world.submit("ada")
    app = world.open("tasks", query={"task": task.public_id})
    sign_out(world, "ada")
    app.button(key=f"cancel_{task.id}").click().run()
    assert wiring.get_task_queries().get(task.id).status is TaskStatus.WAITING
    assert words_of(app) == ""


def run_an_export() -> None:
    import streamlit as st  # noqa: PLC0415 - AppTest runs the body as a script

    from core.store.task_filter import TaskFilter  # noqa: PLC0415
    from dashboard.task_export import make_export  # noqa: PLC0415

    st.session_state["export"] = make_export(TaskFilter())


def test_nothing_is_downloaded_after_the_session(world: DashboardWorld) -> None:
    """The download is called outside of any page, at the press of its button."""
    world.submit("ada", "一篇文章")
    app = AppTest.from_function(run_an_export)
    app.user = {"user_id": str(world.users["ada"].id), "session_id": str(world.session_of("ada"))}
    app.run()
    assert not app.exception
    export = app.session_state["export"]
    assert "一篇文章" in export().decode("utf-8-sig")
    sign_out(world, "ada")
    with pytest.raises(NotAllowed):
        export()


def test_nothing_is_downloaded_without_a_session(world: DashboardWorld) -> None:
    world.submit("ada", "一篇文章")
    app = AppTest.from_function(run_an_export).run()
    with pytest.raises(NotAllowed):
        app.session_state["export"]()


def test_no_script_of_a_page_reads_the_cookie(world: DashboardWorld, api: DashboardServer) -> None:
    answer = api.call("POST", "/login", data={"name": "ada", "password": PASSWORD})
    assert answer.status_code == 303
    cookie = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert cookie.value
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/")
    assert cookie["domain"] == ""
    assert int(cookie["max-age"]) > 0
