"""Whose token a program has sent: `Authorization: Bearer topn_…`."""

from __future__ import annotations

from starlette.datastructures import Headers

from core import wiring
from core.store.records import Actor


def bearer(headers: Headers) -> Actor | None:
    """None: no token, or one that opens nothing. Raises ServiceUnavailable."""
    scheme, _space, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    return wiring.get_token_manager().actor(token.strip())
