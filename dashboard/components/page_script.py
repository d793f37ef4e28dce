"""A script of ours in the page. Once it runs in a browser, it runs there until the page is loaded anew."""

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
    place = f"script_{name}"
    st.html(HIDDEN.format(place=place))
    with st.container(key=place):
        text = (ASSETS / f"{name}.js").read_text(encoding="utf-8")
        st.html(f"<script>{text}</script>", unsafe_allow_javascript=True)
