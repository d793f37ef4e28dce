"""The cookies that the practice site sets."""

from __future__ import annotations

import secrets
import time
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from tests.practice_site.faults import Fault
from tests.practice_site.records import Account
from tests.practice_site.visit import Visit

LIFETIME_SECONDS = 30 * 24 * 3600


def set_session(answer: Response, session: str) -> None:
    """The sign-in itself; its end moves on with every answer that sets it."""
    answer.set_cookie("z_c0", session, max_age=LIFETIME_SECONDS, path="/", httponly=True)


def set_visitor_cookies(answer: Response, *, d_c0: str, xsrf: str) -> None:
    """What every visitor gets, signed in or not."""
    answer.set_cookie("d_c0", d_c0, max_age=LIFETIME_SECONDS, path="/")
    answer.set_cookie("_xsrf", xsrf, max_age=LIFETIME_SECONDS, path="/")


def refresh_cookies(visit: Visit, answer: Response, session: str | None = None) -> None:
    """Set a new BEC, and z_c0 with a later end (a new value while sessions rotate)."""
    account = visit.account
    if account is None:
        return
    account.bec_issued = secrets.token_hex(16)
    answer.set_cookie("BEC", account.bec_issued, max_age=3600, path="/")
    if visit.take(Fault.SESSION_ROTATES):
        session = visit.state.sign_in(account)
    if session:
        set_session(answer, session)


def exported_cookies(account: Account, base_url: str) -> list[dict[str, Any]]:
    """The account's cookies in the shape that the Cookie-Editor extension exports."""
    host = urlsplit(base_url).hostname or "127.0.0.1"
    expires = int(time.time()) + LIFETIME_SECONDS
    values = (("z_c0", account.sessions[-1], True), ("d_c0", account.d_c0, False), ("_xsrf", account.xsrf, False))
    return [
        {
            "domain": host,
            "hostOnly": True,
            "httpOnly": is_http_only,
            "name": name,
            "path": "/",
            "sameSite": "unspecified",
            "secure": False,
            "session": False,
            "storeId": "0",
            "value": value,
            "expirationDate": expires,
        }
        for name, value, is_http_only in values
    ]
