"""`/login` and `/logout`: plain HTTP, because only a response can set an HttpOnly cookie."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from core.errors import ServiceUnavailable, SignInRefused
from core.services.sign_in import SignIn
from dashboard.auth_gate import COOKIE
from dashboard.browser_files import all_files
from dashboard.html_pages import LANGUAGE_FIELD, html_page, language_for, language_in
from dashboard.languages import LANGUAGES

FOLDER = Path(__file__).parent
ASSETS = {"logo.svg": "image/svg+xml", "sign_in.css": "text/css"}
LONGEST_FIELD = 300


def make_sign_in_routes(get_sign_in: Callable[[], SignIn], *, max_seconds: float) -> list[Route]:
    """The routes, for `st.App`."""

    async def login(request: Request) -> Response:
        if request.method == "GET":
            return _page(request, request.query_params.get("next", "/"))
        form = await request.form(max_files=0, max_fields=10)
        name, password = (str(form.get(field, ""))[:LONGEST_FIELD] for field in ("name", "password"))
        wanted = str(form.get("next", "/"))
        address = request.client.host if request.client else "unknown"
        try:
            # argon2 takes a tenth of a second of a processor: not in the thread that serves everybody.
            token = await anyio.to_thread.run_sync(lambda: get_sign_in().sign_in(name, password, address=address))
        except SignInRefused as error:
            return _page(request, wanted, wait_seconds=error.wait_seconds, name=name, status=HTTPStatus.FORBIDDEN)
        except ServiceUnavailable:
            return _page(request, wanted, is_down=True, name=name, status=HTTPStatus.SERVICE_UNAVAILABLE)
        page = _in_language(_safe_next(wanted), language_in(str(request.url)))
        response = RedirectResponse(page, HTTPStatus.SEE_OTHER)
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(max_seconds),
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    async def logout(request: Request) -> Response:
        token = request.cookies.get(COOKIE)
        # The page that it was pressed on has the language in its address.
        language = language_in(request.headers.get("referer", ""))
        try:
            if token:
                await anyio.to_thread.run_sync(_close, get_sign_in, token)
        except ServiceUnavailable:
            # The session lives on, so its cookie stays: without it nobody could end the session any more.
            wanted, status = _in_language("/", language), HTTPStatus.SERVICE_UNAVAILABLE
            return _page(request, wanted, is_still_signed_in=True, status=status)
        response = RedirectResponse(_sign_in_address(language), HTTPStatus.SEE_OTHER)
        response.delete_cookie(COOKIE)
        return response

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in ASSETS:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        return FileResponse(FOLDER / "assets" / name, media_type=ASSETS[name])

    return [
        Route("/login", login, methods=["GET", "POST"]),
        Route("/logout", logout, methods=["POST"]),
        Route("/brand/{name}", asset),
    ]


def _close(get_sign_in: Callable[[], SignIn], token: str) -> None:
    """Raises ServiceUnavailable."""
    sign_in = get_sign_in()
    session = sign_in.visitor(token)
    if session is not None:
        sign_in.sign_out(session.id, actor=session.actor)


def _page(
    request: Request,
    wanted: str,
    *,
    wait_seconds: float | None = None,
    is_down: bool = False,
    is_still_signed_in: bool = False,
    name: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    """`wanted`: where to go when somebody is signed in; kept over a wrong password."""
    wanted = _safe_next(wanted)
    has_ended = "ended" in request.query_params
    chosen = language_in(str(request.url))
    return html_page(
        "sign_in.html",
        chosen or language_in(wanted) or language_for(request.scope),
        status,
        name=name,
        next=wanted,
        action=_sign_in_address(chosen),
        languages={
            name_of: _sign_in_address(code, next=wanted, **({"ended": "1"} if has_ended else {}))
            for code, name_of in LANGUAGES.items()
        },
        has_ended=has_ended,
        wait_seconds=None if wait_seconds is None else int(wait_seconds + 0.999),
        is_down=is_down,
        is_still_signed_in=is_still_signed_in,
        files=all_files(),
    )


def _sign_in_address(language: str | None, **query: str) -> str:
    """The sign-in in this language; None: in that of the browser."""
    if language is not None:
        query[LANGUAGE_FIELD] = LANGUAGES[language]
    return f"/login?{urlencode(query)}" if query else "/login"


def _in_language(address: str, language: str | None) -> str:
    """A page in the language that was chosen at the sign-in, kept where the pages keep it."""
    if language is None:
        return address
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query, True) if name != LANGUAGE_FIELD]
    return urlunsplit(parts._replace(query=urlencode([*query, (LANGUAGE_FIELD, LANGUAGES[language])])))


def _safe_next(address: str) -> str:
    """A page of ours: a path, never another site."""
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\", "/login", "/logout"))
    return address if is_ours and address.isprintable() else "/"
