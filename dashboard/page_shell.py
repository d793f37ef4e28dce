"""The HTML that every page begins with: Streamlit's own, with our name, and with what spares a browser some waiting.

Streamlit's script first looks for its server below the page's own address, /tasks/_stcore/health, and only then, a
tenth of a second later, at the root; here it is told. And it asks for the scripts that a page is drawn with one level
of imports after the other, when the first element of a kind has come; here they are named at once.
"""

from __future__ import annotations

from functools import cache, partial

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from dashboard.browser_files import INDEX, scripts_of
from dashboard.navigation import PAGES

SERVER = "<script>window.__streamlit = { BACKEND_BASE_URL: window.location.origin };</script>"


def make_page_routes() -> list[Route]:
    """One for each page. What is below them, and every other address, is left to Streamlit."""
    paths = {entry.file: "/" if entry.file == "overview" else f"/{entry.file}" for entry in PAGES}
    return [Route(path, partial(_serve, page)) for page, path in paths.items()]


async def _serve(page: str, request: Request) -> HTMLResponse:
    return HTMLResponse(page_shell(page), headers={"cache-control": "no-cache"})


@cache
def page_shell(page: str) -> str:
    """The HTML of a page, by its name in `navigation`."""
    links = "".join(f'<link rel="modulepreload" crossorigin href="{file.address}">\n' for file in scripts_of(page))
    return (
        INDEX.read_text(encoding="utf-8")
        .replace("<head>", f"<head>\n{SERVER}", 1)
        .replace("<title>Streamlit</title>", "<title>TOP_N</title>", 1)
        .replace('href="./favicon.png"', 'href="/brand/logo.svg"', 1)
        .replace("</head>", f"{links}</head>", 1)
    )
