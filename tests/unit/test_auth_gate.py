"""The door in front of the dashboard, on an application that only notes what reaches it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from starlette.types import Message, Receive, Scope, Send

from core.errors import ServiceUnavailable
from core.store.records import Role
from core.store.sessions import SessionView
from dashboard.auth_gate import COOKIE, SESSION_HEADER, USER_HEADER, AuthGate
from dashboard.sign_in_routes import _safe_next

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SESSION = SessionView(7, 3, "ada", Role.OPERATOR, NOW, NOW, NOW)


class Door:
    """An AuthGate that knows the token `right`, and what it let through."""

    def __init__(self) -> None:
        self.passed: list[Scope] = []
        self.body = b""
        self.headers: dict[bytes, bytes] = {}
        self.gate = AuthGate(self.note, find=lambda token: SESSION if token == "right" else None)

    async def note(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application behind the gate."""
        self.passed.append(scope)
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})

    def connect(self, path: str = "/_stcore/stream", **headers: str) -> list[Message]:
        """What is answered to a websocket with these headers, until somebody speaks on it."""
        scope = {"type": "websocket", "path": path, "query_string": b"", "headers": _raw(headers)}
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        async def send(message: Message) -> None:
            sent.append(message)

        asyncio.run(self.gate(scope, receive, send))
        return sent

    def knock(self, path: str = "/", method: str = "GET", query: str = "", **headers: str) -> int:
        """The status of the answer to a request with these headers; `_` stands for `-`."""
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": _raw(headers),
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        asyncio.run(self.gate(scope, receive, send))
        self.headers = dict(sent[0].get("headers", []))
        self.body = b"".join(message.get("body", b"") for message in sent)
        return int(sent[0]["status"])


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.replace("_", "-").encode(), value.encode("utf-8")) for name, value in headers.items()]


@pytest.mark.parametrize("other", ['x={"a":1}', "a[b]=1", "flag", "x=é", "e=", '"=";', "a=b=c"])
def test_cookies_of_another_program_lock_nobody_out(other: str) -> None:
    door = Door()
    assert door.knock(cookie=f"{other}; {COOKIE}=right") == 200
    assert door.knock(cookie=f"{COOKIE}=right; {other}") == 200
    assert door.knock(cookie=f"{other}; {COOKIE}=wrong") == 401
    assert door.knock(cookie=other) == 401
    assert len(door.passed) == 2


def test_headers_that_only_the_gate_may_set_are_taken_from_strangers() -> None:
    door = Door()
    forged = {"X-Topn-User": "1", "x_topn_session": "1"}
    assert door.knock("/_stcore/stream", **forged) == 200
    assert door.knock("/login", **forged) == 200
    assert [scope["headers"] for scope in door.passed] == [[], []]
    assert door.knock(cookie=f"{COOKIE}=right", **forged) == 200
    ours = dict(door.passed[2]["headers"])
    assert (ours[USER_HEADER.encode()], ours[SESSION_HEADER.encode()]) == (b"3", b"7")
    assert len(door.passed[2]["headers"]) == 3


@pytest.mark.parametrize("origin", ["http://evil.example", "http://here.evil.example", "null", "http://["])
@pytest.mark.parametrize("path", ["/_stcore/stream", "/tasks"])
def test_a_websocket_of_another_site_is_closed_whoever_is_signed_in(path: str, origin: str) -> None:
    door = Door()
    (answer,) = door.connect(path, cookie=f"{COOKIE}=right", host="here", origin=origin)
    assert (answer["type"], answer["code"]) == ("websocket.close", 1008)
    (answer,) = door.connect(path, cookie=f"{COOKIE}=right", host="here", sec_fetch_site="cross-site")
    assert answer["type"] == "websocket.close"
    assert door.passed == []


def test_a_websocket_has_the_identity_of_its_session_and_no_other() -> None:
    door = Door()
    forged = {USER_HEADER: "1", "X-TOPN-SESSION": "1", "host": "here", "origin": "http://here"}
    (answer,) = door.connect(cookie=f"{COOKIE}=right", **forged)
    assert answer["type"] == "websocket.accept"
    told = [(name, value) for name, value in door.passed[0]["headers"] if name.lower().startswith(b"x-topn")]
    assert sorted(told) == [(SESSION_HEADER.encode(), b"7"), (USER_HEADER.encode(), b"3")]
    # Without a session it is let in as nobody: the script does no more than lead to the sign-in.
    for cookie in ("", f"{COOKIE}=wrong"):
        assert door.connect(cookie=cookie, **forged)[0]["type"] == "websocket.accept"
        assert [name for name, _value in door.passed[-1]["headers"] if name.lower().startswith(b"x-topn")] == []


def test_no_other_websocket_is_there_for_strangers() -> None:
    door = Door()
    assert door.connect("/another", host="here", origin="http://here")[0]["type"] == "websocket.close"
    assert door.passed == []


CLOSED = (
    "/",
    "/tasks",
    "/media/0123.png",
    "/app/static/logo.svg",
    "/component/streamlit.x/index.html",
    "/_stcore/metrics",
    "/_stcore/script-health-check",
    "/_stcore/upload_file/one/two",
    "/_stcore/agent/interact",
    "/_stcore/agent/openapi.json",
    "/_stcore/agent/mcp",
    "/_stcore/bidi-components/one/two.js",
    "/_stcore/something-new",
    "/oauth2callback",
    "/auth/login",
    "/script-health-check",
)
"""What Streamlit serves to anybody, unless a gate stands before it: the pictures of pages, uploads, figures."""


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_without_a_session_there_is_nothing_behind_the_gate(path: str, method: str) -> None:
    door = Door()
    assert door.knock(path, method) == 401
    assert door.knock(path, method, cookie=f"{COOKIE}=wrong", **{USER_HEADER: "1", SESSION_HEADER: "1"}) == 401
    assert door.passed == []
    assert door.knock(path, method, cookie=f"{COOKIE}=right") == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://here"}, 200),
        ({"origin": "http://["}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"sec_fetch_site": "same-origin"}, 200),
        ({}, 200),
    ],
)
def test_what_another_site_sends_is_refused(headers: dict[str, str], status: int) -> None:
    assert Door().knock(method="POST", cookie=f"{COOKIE}=right", host="here", **headers) == status


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "https://evil.example", "/login", "/logout", ""]
)
def test_the_sign_in_leads_to_pages_of_ours_only(address: str) -> None:
    assert _safe_next(address) == "/"
    assert _safe_next("/tasks?batch=1") == "/tasks?batch=1"


def door_without_database() -> Door:
    """Its gate finds nobody, as the database is away."""
    door = Door()

    def find(token: str) -> SessionView | None:
        raise ServiceUnavailable("database", "topn@db.inside:3306/topn does not answer.", "Start it.")

    door.gate = AuthGate(door.note, find)
    return door


def test_a_stranger_is_not_told_where_the_database_is() -> None:
    door = door_without_database()
    assert door.knock(cookie=f"{COOKIE}=right") == 503
    assert door.body == b"The database cannot be used. This page works again as soon as it is back."
    assert door.headers[b"retry-after"] == b"4"


AWAY = {
    "en-US": "The database cannot be reached. This page goes on by itself.",
    "zh-CN": "暂时连不上 数据库。恢复后本页会自动继续。",
}
FOREIGN = {"en-US": "sent from another address", "zh-CN": "这个请求来自其他网址"}


@pytest.mark.parametrize("language", AWAY)
def test_a_page_that_is_opened_without_the_database_comes_back_by_itself(language: str) -> None:
    door = door_without_database()
    assert door.knock("/tasks", cookie=f"{COOKIE}=right", accept="text/html,*/*", accept_language=language) == 503
    page = door.body.decode()
    assert AWAY[language] in page
    assert "db.inside" not in page
    assert '<meta http-equiv="refresh" content="4">' in page
    assert f'<html lang="{language[:2]}' in page
    assert "/brand/sign_in.css" in page
    assert (door.headers[b"retry-after"], door.headers[b"cache-control"]) == (b"4", b"no-store")
    assert door.headers[b"x-frame-options"] == b"DENY"


@pytest.mark.parametrize(("chosen", "told_in"), [("English", "en-US"), ("zh_CN", "zh-CN"), ("klingon", "zh-CN")])
def test_what_the_gate_says_is_in_the_language_of_the_page(chosen: str, told_in: str) -> None:
    door = door_without_database()
    asks = {"cookie": f"{COOKIE}=right", "accept": "text/html", "accept_language": "zh-CN"}
    assert door.knock("/tasks", query=f"language={chosen}", **asks) == 503
    assert AWAY[told_in] in door.body.decode()


@pytest.mark.parametrize("language", FOREIGN)
def test_a_person_is_told_what_to_do_about_a_refused_form(language: str) -> None:
    door = Door()
    sent = {"origin": "http://evil.example", "host": "here", "accept": "text/html", "accept_language": language}
    assert door.knock("/login", method="POST", **sent) == 403
    page = door.body.decode()
    assert FOREIGN[language] in page
    assert "refresh" not in page
    assert "Host" in page
    assert door.passed == []
