"""A cover that is still on its way when its article is handed in or saved: the press of the button waits for it."""

from __future__ import annotations

import streamlit as st

from dashboard.components.own_words import css_text
from dashboard.components.page_script import run_script
from dashboard.text import _

TOLD = """
<style>
:root[data-topn-waits] :is([class*="st-key-publish_send_"], [class*="st-key-edit_save_"])::after {{
  display: block; font-size: 0.875rem; margin-top: 0.25rem; content: {words}; }}
</style>
"""


def wait_for_upload() -> None:
    """Beside the field for the cover. The button says what it waits for."""
    st.html(TOLD.format(words=css_text(_("The cover is still on its way: it goes on as soon as it has arrived."))))
    run_script("upload_wait")
