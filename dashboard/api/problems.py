"""Errors of the services as HTTP answers: one status per class, one shape for all."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from core.errors import (
    Conflict,
    Fault,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotPossible,
    QueueFull,
    ServiceUnavailable,
    TopnError,
)
from dashboard.api.all_faults import as_sent, faults_of_rest
from dashboard.api.answers import Problem

logger = logging.getLogger(__name__)

STATUSES: dict[type[TopnError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    NotPossible: HTTPStatus.CONFLICT,
    QueueFull: HTTPStatus.TOO_MANY_REQUESTS,
}
ACTOR = "topn_actor"
"""Where the door notes in the scope who calls."""
RETRY_SECONDS = 5
UNREADABLE = Fault(
    "body",
    "cannot be read: it is not text in UTF-8, or holds lists in lists or digits beyond all measure.",
    "Send plain JSON in UTF-8, uncompressed.",
)
NOT_SIGNED_IN = "Send a token that is neither revoked nor expired: Authorization: Bearer topn_…"


class NotSignedIn(TopnError):
    """No token, or one that opens nothing."""

    def __init__(self) -> None:
        super().__init__(NOT_SIGNED_IN)


def add_problem_handlers(api: FastAPI) -> None:
    """Answer every error of TOP_N, every malformed request and every address that is none as a `Problem`."""
    api.add_exception_handler(TopnError, _answer)
    api.add_exception_handler(HTTPException, _answer_http)
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
    if isinstance(error, InvalidInput):
        return _refusal([as_sent(one) for one in error.faults])
    status = next((STATUSES[one] for one in type(error).__mro__ if one in STATUSES), HTTPStatus.INTERNAL_SERVER_ERROR)
    return _problem(status, str(error))


async def _answer_http(request: Request, error: Exception) -> JSONResponse:
    """What the frameworks refuse by themselves: another address, another method, bytes that are no text, JSON beyond
    all measure."""
    if not isinstance(error, HTTPException):
        return answer(error)
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return _refusal([UNREADABLE], HTTPStatus.BAD_REQUEST)
    return _problem(HTTPStatus(error.status_code), f"{error.detail}.", headers=dict(error.headers or {}))


async def _answer_malformed(request: Request, error: Exception) -> JSONResponse:
    """What the shape of the request already forbids, and what is wrong with the rest of it, in the same words as the
    services use."""
    faults: list[Fault] = []
    if isinstance(error, RequestValidationError):
        places = [tuple(part for part in one["loc"] if part != "body") for one in error.errors()]
        faults += [_shape_fault(place, one) for place, one in zip(places, error.errors(), strict=True)]
        # While a service is away, what is known already is worth an answer.
        with suppress(ServiceUnavailable):
            of = (request.scope["endpoint"], error.body, places, request.scope[ACTOR])
            rest = await anyio.to_thread.run_sync(faults_of_rest, *of)
            faults += rest
    return _refusal(faults)


def _shape_fault(place: tuple[Any, ...], error: dict[str, Any]) -> Fault:
    remedy = "See the API's page, /api/v1/docs."
    match error["type"]:
        case "json_invalid":
            return Fault("body", f"is no JSON: {error['ctx']['error']}, at character {place[0]}.", remedy)
        case "model_attributes_type" if not place:
            return Fault("body", "is no object of JSON.", "Send one, with the header Content-Type: application/json.")
        case "value_error":
            # Our own words, before which pydantic puts its own.
            words = str(error["ctx"]["error"])
        case _:
            words = error["msg"]
    return Fault(".".join(map(str, place)) or "body", f"{words}.", remedy)


def _refusal(faults: Sequence[Fault], status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY) -> JSONResponse:
    """All that is wrong: as sentences, and fault by fault."""
    named = [{"field": fault.field, "reason": fault.reason, "remedy": fault.remedy} for fault in faults]
    return _problem(status, " ".join(map(str, faults)), named)


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
