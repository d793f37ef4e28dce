"""The practice site's application: routes, static files and the gate before them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from tests.practice_site.api_articles import router as articles
from tests.practice_site.api_creations import router as creations
from tests.practice_site.api_members import router as members
from tests.practice_site.api_publish import router as publishing
from tests.practice_site.api_sign_in import router as sign_in
from tests.practice_site.gate import Gate
from tests.practice_site.pages import router as pages
from tests.practice_site.practice_api import router as practice
from tests.practice_site.practice_page import router as practice_page
from tests.practice_site.state import SiteState

STATIC = Path(__file__).parent / "static"
DRAFTJS = Path(__file__).parents[1] / "draftjs_page"


class CachedFiles(StaticFiles):
    """Files that a browser keeps for an hour, as it keeps those of the real site."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        answer = super().file_response(*args, **kwargs)
        answer.headers["Cache-Control"] = "public, max-age=3600"
        return answer


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """How the site is set up for a run."""

    autosave_ms: int = 700
    """Quiet time after the last change before the page saves."""
    draftjs_modules: Path | None = None
    """A node_modules folder with Draft.js: the write page then uses it instead of its own editor."""


def create_app(options: SiteOptions | None = None, state: SiteState | None = None) -> ASGIApp:
    """The whole site."""
    options = options or SiteOptions()
    state = state or SiteState()
    app = FastAPI(title="Practice site", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = state
    app.state.options = options
    for router in (practice, practice_page, articles, creations, publishing, members, sign_in, pages):
        app.include_router(router)
    app.mount("/static", CachedFiles(directory=STATIC))
    if options.draftjs_modules is not None:
        app.mount("/draftjs/modules", CachedFiles(directory=options.draftjs_modules))
        app.mount("/draftjs", CachedFiles(directory=DRAFTJS))
    return Gate(app, state)
