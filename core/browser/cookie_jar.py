"""Cookies of one user context, read and written through WebDriver BiDi without a page."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable
from typing import Any

from core.browser.bidi_channel import BidiChannel, BidiError
from core.cookie import Cookie
from core.errors import BrowserLost
from core.telemetry import get_logger

logger = get_logger(__name__)

_SAME_SITE_WORDS = {"strict": "Strict", "lax": "Lax", "none": "None"}


class CookieJar:
    """The cookies of one user context."""

    def __init__(self, channel: BidiChannel, context: str) -> None:
        self._channel = channel
        self._partition = {"type": "storageKey", "userContext": context}

    def put(self, cookies: Iterable[Cookie]) -> None:
        """Add cookies. One that the browser refuses (expired, or against the rules of its name) is logged by
        name and left out, as when a site sends it; whether the account is signed in is for the site to say.

        Raises BrowserLost when the browser is gone or does not know the context.
        """
        now = time.time()
        for cookie in cookies:
            if cookie.expires is not None and cookie.expires <= now:
                logger.info("cookie has expired", cookie=cookie.name, domain=cookie.domain)
                continue
            try:
                self._channel.call("storage.setCookie", cookie=_to_bidi(cookie), partition=self._partition)
            except BidiError as error:
                if error.code not in ("unable to set cookie", "invalid argument"):
                    raise BrowserLost(f"cookies cannot be set: {error}") from error
                logger.warning("browser refused a cookie", cookie=cookie.name, domain=cookie.domain)

    def read(self) -> tuple[Cookie, ...]:
        """All cookies of the context. Raises BrowserLost."""
        try:
            reply = self._channel.call("storage.getCookies", partition=self._partition)
        except BidiError as error:
            raise BrowserLost(f"cookies cannot be read: {error}") from error
        return tuple(_from_bidi(entry) for entry in reply["cookies"])


def _to_bidi(cookie: Cookie) -> dict[str, object]:
    entry: dict[str, object] = {
        "name": cookie.name,
        "value": {"type": "string", "value": cookie.value},
        "domain": cookie.domain,
        "path": cookie.path,
        "secure": cookie.secure,
        "httpOnly": cookie.http_only,
    }
    if cookie.expires is not None:
        entry["expiry"] = cookie.expires
    if cookie.same_site is not None:
        entry["sameSite"] = cookie.same_site.lower()
    return entry


def _from_bidi(entry: dict[str, Any]) -> Cookie:
    expiry = entry.get("expiry")
    same_site = _SAME_SITE_WORDS.get(str(entry.get("sameSite")).lower())
    if same_site == "None" and not entry.get("secure"):
        # Chromium says "none" of a cookie that set nothing, too; set again as it is told, it would be refused.
        same_site = None
    return Cookie(
        name=str(entry["name"]),
        value=_text_of(entry.get("value")),
        domain=str(entry["domain"]),
        path=str(entry.get("path", "/")),
        expires=int(expiry) if isinstance(expiry, int | float) else None,
        secure=bool(entry.get("secure")),
        http_only=bool(entry.get("httpOnly")),
        same_site=same_site,
    )


def _text_of(value: object) -> str:
    """BiDi sends a value that is not valid UTF-8 in base64."""
    if not isinstance(value, dict):
        return ""
    text = str(value.get("value", ""))
    return base64.b64decode(text).decode("latin-1") if value.get("type") == "base64" else text
