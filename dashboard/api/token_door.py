"""The door of the API: whoever has no token is answered before a byte of the body is read."""

from __future__ import annotations

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from core.errors import TopnError
from core.store.records import Actor
from dashboard.api.problems import ACTOR, NotSignedIn, answer
from dashboard.bearer import bearer

OPEN = ("/docs", "/redoc", "/openapi.json", "/static-offline-docs/")
"""The API's own pages, which tell nothing of anybody's articles."""


class TokenDoor:
    """Wraps the API, outside of all that reads a body. Who calls stands in the scope from here on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _path_of(scope).startswith(OPEN):
            await self._app(scope, receive, send)
            return
        try:
            actor = await anyio.to_thread.run_sync(_caller, Headers(scope=scope))
        except TopnError as error:
            await answer(error)(scope, receive, send)
            return
        await self._app({**scope, ACTOR: actor}, receive, send)


def _path_of(scope: Scope) -> str:
    """Without the place where the API is mounted."""
    return str(scope["path"]).removeprefix(str(scope.get("root_path", "")))


def _caller(headers: Headers) -> Actor:
    """Raises NotSignedIn, ServiceUnavailable."""
    actor = bearer(headers)
    if actor is None:
        raise NotSignedIn
    return actor
