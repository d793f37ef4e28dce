"""The text of an article reaches us while it is typed, not only once its field is left: for the preview, and so that
no crash takes more than some seconds of it."""

from __future__ import annotations

import streamlit as st

from dashboard.components.page_script import run_script

UNTOLD = """
<style>
[class*="st-key-publish_content"] [data-testid="InputInstructions"],
[class*="st-key-edit_content_"] [data-testid="InputInstructions"] { display: none; }
</style>
"""
"""The fields that the script watches do not tell to press a key."""


def watch_typing() -> None:
    """Beside the field."""
    st.html(UNTOLD)
    run_script("typing")
