"""Every word that a page sends to a browser, whatever draws it: also labels, choices, tooltips and cells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from streamlit.testing.v1 import AppTest

HIDDEN = frozenset(
    {"id", "key", "icon", "help_key", "element_id", "url", "href", "form_id", "url_pathname", "scriptRunId"}
)
"""Fields that nobody reads."""


def sent_words(app: AppTest) -> list[str]:
    """One entry for each text."""
    found = [text for node in app._tree for text in _of_message(getattr(node, "proto", None))]  # noqa: SLF001
    for table in [*app.dataframe, *app.table]:
        value = table.value
        found += [str(name) for name in value.columns]
        found += [str(cell) for row in value.values.tolist() for cell in _cells(row)]
        found += [str(name) for name in value.index]
    return found


def _cells(row: Any) -> Iterator[Any]:
    for cell in row:
        if isinstance(cell, list):
            yield from cell
        else:
            yield cell


def _of_message(message: Any) -> Iterator[str]:
    for field, value in message.ListFields() if hasattr(message, "ListFields") else ():
        if field.name in HIDDEN:
            continue
        for one in value if field.is_repeated else [value]:
            if isinstance(one, str):
                yield _readable(one)
            else:
                yield from _of_message(one)


def _readable(text: str) -> str:
    """Settings of tables and charts are JSON, in which Chinese is written by numbers."""
    if text[:1] in "{[":
        try:
            return json.dumps(json.loads(text), ensure_ascii=False)
        except ValueError:
            return text
    return re.sub(r"<(style|script).*?</\1>", "", text, flags=re.DOTALL)
