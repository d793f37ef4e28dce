"""`/login` and `/logout`: plain HTTP, because only a response can set an HttpOnly cookie."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import anyio.to_thread
from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from core.errors import ServiceUnavailable, SignInRefused
from core.services.sign_in import SignIn
from dashboard.auth_gate import COOKIE
from dashboard.browser_files import needed_files
from dashboard.languages import best_language, translator

FOLDER = Path(__file__).parent
ASSETS = {"logo.svg": "image/svg+xml", "sign_in.css": "text/css"}
LONGEST_FIELD = 300

_templates = Environment(loader=FileSystemLoader(FOLDER / "templates"), autoescape=True)


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
        response = RedirectResponse(_safe_next(wanted), HTTPStatus.SEE_OTHER)
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
        if token:
            await anyio.to_thread.run_sync(_close, get_sign_in, token)
        response = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
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
    try:
        sign_in = get_sign_in()
        session = sign_in.visitor(token)
        if session is not None:
            sign_in.sign_out(session.id, actor=session.actor)
    except ServiceUnavailable:
        return


def _page(
    request: Request,
    wanted: str,
    *,
    wait_seconds: float | None = None,
    is_down: bool = False,
    name: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    """`wanted`: where to go when somebody is signed in; kept over a wrong password."""
    language = best_language(request.headers.get("accept-language", ""))
    page = _templates.get_template("sign_in.html").render(
        language=language.replace("_", "-"),
        _=translator(language),
        name=name,
        next=_safe_next(wanted),
        wait_seconds=None if wait_seconds is None else int(wait_seconds + 0.999),
        is_down=is_down,
        files=needed_files(),
    )
    return HTMLResponse(page, status, headers={"cache-control": "no-store"})


def _safe_next(address: str) -> str:
    """A page of ours: a path, never another site."""
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\", "/login", "/logout"))
    return address if is_ours and address.isprintable() else "/"
