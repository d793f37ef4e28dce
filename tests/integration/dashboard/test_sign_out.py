"""A sign-out is told as done only when the session has ended."""

from __future__ import annotations

import pytest

from core import wiring
from core.settings import get_settings
from dashboard.auth_gate import COOKIE
from tests.integration.dashboard.dashboard_server import DashboardServer
from tests.integration.dashboard.dashboard_world import DashboardWorld


def test_a_sign_out_ends_the_session_and_takes_the_cookie(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.token_of("ada")
    answer = api.call("POST", "/logout", cookies={COOKIE: token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert f'{COOKIE}="";' in answer.headers["set-cookie"]
    assert wiring.get_sign_in().visitor(token) is None


@pytest.mark.parametrize(("language", "told"), [("en", "still signed in"), ("zh-CN", "尚未退出登录")])
def test_while_the_database_is_away_the_session_and_its_cookie_stay(
    world: DashboardWorld, api: DashboardServer, monkeypatch: pytest.MonkeyPatch, language: str, told: str
) -> None:
    token = world.token_of("ada")
    with monkeypatch.context() as away:
        away.setenv("TOPN_DATABASE_URL", "mysql+pymysql://nobody@127.0.0.1:1/nothing")
        wiring.close_all()
        get_settings.cache_clear()
        answer = api.call("POST", "/logout", cookies={COOKIE: token}, headers={"Accept-Language": language})
    assert answer.status_code == 503
    assert told in answer.text
    assert 'action="/logout"' in answer.text
    assert "set-cookie" not in answer.headers
    world.start_anew()
    assert wiring.get_sign_in().visitor(token) is not None
