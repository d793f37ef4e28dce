"""Errors of the services as HTTP answers: one status per class, one shape for all."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from core.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotPossible,
    QueueFull,
    ServiceUnavailable,
    TopnError,
)
from dashboard.api.shapes import Problem

logger = logging.getLogger(__name__)

STATUSES: dict[type[TopnError], HTTPStatus] = {
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    NotPossible: HTTPStatus.CONFLICT,
    QueueFull: HTTPStatus.TOO_MANY_REQUESTS,
}
RETRY_SECONDS = 5
NOT_SIGNED_IN = "Send a token: Authorization: Bearer topn_…"


class NotSignedIn(TopnError):
    """No token, or one that opens nothing."""

    def __init__(self) -> None:
        super().__init__(NOT_SIGNED_IN)


def add_problem_handlers(api: FastAPI) -> None:
    """Answer every error of TOP_N and every malformed request as a `Problem`."""
    api.add_exception_handler(TopnError, _answer)
    api.add_exception_handler(RequestValidationError, _answer_malformed)
    api.add_exception_handler(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _answer_too_large)


async def _answer(request: Request, error: Exception) -> JSONResponse:
    return answer(error)


def answer(error: Exception) -> JSONResponse:
    """What the caller gets for this error."""
    if isinstance(error, NotSignedIn):
        return _problem(HTTPStatus.UNAUTHORIZED, str(error), headers={"www-authenticate": "Bearer"})
    if isinstance(error, ServiceUnavailable):
        # It comes before anybody knows whose the token is.
        logger.warning("%s", error)
        return _problem(HTTPStatus.SERVICE_UNAVAILABLE, error.fact, headers={"retry-after": str(RETRY_SECONDS)})
    status = next((STATUSES[one] for one in type(error).__mro__ if one in STATUSES), HTTPStatus.INTERNAL_SERVER_ERROR)
    faults = []
    if isinstance(error, InvalidInput):
        faults = [{"field": one.field, "reason": one.reason, "remedy": one.remedy} for one in error.faults]
    return _problem(status, str(error), faults)


async def _answer_malformed(request: Request, error: Exception) -> JSONResponse:
    """What the shape of the request already forbids, in the same words as the services use."""
    faults = []
    if isinstance(error, RequestValidationError):
        for one in error.errors():
            field = ".".join(str(part) for part in one["loc"] if part != "body") or "body"
            faults.append({"field": field, "reason": f"{one['msg']}.", "remedy": "See the API's page, /api/v1/docs."})
    detail = "; ".join(f"{fault['field']}: {fault['reason']}" for fault in faults)
    return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, faults)


async def _answer_too_large(request: Request, error: Exception) -> JSONResponse:
    detail = "This is larger than the API takes. Split it into smaller batches."
    return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail, headers={"connection": "close"})


class _AnyText(JSONResponse):
    """JSON in which half a character, quoted from what was sent, is a question mark."""

    def render(self, content: Any) -> bytes:
        """As JSON does it, whatever the text."""
        return json.dumps(content, ensure_ascii=False).encode(errors="replace")


def _problem(
    status: HTTPStatus, detail: str, faults: list[dict[str, str]] | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    return _AnyText(Problem(detail=detail, faults=faults or []).model_dump(), status, headers)
