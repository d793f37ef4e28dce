"""What a visitor chose or asked for is not lost on the way: the page behind the sign-in, the language over F5."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from core.services.fault_words import KINDS
from core.store.task_pages import TaskSort
from core.task_state import TaskStatus
from dashboard.components.task_filter import Period
from tests.integration.dashboard.dashboard_server import DashboardServer
from tests.integration.dashboard.dashboard_world import PASSWORD, SCRIPT, DashboardWorld


def test_the_page_asked_for_is_kept_over_a_wrong_password(api: DashboardServer) -> None:
    form = {"name": "ada", "password": "wrong", "next": "/tasks?text=a"}
    refused = api.call("POST", "/login", data=form)
    assert refused.status_code == 403
    assert 'name="next" value="/tasks?text=a"' in refused.text
    accepted = api.call("POST", "/login", data={**form, "password": PASSWORD})
    assert (accepted.status_code, accepted.headers["location"]) == (303, "/tasks?text=a")


def test_another_site_is_forgotten_over_a_wrong_password(api: DashboardServer) -> None:
    refused = api.call("POST", "/login", data={"name": "ada", "password": "wrong", "next": "//elsewhere.example"})
    assert 'name="next" value="/"' in refused.text


@pytest.mark.parametrize("said", ["中文", "zh_CN"])
def test_the_language_in_the_address_is_spoken_from_the_first_run_on(world: DashboardWorld, said: str) -> None:
    app = AppTest.from_file(str(SCRIPT), default_timeout=30)
    app.user = {"user_id": str(world.users["ada"].id), "session_id": str(world.session_of("ada"))}
    app.query_params["language"] = said
    app.run()
    assert [title.value for title in app.title] == ["总览"]
    app.run()
    assert [title.value for title in app.title] == ["总览"]


@pytest.mark.parametrize(
    ("asked", "led"), [("/overview?over=7d&language=en", "/?over=7d&language=en"), ("/overview", "/")]
)
def test_the_first_page_under_its_own_name_keeps_its_address(
    api: DashboardServer, world: DashboardWorld, asked: str, led: str
) -> None:
    headers = {"Cookie": f"topn_session={world.token_of('ada')}"}
    answer = api.call("GET", asked, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (307, led)


def read_choices() -> None:
    import streamlit as st  # noqa: PLC0415 - AppTest runs the body as a script

    from dashboard.components.task_filter import ADDRESS  # noqa: PLC0415

    for name, words in st.session_state["sent"].items():
        st.session_state[ADDRESS.key(name)] = words
    st.session_state["read"] = {name: ADDRESS.value(name) for name in st.session_state["sent"]}
    ADDRESS.write()


def test_a_choice_in_the_words_of_the_language_of_before_is_what_it_was() -> None:
    """A part of the page may refresh before the browser has learnt the new words: it still sends the old ones."""
    app = AppTest.from_function(read_choices, default_timeout=30)
    app.query_params.update({"sort": "oldest", "period": "week", "user": "7", "status": "failed"})
    sent = {
        "sort": "最早提交",
        "period": "最近 7 天",
        "user": "甲",
        "status": ["失败"],
        "fault": "任何类型",
        "from": None,
    }
    app.session_state["sent"] = {**sent, "text": "失败"}
    app.run()
    assert not app.exception
    assert app.session_state["read"] == {
        "sort": TaskSort.OLDEST,
        "period": Period.WEEK,
        "user": 7,
        "status": [TaskStatus.FAILED],
        "fault": None,
        "from": None,
        "text": "失败",
    }


def test_a_label_of_one_word_is_no_kind_of_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "Rejected", "Refused")
    app = AppTest.from_function(read_choices, default_timeout=30)
    app.query_params["fault"] = "KeyError"
    for sent, read in (("Refused", "KeyError"), ("Rejected", "Rejected"), ("OSError", "OSError"), ("未知", "OSError")):
        app.session_state["sent"] = {"fault": sent}
        app.run()
        assert not app.exception
        assert app.session_state["read"] == {"fault": read}


def test_filters_outlive_words_of_the_language_of_before(world: DashboardWorld) -> None:
    app = world.open("tasks")
    app.selectbox(key="tasks_sort").set_value(TaskSort.OLDEST).run()
    app.session_state["tasks_sort"] = "最早提交"
    app._run()  # noqa: SLF001 - as nobody could choose it
    assert not app.exception
    assert app.selectbox(key="tasks_sort").value is TaskSort.OLDEST


def test_the_account_of_an_article_outlives_words_of_the_language_of_before(world: DashboardWorld) -> None:
    app = world.open("publish", as_="root")
    accounts = wiring.get_account_manager().list(actor=world.actor("root"))
    second = max(accounts, key=lambda one: one.user_name).id
    assert app.selectbox(key="publish_account").value != second
    app.selectbox(key="publish_account").set_value(second).run()
    app.session_state["publish_account"] = "main (知乎)"
    app._run()  # noqa: SLF001 - as nobody could choose it
    assert app.selectbox(key="publish_account").value == second
