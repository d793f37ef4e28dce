"""`/healthz`: whether the dashboard can do its work, and what it lacks. Why is for administrators with a token, and for
the log: anybody may ask."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import wiring
from core.errors import ServiceUnavailable
from dashboard.bearer import bearer

logger = logging.getLogger(__name__)


def read_health(*, with_reasons: bool = False) -> dict[str, str]:
    """Part → `ok`, or that it cannot be used. Reasons may name hosts, users and schemas."""
    parts: dict[str, Callable[[], object]] = {
        "database": lambda: wiring.get_database().check(),
        "redis": lambda: wiring.get_heartbeats().all(),
    }
    found = {}
    for name, ask in parts.items():
        try:
            ask()
            found[name] = "ok"
        except ServiceUnavailable as error:
            logger.warning("%s", error)
            found[name] = str(error) if with_reasons else error.fact
    return found


def health_routes() -> list[Route]:
    """For `st.App`."""

    async def healthz(request: Request) -> Response:
        parts = await anyio.to_thread.run_sync(_read_for, request)
        is_well = all(state == "ok" for state in parts.values())
        status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse({"status": "ok" if is_well else "unavailable", "parts": parts}, status)

    return [Route("/healthz", healthz)]


def _read_for(request: Request) -> dict[str, str]:
    try:
        actor = bearer(request.headers)
    except ServiceUnavailable:
        # Nobody can tell whose the token is while the database is away.
        actor = None
    return read_health(with_reasons=actor is not None and actor.is_admin)
