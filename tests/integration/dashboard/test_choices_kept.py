"""What a visitor chose or asked for is not lost on the way: the page behind the sign-in, the language over F5."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

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
