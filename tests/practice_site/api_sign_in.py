"""Signing in with a phone: the requests that the sign-in page makes."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from tests.practice_site.qr_codes import LIFETIME_SECONDS
from tests.practice_site.session_cookies import set_session, set_visitor_cookies
from tests.practice_site.visit import not_found, visit_of

router = APIRouter()
LOGIN = "/api/v3/account/api/login/qrcode"


@router.post("/udid")
async def udid(request: Request) -> Response:
    """Completes d_c0."""
    answer = Response("", media_type="text/plain")
    xsrf = request.cookies.get("_xsrf") or secrets.token_hex(16)
    set_visitor_cookies(answer, d_c0=request.cookies.get("d_c0") or secrets.token_urlsafe(24), xsrf=xsrf)
    return answer


@router.get("/api/v3/oauth/captcha/v2")
async def captcha() -> Response:
    """No picture puzzle here."""
    return JSONResponse({"show_captcha": False})


@router.post(LOGIN)
async def new_code(request: Request) -> Response:
    """A new code to scan."""
    code = visit_of(request).state.qr_codes.add()
    link = f"{str(request.base_url).rstrip('/')}{LOGIN}/{code.token}/image"
    return JSONResponse(
        {"token": code.token, "link": link, "expires_at": int(code.expires_at.timestamp()), "ttl": LIFETIME_SECONDS}
    )


@router.get(LOGIN + "/{token}/image")
async def code_image(request: Request, token: str) -> Response:
    """The code's picture."""
    code = visit_of(request).state.qr_codes.get(token)
    return Response(code.picture(), media_type="image/svg+xml") if code else not_found()


@router.get(LOGIN + "/{token}/scan_info")
async def scan_info(request: Request, token: str) -> Response:
    """0: wait; 1: scanned, to be confirmed on the phone; 2: expired; signed in: no status, but cookies."""
    state = visit_of(request).state
    code = state.qr_codes.get(token)
    if code is None:
        return not_found()
    account = state.accounts.get(code.account_id or "")
    if account is None:
        return JSONResponse({"status": 2 if code.is_expired else int(code.is_scanned)})
    answer = JSONResponse({"user_id": account.id, "login_status": "CONFIRMED"})
    set_session(answer, state.sign_in(account))
    set_visitor_cookies(answer, d_c0=account.d_c0, xsrf=account.xsrf)
    return answer
