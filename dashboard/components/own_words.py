"""Streamlit has some words of its own inside its fields, in English only: on pages in another language ours cover
them, and those that help nobody are hidden everywhere."""

from __future__ import annotations

import json

import streamlit as st

from dashboard.languages import ENGLISH
from dashboard.text import _, language, mark

COVERED = """
<style>
[data-testid="InputInstructions"], [data-testid="InputInstructions"] * {{ font-size: 0 !important; }}
[data-testid="InputInstructions"]::after {{ font-size: 0.75rem; content: {enter}; }}
[data-testid="stTextArea"] [data-testid="InputInstructions"]::after {{ content: {both}; }}
</style>
"""
MENU = {
    '[data-testid="stMainMenuItem-theme-System"]': mark("As the system"),
    '[data-testid="stMainMenuItem-theme-Light"]': mark("Light"),
    '[data-testid="stMainMenuItem-theme-Dark"]': mark("Dark"),
    '[data-testid="stMainMenuItem-print"] [data-testid="stMainMenuItemLabel"]': mark("Print"),
}
"""Words of the menu at the top right → ours. Without the menu nobody could choose light or dark."""
COVERED_ENTRY = """
{entry} {{ font-size: 0 !important; }}
{entry}::after {{ font-size: 0.875rem; content: {words}; }}
"""
RECORDING_HIDDEN = '[data-testid="stMainMenuItem-recordScreencast"] { display: none; }'
"""A record of the screen has a dialog of its own, which is in English as well."""

NEEDLESS_HIDDEN = """
<style>
[data-testid="stToastText"] { -webkit-line-clamp: none; max-height: none; }
[data-testid="stToastText"] a, [data-testid="stMarkdownContainer"] a[href^="http"] {
  color: inherit !important; text-decoration: none !important; pointer-events: none;
}
[data-testid="stToastViewButton"], [data-testid="stMultiSelectDropdown"]:not(:has([role="option"])) { display: none; }
</style>
"""
"""A note is shown whole, without “view more”. An address in it, or in the reason of a failure, is no link, which would
take in all the Chinese behind it. A field for words of one's own has no “No results” over what is above it."""


def cover_words() -> None:
    """At every page: how what is typed into a field is taken over, and what the menu at the top right offers."""
    st.html(NEEDLESS_HIDDEN)
    if language() != ENGLISH:
        st.html(COVERED.format(enter=css_text(_("Press Enter")), both=css_text(_("Press Ctrl+Enter"))))
        entries = [COVERED_ENTRY.format(entry=entry, words=css_text(_(words))) for entry, words in MENU.items()]
        st.html(f"<style>{''.join(entries)}{RECORDING_HIDDEN}</style>")


def css_text(text: str) -> str:
    """As a string of a style sheet."""
    return json.dumps(text, ensure_ascii=False).replace("<", "")
