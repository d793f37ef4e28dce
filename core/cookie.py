"""A cookie of a platform account, as browsers and publishers pass it on."""

from __future__ import annotations

from dataclasses import dataclass


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
