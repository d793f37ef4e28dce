"""The dashboard's routes behind its gate, or another app, over HTTP on a port of their own. Pages are not served."""

from __future__ import annotations

import threading
from typing import Any

import requests
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from dashboard.asgi_app import find_visitor, make_routes
from dashboard.auth_gate import AuthGate
from tests.servers.local_process import wait_until

TIMEOUT_SECONDS = 30


class DashboardServer:
    """`start`, then ask with `call("GET", "/api/v1/tasks", token=…)`."""

    def __init__(self, app: ASGIApp | None = None) -> None:
        if app is None:
            app = Starlette(routes=make_routes(), middleware=[Middleware(AuthGate, find=find_visitor)])
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="dashboard-routes", daemon=True)
        self.url = ""

    def start(self) -> None:
        """Returns when it answers."""
        self._thread.start()
        wait_until(lambda: self._server.started, 30, "the dashboard's routes to be served")
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        """Let what is being answered end."""
        self._server.should_exit = True
        self._thread.join()

    def call(self, method: str, path: str, token: str | None = None, **more: Any) -> requests.Response:
        """One request, with this token if there is one."""
        headers = dict(more.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return requests.request(
            method, self.url + path, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, **more
        )
