"""Who calls the API."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from core.store.records import Actor
from dashboard.api.problems import ACTOR, NotSignedIn

_bearer = HTTPBearer(auto_error=False, description="A token made in the dashboard.")


def caller(request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Actor:
    """Whom the door has let in; the API's page reads here that a token is needed. Raises NotSignedIn."""
    actor = request.scope.get(ACTOR)
    if not isinstance(actor, Actor):
        raise NotSignedIn
    return actor


Caller = Annotated[Actor, Depends(caller)]
