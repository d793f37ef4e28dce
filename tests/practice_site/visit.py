"""One request to the practice site: who makes it, and which faults hit it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.practice_site.faults import Fault, FaultRule
from tests.practice_site.records import Account
from tests.practice_site.state import SiteState

LOOK_SECONDS = 0.05
"""How often a request that is held looks whether it may go."""


@dataclass(slots=True)
class Visit:
    """Made by the gate for each request of the imitated site."""

    state: SiteState
    owner: Account | None
    """Whose z_c0 came in."""
    account: Account | None
    """Who the site takes the visitor for: nobody, when the session has expired."""
    method: str
    path: str
    query: str
    """Decoded."""
    abort: Callable[[], None]
    """Cuts the connection under the request."""
    is_cut: bool = False
    fired: list[str] = field(default_factory=list)

    @property
    def _owner_id(self) -> str | None:
        return self.owner.id if self.owner else None

    def peek(self, fault: Fault) -> FaultRule | None:
        """The rule that would hit this request."""
        return self.state.faults.peek(fault, self._owner_id, self.method, self.path, self.query)

    def take(self, fault: Fault) -> FaultRule | None:
        """The rule that hits this request; it counts as used."""
        rule = self.state.faults.take(fault, self._owner_id, self.method, self.path, self.query)
        if rule is not None:
            self.fired.append(fault.value)
        return rule

    def take_seconds(self, fault: Fault) -> float:
        """How long the fault asks to wait; 0 without it."""
        rule = self.take(fault)
        return rule.seconds if rule else 0.0

    async def wait(self, fault: Fault) -> None:
        """Wait for as long as the fault asks, or until it lets go."""
        rule = self.take(fault)
        end = time.monotonic() + (rule.seconds if rule else 0.0)
        while rule and not rule.is_let_go and time.monotonic() < end:
            await asyncio.sleep(min(LOOK_SECONDS, end - time.monotonic()))

    def cut(self) -> Response:
        """Cut the connection. The answer returned only satisfies the framework; nobody gets it."""
        self.is_cut = True
        self.abort()
        return Response()


def visit_of(request: Request) -> Visit:
    """The visit that the gate made for this request."""
    return cast("Visit", request.state.visit)


def not_signed_in() -> JSONResponse:
    """What the site's APIs say to a stranger."""
    error = {"message": "请求头或参数错误，请登录后重试", "code": 100, "name": "AuthenticationError"}
    return JSONResponse({"error": error}, 401)


def not_found() -> JSONResponse:
    """What the site's APIs say about an article that is not there for this visitor."""
    return JSONResponse({"error": {"message": "资源不存在", "code": 404, "name": "NotFoundError"}}, 404)
