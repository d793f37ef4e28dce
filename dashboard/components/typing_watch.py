"""The text of an article reaches us while it is typed, not only once its field is left: for the preview, and so that
no crash takes more than some seconds of it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

SCRIPT = Path(__file__).parents[1] / "assets" / "typing.js"
PLACE = "typing_watch"
HIDDEN = f"""
<style>
[data-testid="stLayoutWrapper"]:has(> .st-key-{PLACE}), .st-key-{PLACE} {{ display: none; }}
[class*="st-key-publish_content"] [data-testid="InputInstructions"],
[class*="st-key-edit_content_"] [data-testid="InputInstructions"] {{ display: none; }}
</style>
"""
"""The script takes up no room, and the fields that it watches do not tell to press a key."""


def watch_typing() -> None:
    """Beside the field. Once it runs in a browser, it runs there until the page is loaded anew."""
    st.html(HIDDEN)
    with st.container(key=PLACE):
        st.html(f"<script>{SCRIPT.read_text(encoding='utf-8')}</script>", unsafe_allow_javascript=True)
