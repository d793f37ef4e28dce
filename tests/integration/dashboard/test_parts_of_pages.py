"""What a part of a page does when a service is away, and what a button makes all dashboards read anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from core.errors import ServiceUnavailable
from dashboard import visitor
from dashboard.shared_figures import shared
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of


def run_a_part() -> None:
    import streamlit as st  # noqa: PLC0415 - AppTest runs the body as a script

    from core.errors import ServiceUnavailable  # noqa: PLC0415
    from dashboard.visitor import callback, callback_here, fragment  # noqa: PLC0415

    def is_away(_actor: object) -> None:
        raise ServiceUnavailable("The database", "gone", "Start it.")

    kinds = {
        "timed": fragment(run_every=2.0)(is_away),
        "untimed": fragment()(is_away),
        "change": callback(lambda actor: None),
        "look": callback_here(lambda actor: None),
    }
    kinds[st.query_params["kind"]]()


def run_a_long_callback() -> None:
    import streamlit as st  # noqa: PLC0415 - AppTest runs the body as a script
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx  # noqa: PLC0415

    from dashboard.visitor import callback, callback_here  # noqa: PLC0415

    def work(_actor: object, name: str) -> None:
        context = get_script_run_ctx()
        assert context is not None
        assert context.script_requests is not None
        context.script_requests.request_rerun(RerunData(page_script_hash=context.page_script_hash))
        st.session_state[f"{name} began"] = True
        st.toast(name)
        st.session_state[f"{name} ended"] = True

    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    st.button("change", on_click=callback(work), args=("change",))
    st.button("look", on_click=callback_here(work), args=("look",))


@pytest.mark.parametrize("place", [0, 1])
def test_what_a_button_does_is_not_broken_off_by_what_the_browser_sends_meanwhile(
    world: DashboardWorld, place: int
) -> None:
    app = AppTest.from_function(run_a_long_callback, default_timeout=30)
    app.user = {"user_id": str(world.users["ada"].id), "session_id": str(world.session_of("ada"))}
    button = app.run().button[place]
    button.click().run()
    assert app.session_state[f"{button.label} began"]
    assert app.session_state[f"{button.label} ended"]
    assert app.session_state["runs"] == 2  # what came meanwhile was run after it, in place of the click's own run
    app.run()
    assert app.session_state["runs"] == 3


def run_a_note_from_a_part() -> None:
    import streamlit as st  # noqa: PLC0415 - AppTest runs the body as a script

    from dashboard.visitor import callback, draw_notes, forget_notes, fragment, toast  # noqa: PLC0415

    def say(_actor: object) -> None:
        toast("done", icon=":material/check:")

    @fragment()
    def part(_actor: object) -> None:
        st.session_state["parts"] = st.session_state.get("parts", 0) + 1
        st.button("say", on_click=callback(say))

    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    draw_notes()
    part()
    forget_notes()


def test_a_note_of_a_part_is_shown_by_the_whole_page(world: DashboardWorld) -> None:
    """Drawn by the part alone, it would take the place of what the page shows behind it."""
    app = AppTest.from_function(run_a_note_from_a_part, default_timeout=30)
    app.user = {"user_id": str(world.users["ada"].id), "session_id": str(world.session_of("ada"))}
    app.run()
    app.button[0].click().run()
    assert [note.value for note in app.toast] == ["done"]
    assert (app.session_state["runs"], app.session_state["parts"]) == (2, 2)
    app.run()
    assert not app.toast


def run_part(world: DashboardWorld, kind: str) -> AppTest:
    app = AppTest.from_function(run_a_part, default_timeout=30)
    app.user = {"user_id": str(world.users["ada"].id), "session_id": str(world.session_of("ada"))}
    app.query_params["kind"] = kind
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize(("kind", "comes_back"), [("timed", 0), ("untimed", 1)])
def test_a_part_that_does_not_refresh_itself_lets_the_page_come_back(
    world: DashboardWorld, monkeypatch: pytest.MonkeyPatch, kind: str, comes_back: int
) -> None:
    tries: list[float] = []
    monkeypatch.setattr(visitor, "_try_again", tries.append)
    assert "This page goes on by itself" in words_of(run_part(world, kind))
    assert len(tries) == comes_back


def asked_again(world: DashboardWorld, kind: str, seconds: float) -> bool:
    """Whether what is shared for so long is read anew after a click of this kind."""
    asked: list[float] = []

    @shared(seconds)
    def figure() -> int:
        asked.append(seconds)
        return 1

    figure()
    run_part(world, kind)
    figure()
    return len(asked) > 1


@pytest.mark.parametrize(
    ("kind", "seconds", "is_again"), [("change", 4.9, True), ("change", 59.9, False), ("look", 4.9, False)]
)
def test_only_a_change_makes_all_read_anew_and_only_what_is_cheap(
    world: DashboardWorld, kind: str, seconds: float, is_again: bool
) -> None:
    assert asked_again(world, kind, seconds) is is_again


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    with monkeypatch.context() as away:
        yield away


def gone(*_: Any, **_more: Any) -> None:
    raise ServiceUnavailable("The database", "gone", "Start it.")


def test_the_link_of_a_doubtful_article_outlives_an_outage(world: DashboardWorld, outage: pytest.MonkeyPatch) -> None:
    task, link = world.doubtful("ada"), "https://zhuanlan.zhihu.com/p/123"
    app = world.open("tasks", query={"task": str(task.id)})
    app.text_input(key=f"review_link_{task.id}").set_value(link).run()
    outage.setattr(wiring.get_task_manager(), "get", gone)
    app.run()
    assert f"review_link_{task.id}" not in [one.key for one in app.text_input]
    outage.undo()
    app.run()
    assert app.text_input(key=f"review_link_{task.id}").value == link


def test_pasted_cookies_outlive_an_outage(world: DashboardWorld, outage: pytest.MonkeyPatch) -> None:
    key = f"cookies_{world.accounts['ada']}"
    app = world.open("accounts")
    app.text_area(key=key).set_value("z_c0=fresh").run()
    outage.setattr(wiring.get_account_manager(), "list", gone)
    app.run()
    outage.undo()
    app.run()
    assert app.text_area(key=key).value == "z_c0=fresh"
