"""A row of figures, each in a box under its name.

One element for the whole row, where `st.metric` would be six: of many open dashboards each draws it every two seconds.
"""

from __future__ import annotations

from collections.abc import Collection
from html import escape

import streamlit as st

STYLE = """
<style>
.topn-figures { display: flex; flex-wrap: wrap; gap: 1rem; }
.topn-figures > div {
  flex: 1 1 auto; padding: 0.9rem 1rem; border-radius: 8px;
  border: 1px solid color-mix(in srgb, currentColor 18%, transparent);
}
.topn-figures span { display: block; font-size: 0.875rem; }
.topn-figures strong { font-weight: 400; font-size: 2.25rem; line-height: 1.3; }
.topn-figures .urgent { border-color: #e8590c; }
.topn-figures .urgent strong { color: #e8590c; }
</style>
"""


def draw_tiles(*figures: tuple[str, object], urgent: Collection[str] = ()) -> None:
    """Name and figure of each. `urgent`: names of those that somebody must look at."""
    tiles = "".join(_tile(*one, is_urgent=one[0] in urgent) for one in figures)
    st.html(f'{STYLE}<div class="topn-figures">{tiles}</div>')


def _tile(name: str, figure: object, *, is_urgent: bool) -> str:
    of_kind = ' class="urgent"' if is_urgent else ""
    return f"<div{of_kind}><span>{escape(name)}</span><strong>{escape(str(figure))}</strong></div>"
