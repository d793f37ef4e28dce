"""`/healthz`: whether the dashboard can do its work, and what it lacks. Why stands in the log: anybody may ask."""

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

logger = logging.getLogger(__name__)


def read_health() -> dict[str, str]:
    """Part → `ok`, or that it cannot be used."""
    parts: dict[str, Callable[[], object]] = {
        "database": lambda: wiring.get_task_queries().remaining(),
        "redis": lambda: wiring.get_heartbeats().all(),
    }
    found = {}
    for name, ask in parts.items():
        try:
            ask()
            found[name] = "ok"
        except ServiceUnavailable as error:
            logger.warning("%s", error)
            found[name] = error.fact
    return found


def health_routes() -> list[Route]:
    """For `st.App`."""

    async def healthz(request: Request) -> Response:
        parts = await anyio.to_thread.run_sync(read_health)
        is_well = all(state == "ok" for state in parts.values())
        status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse({"status": "ok" if is_well else "unavailable", "parts": parts}, status)

    return [Route("/healthz", healthz)]
