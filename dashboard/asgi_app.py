"""The dashboard as one process: pages, sign-in, REST and health. `python -m streamlit run dashboard/asgi_app.py`."""

from __future__ import annotations

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio.to_thread
import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from core import wiring
from core.settings import get_settings
from core.store.sessions import SessionView
from dashboard.api.application import PATH, make_api
from dashboard.auth_gate import AuthGate
from dashboard.compressed_files import CompressedFiles
from dashboard.health import health_routes
from dashboard.metrics import metrics_routes
from dashboard.page_shell import make_page_routes
from dashboard.sign_in_routes import make_sign_in_routes

SCRIPT = Path(__file__).with_name("streamlit_app.py")


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Tables up to date, a first administrator if there is none, and no walk through all that was imported at each
    collection of garbage."""
    made = await anyio.to_thread.run_sync(wiring.get_sign_in().make_first_admin)
    if made is not None:
        name, password = made
        sys.stdout.write(f"\n  Sign in as  {name}  with the password  {password}\n  It is shown only now.\n\n")
        sys.stdout.flush()
    gc.freeze()
    yield {}


def find_visitor(token: str) -> SessionView | None:
    """Whose browser this is. The database is asked for when the first visitor comes, not when this is imported."""
    return wiring.get_sign_in().visitor(token)


def to_overview(request: Request) -> Response:
    """The first page under its own name, with what it is narrowed to."""
    query = request.url.query
    return RedirectResponse(f"/?{query}" if query else "/")


def make_routes() -> list[BaseRoute]:
    """Everything that is not a page. They come first, before the pages."""
    return [
        *make_sign_in_routes(wiring.get_sign_in, max_seconds=get_settings().session_max_seconds),
        *health_routes(),
        *metrics_routes(),
        Mount(PATH, app=make_api()),
        Route("/overview", to_overview),
        *make_page_routes(),
    ]


# Streamlit looks for this very form, an assignment of a call of `st.App`, before it imports the file.
app = st.App(
    SCRIPT,
    routes=make_routes(),
    middleware=[Middleware(AuthGate, find=find_visitor), Middleware(CompressedFiles)],
    lifespan=lifespan,
)
