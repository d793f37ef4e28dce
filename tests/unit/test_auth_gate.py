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
        self.gate = AuthGate(self.note, find=lambda token: SESSION if token == "right" else None)

    async def note(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application behind the gate."""
        self.passed.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    def knock(self, path: str = "/", method: str = "GET", **headers: str) -> int:
        """The status of the answer to a request with these headers; `_` stands for `-`."""
        raw = [(name.replace("_", "-").encode(), value.encode("utf-8")) for name, value in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": raw}
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        asyncio.run(self.gate(scope, receive, send))
        self.body = b"".join(message.get("body", b"") for message in sent)
        return int(sent[0]["status"])


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


def test_a_stranger_is_not_told_where_the_database_is() -> None:
    door = Door()

    def find(token: str) -> SessionView | None:
        raise ServiceUnavailable("database", "topn@db.inside:3306/topn does not answer.", "Start it.")

    door.gate = AuthGate(door.note, find)
    assert door.knock(cookie=f"{COOKIE}=right") == 503
    assert door.body == b"The database cannot be used. This page works again as soon as it is back."
