"""The pages' HTML files and how values are put into them."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

FOLDER = Path(__file__).parent / "templates"


class Html(str):
    """Text that is HTML already and is put in as it is."""

    __slots__ = ()


@cache
def _read(name: str) -> Template:
    return Template((FOLDER / name).read_text(encoding="utf-8"))


def script_json(value: Any) -> Html:
    """JSON for a `<script type="application/json">`: no text in it can end the script."""
    return Html(json.dumps(value, ensure_ascii=False).replace("<", "\\u003c"))


class Templates:
    """Fills `$name` in a file of `templates/`; values are escaped unless they are `Html`."""

    def render(self, file: str, /, **values: object) -> Html:
        """The filled page. Raises KeyError for a value that is missing."""
        shown = {key: value if isinstance(value, Html) else escape(str(value)) for key, value in values.items()}
        return Html(_read(file).substitute(shown))
