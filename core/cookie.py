"""A cookie of a platform account, as browsers and publishers pass it on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie of a platform account. `expires` is in Unix seconds; None ends with the session."""

    name: str
    value: str
    domain: str
    path: str = "/"
    expires: int | None = None
    secure: bool = False
    http_only: bool = False
    same_site: str | None = None
    """Strict, Lax or None (the word); None (the value) leaves the browser's default."""


def cookies_to_json(cookies: Iterable[Cookie]) -> bytes:
    """The form in which the store seals and keeps cookies. Equal sets of cookies give equal bytes."""
    ordered = sorted((asdict(cookie) for cookie in cookies), key=lambda c: (c["domain"], c["path"], c["name"]))
    return json.dumps(ordered, ensure_ascii=False).encode()


def cookies_from_json(data: bytes) -> tuple[Cookie, ...]:
    """The reverse of `cookies_to_json`."""
    return tuple(Cookie(**fields) for fields in json.loads(data))
