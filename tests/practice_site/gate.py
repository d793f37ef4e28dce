"""The door of the practice site: says who comes, logs it, and shows the faults that hit whole requests."""

from __future__ import annotations

import asyncio
from typing import cast
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.practice_site.faults import Fault
from tests.practice_site.records import LoggedRequest
from tests.practice_site.state import SiteState
from tests.practice_site.templates import Templates
from tests.practice_site.visit import Visit

OWN_PATHS = ("/practice", "/static", "/draftjs", "/pic/", "/favicon.ico")
"""Never hit by faults and never logged: the training tools and what pages are made of."""
BUSY_TEXT = "系统升级中，请稍后再试"


class Gate:
    """Wraps the application. Must be the outermost layer: it reaches for the connection below it."""

    def __init__(self, app: ASGIApp, state: SiteState) -> None:
        self._app = app
        self._state = state
        self._templates = Templates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(OWN_PATHS):
            await self._app(scope, receive, send)
            return
        visit = self._visit(scope, receive)
        scope.setdefault("state", {})["visit"] = visit
        status = 500

        async def noting_send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            answer = await self._whole_site_fault(visit)
            await (answer or self._app)(scope, receive, noting_send)
        finally:
            account_id = visit.owner.id if visit.owner else None
            self._state.log(
                LoggedRequest(visit.method, visit.path, account_id, 0 if visit.is_cut else status, visit.fired)
            )

    def _visit(self, scope: Scope, receive: Receive) -> Visit:
        request = Request(scope)
        owner = self._state.account_of(request.cookies.get("z_c0"))
        if owner is not None:
            owner.bec_seen = request.cookies.get("BEC", owner.bec_seen)
        # `receive` is a method of uvicorn's request cycle, which holds the transport. There is no other way
        # to end a connection without an answer: uvicorn turns every exception into a 500.
        transport = cast("asyncio.Transport", receive.__self__.transport)  # type: ignore[attr-defined]
        query = unquote_plus(request.url.query)
        visit = Visit(self._state, owner, owner, request.method, request.url.path, query, transport.abort)
        if owner is not None and visit.take(Fault.SESSION_EXPIRED):
            visit.account = None
        return visit

    async def _whole_site_fault(self, visit: Visit) -> Response | None:
        if visit.take(Fault.CONNECTION_CUT):
            return visit.cut()
        await visit.wait(Fault.SLOW_REPLY)
        is_api = visit.path.startswith("/api/")
        if visit.take(Fault.SITE_BUSY):
            if is_api:
                return JSONResponse({"error": {"message": BUSY_TEXT, "code": 503}}, 503)
            return HTMLResponse(self._templates.render("busy.html", message=BUSY_TEXT), 503)
        if rule := visit.take(Fault.HTTP_ERROR):
            return JSONResponse({"error": {"message": rule.message or "服务器错误"}}, rule.status)
        if is_api and visit.take(Fault.UNHUMAN_HTML):
            return HTMLResponse(self._templates.render("unhuman.html", next="/write"), 403)
        return None
