"""What stands on the page of the sign-in, in which language, and where it leads."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests

from core import wiring
from core.store.audit import AuditFilter
from core.store.records import Actor
from dashboard.visitor import forget_sessions
from tests.integration.dashboard.dashboard_server import DashboardServer
from tests.integration.dashboard.dashboard_world import PASSWORD, DashboardWorld

ENDED = "You were signed out. Sign in to go on where you were."


def ask(api: DashboardServer, path: str, language: str = "en-US", **headers: str) -> requests.Response:
    """As a browser of this language asks for a page."""
    return api.call("GET", path, headers={"Accept": "text/html", "Accept-Language": language, **headers})


@pytest.mark.parametrize(
    ("path", "browser", "button"),
    [
        ("/login", "en-US", "Sign in"),
        ("/login", "zh-CN,zh;q=0.9", "登录"),
        ("/login", "de", "Sign in"),
        ("/login?language=中文", "en-US", "登录"),
        ("/login?language=zh_CN", "en-US", "登录"),
        ("/login?language=English", "zh-CN", "Sign in"),
        ("/login?language=klingon", "zh-CN", "登录"),
        ("/login?next=%2Ftasks%3Flanguage%3D%E4%B8%AD%E6%96%87", "en-US", "登录"),
        ("/login?language=English&next=%2Ftasks%3Flanguage%3D%E4%B8%AD%E6%96%87", "en-US", "Sign in"),
    ],
)
def test_it_speaks_the_language_that_was_chosen(
    world: DashboardWorld, api: DashboardServer, path: str, browser: str, button: str
) -> None:
    page = ask(api, path, browser)
    assert page.status_code == 200
    assert f"<button>{button}</button>" in page.text


def test_the_language_that_is_chosen_there_goes_with_the_visitor(world: DashboardWorld, api: DashboardServer) -> None:
    page = ask(api, "/login?next=/tasks%3Fstatus%3Dfailed%26language%3DEnglish&ended=1", "en-US").text
    (chinese,) = [part.split('"')[0] for part in page.split('href="') if ">中文<" in part[:300]]
    address = chinese.replace("&amp;", "&")
    asked = parse_qs(urlsplit(address).query)
    assert asked == {"next": ["/tasks?status=failed&language=English"], "ended": ["1"], "language": ["中文"]}
    assert "<button>登录</button>" in ask(api, address).text
    form = {"name": "ada", "next": asked["next"][0]}
    action = "/login?language=中文"
    wrong = api.call("POST", action, data=form | {"password": "wrong"})
    assert "<button>登录</button>" in wrong.text
    right = api.call("POST", action, data=form | {"password": PASSWORD})
    assert unquote(right.headers["location"]) == "/tasks?status=failed&language=中文"
    plain = api.call("POST", "/login", data=form | {"password": PASSWORD})
    assert plain.headers["location"] == "/tasks?status=failed&language=English"


def test_who_signs_out_keeps_the_language(world: DashboardWorld, api: DashboardServer) -> None:
    headers = {"Referer": f"{api.url}/tasks?language=%E4%B8%AD%E6%96%87"}
    answer = api.call("POST", "/logout", headers=headers, cookies={"topn_session": world.token_of("ada")})
    assert unquote(answer.headers["location"]) == "/login?language=中文"
    for odd in ("", "http://[", f"{api.url}/tasks"):
        assert api.call("POST", "/logout", headers={"Referer": odd}).headers["location"] == "/login"


def test_it_says_that_an_open_page_was_signed_out(world: DashboardWorld, api: DashboardServer) -> None:
    assert ENDED in ask(api, "/login?ended=1&next=/tasks").text
    assert "您已退出登录。" in ask(api, "/login?ended=1&next=/tasks", "zh-CN").text
    assert ENDED not in ask(api, "/login?next=/tasks").text
    redirect = ask(api, "/tasks").headers["location"]
    assert redirect == "/login?next=%2Ftasks"


def test_an_open_page_leads_there_when_its_session_ends(world: DashboardWorld) -> None:
    app = world.open("tasks")
    world.sign_in.sign_out_everywhere(world.users["ada"].id, actor=Actor.system())
    forget_sessions()
    app.run()
    scripts = [element.proto.body for element in app.get("html")]
    assert any("'/login?ended=1&next='" in script for script in scripts)


@pytest.mark.parametrize(
    "name",
    ["", "   ", "\0", "x" * 400, "a\ud800b", "😀" * 100],
    ids=["none", "blank", "NUL", "long", "half", "wide"],
)
def test_no_name_is_too_odd_to_be_refused_and_put_on_record(
    world: DashboardWorld, api: DashboardServer, name: str
) -> None:
    form = {"name": name.encode(errors="surrogatepass"), "password": "wrong"}
    refused = api.call("POST", "/login", data=form)
    assert (refused.status_code, "<button>" in refused.text) == (403, True)
    (newest, *_) = wiring.get_audit_viewer().entries(AuditFilter(), actor=world.actor("root"))
    assert (newest.action, newest.detail["denied"]) == ("session.open", True)
