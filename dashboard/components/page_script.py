"""Scripts of ours in the page, and what they keep in the browser. Once one runs in a browser, it runs there until the
page is loaded anew."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

ASSETS = Path(__file__).parents[1] / "assets"
HIDDEN = """
<style>
[data-testid="stLayoutWrapper"]:has(> .st-key-{place}), .st-key-{place} {{ display: none; }}
</style>
"""
"""It takes up no room."""


def run_script(name: str) -> None:
    """One of `dashboard/assets`, without its ending."""
    _run(f"script_{name}", (ASSETS / f"{name}.js").read_text(encoding="utf-8"))


def keep_cookie(name: str, value: str) -> None:
    """For a year, in the visitor's browser. Pages can set none in another way."""
    _run(f"cookie_{name}", f"document.cookie = '{name}={value}; path=/; max-age=31536000; SameSite=Lax'")


def _run(place: str, text: str) -> None:
    st.html(HIDDEN.format(place=place))
    with st.container(key=place):
        st.html(f"<script>{text}</script>", unsafe_allow_javascript=True)
