"""The door in front of the dashboard: pure ASGI, so that it sees websockets as well. Deny by default.

What a browser may reach without a sign-in is listed in `OPEN` and `SCRIPT_ENTRY`; everything else needs a living
session, whose user it names in headers that only it can set. The page script and every service check again.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import quote, urlsplit

import anyio.to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import ServiceUnavailable, service_name
from core.store.sessions import SessionView
from dashboard.html_pages import COME_BACK_SECONDS, html_page, language_for

COOKIE = "topn_session"
USER_HEADER = "x-topn-user"
SESSION_HEADER = "x-topn-session"

OPEN = ("/login", "/logout", "/healthz", "/metrics", "/api/v1", "/brand/", "/static/")
"""Looks after itself: the sign-in, health, and what asks for a token of its own; and the files of Streamlit, the same
for everybody, which the sign-in fetches ahead."""
SCRIPT_ENTRY = ("/_stcore/stream", "/_stcore/host-config", "/_stcore/health")
"""Reachable without a sign-in, for the entry script then does nothing but lead to it. A tab whose session has
ended would otherwise show a connection error for ever."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
REMEMBER_SECONDS = 2.0
MOST_REMEMBERED = 1000
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "content-security-policy": "frame-ancestors 'none'",
}

logger = logging.getLogger(__name__)

FindSession = Callable[[str], SessionView | None]


class AuthGate:
    """Wraps the whole application, outermost. `find` reads the database; its answer is good for two seconds, as
    one page asks for many files at once."""

    def __init__(self, app: ASGIApp, find: FindSession) -> None:
        self._app = app
        self._find = find
        self._known: OrderedDict[str, tuple[float, SessionView | None]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal, session = await self._judge(scope)
        if refusal is not None:
            await _refuse(refusal, scope, receive, send)
            return
        await self._app(_with_identity(scope, session), receive, _with_security_headers(send))

    async def _judge(self, scope: Scope) -> tuple[Response | None, SessionView | None]:
        """A refusal, or who comes. Cases, the first that fits:

        1. Somebody else's page sends it: refused, whoever is signed in.
        2. An open path: passed on without an identity.
        3. A living session: passed on with its identity.
        4. The way into the script: passed on without an identity.
        5. Anything else: to the sign-in if a person opens a page, refused if not.
        """
        headers = Headers(scope=scope)
        path: str = scope["path"]
        if not _is_same_origin(scope, headers):
            return _stranger(scope, headers), None
        if path.startswith(OPEN):
            return None, None
        try:
            session = await self._session(headers)
        except ServiceUnavailable as error:
            logger.warning("Nobody can be let in: %s", error)
            return _away(error, scope, headers), None
        if session is not None or path.startswith(SCRIPT_ENTRY):
            return None, session
        if _is_person(scope, headers):
            return RedirectResponse(f"/login?next={quote(_address(scope), safe='')}", 303), None
        return PlainTextResponse("Sign in first.", 401), None

    async def _session(self, headers: Headers) -> SessionView | None:
        token = _token(headers)
        if token is None:
            return None
        now = time.monotonic()
        known = self._known.get(token)
        if known is not None and now - known[0] < REMEMBER_SECONDS:
            return known[1]
        found = await anyio.to_thread.run_sync(self._find, token)
        self._known[token] = (now, found)
        self._known.move_to_end(token)
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return found


def _token(headers: Headers) -> str | None:
    """Read as browsers write: another program on this host may set cookies that no standard knows, and
    `http.cookies` gives up at the first of them."""
    return cookie_parser(headers.get("cookie", "")).get(COOKIE) or None


def _is_same_origin(scope: Scope, headers: Headers) -> bool:
    """Browsers name the origin of every websocket and of every request that changes something."""
    is_safe = scope["type"] == "http" and scope["method"] in SAFE_METHODS
    origin = headers.get("origin")
    if is_safe or origin is None:
        return is_safe or headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    try:
        return urlsplit(origin).netloc == headers.get("host")
    except ValueError:
        return False


def _is_person(scope: Scope, headers: Headers) -> bool:
    """Somebody opens a page, who reads what comes; else it is a part of one, or a program."""
    return scope["type"] == "http" and "text/html" in headers.get("accept", "")


def _stranger(scope: Scope, headers: Headers) -> Response:
    if _is_person(scope, headers):
        return html_page("notice.html", language_for(scope), HTTPStatus.FORBIDDEN)
    return PlainTextResponse("This request came from another site.", HTTPStatus.FORBIDDEN)


def _away(error: ServiceUnavailable, scope: Scope, headers: Headers) -> Response:
    """A page that is opened meanwhile asks again by itself: reloading it is the first thing that people try."""
    status, when = HTTPStatus.SERVICE_UNAVAILABLE, {"retry-after": str(COME_BACK_SECONDS)}
    if not _is_person(scope, headers):
        return PlainTextResponse(f"{error.fact} This page works again as soon as it is back.", status, when)
    seconds, service = COME_BACK_SECONDS, service_name(error.service)
    return html_page(
        "notice.html", language_for(scope), status, headers=when, come_back_seconds=seconds, service=service
    )


def _address(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{scope['path']}?{query}" if query else str(scope["path"])


def _with_identity(scope: Scope, session: SessionView | None) -> Scope:
    """The request with our headers, and without those that somebody else may have put there."""
    ours = {USER_HEADER.encode(), SESSION_HEADER.encode()}
    headers = [(name, value) for name, value in scope["headers"] if name.lower() not in ours]
    if session is not None:
        headers += [
            (USER_HEADER.encode(), str(session.user_id).encode()),
            (SESSION_HEADER.encode(), str(session.id).encode()),
        ]
    return {**scope, "headers": headers}


def _with_security_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


async def _refuse(refusal: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": "sign in first"})
        return
    await refusal(scope, receive, _with_security_headers(send))
