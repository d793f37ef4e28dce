"""Streamlit has some words of its own inside its fields, in English only: on pages in another language ours cover
them."""

from __future__ import annotations

import json

import streamlit as st

from dashboard.languages import ENGLISH
from dashboard.text import _, language

COVERED = """
<style>
[data-testid="InputInstructions"], [data-testid="InputInstructions"] * {{ font-size: 0 !important; }}
[data-testid="InputInstructions"]::after {{ font-size: 0.75rem; content: {enter}; }}
[data-testid="stTextArea"] [data-testid="InputInstructions"]::after {{ content: {both}; }}
</style>
"""


def cover_words() -> None:
    """At every page: how what is typed into a field is taken over."""
    if language() != ENGLISH:
        st.html(COVERED.format(enter=css_text(_("Press Enter")), both=css_text(_("Press Ctrl+Enter"))))


def css_text(text: str) -> str:
    """As a string of a style sheet."""
    return json.dumps(text, ensure_ascii=False).replace("<", "")
