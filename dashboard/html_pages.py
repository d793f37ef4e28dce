"""The few pages that do not go through Streamlit: the sign-in, and what the gate has to say to a person."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse
from starlette.types import Scope

from dashboard.languages import best_language, known_language, translator

FOLDER = Path(__file__).parent
LANGUAGE_FIELD = "language"
"""What the pages keep the chosen language under, in their addresses."""
LANGUAGE_COOKIE = "topn_language"
"""Where a browser keeps the language that was chosen in it last: an address that people type names none."""
COME_BACK_SECONDS = 4

_templates = Environment(loader=FileSystemLoader(FOLDER / "templates"), autoescape=True)


def language_in(address: str) -> str | None:
    """The language that somebody has chosen on the page of this address; None: the browser's."""
    try:
        chosen = parse_qs(urlsplit(address).query).get(LANGUAGE_FIELD, ())
    except ValueError:
        return None
    return next(filter(None, map(known_language, chosen)), None)


def language_for(scope: Scope) -> str:
    """As a page at this address would choose it."""
    address = "?" + scope.get("query_string", b"").decode("latin-1")
    return language_in(address) or language_of_browser(Headers(scope=scope))


def language_of_browser(headers: Mapping[str, str], locale: str = "") -> str:
    """What was chosen in this browser before, else what it asks for, as far as we have it."""
    kept = cookie_parser(headers.get("cookie", "")).get(LANGUAGE_COOKIE)
    return known_language(kept) or best_language(headers.get("accept-language", "") or locale)


def html_page(
    template: str, language: str, status: int, *, headers: dict[str, str] | None = None, **values: object
) -> HTMLResponse:
    """One of `templates/` in this language. It is never kept: what it says is true only now."""
    page = _templates.get_template(template).render(
        language=language.replace("_", "-"), _=translator(language), **values
    )
    return HTMLResponse(page, status, headers={"cache-control": "no-store", **(headers or {})})
