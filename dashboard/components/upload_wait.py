"""A cover that is still on its way when its article is handed in or saved: the press of the button waits for it. One
that did not arrive lets nothing go without it."""

from __future__ import annotations

import streamlit as st

from dashboard.components.own_words import css_text
from dashboard.components.page_script import run_script
from dashboard.text import _

PLACES = ':is([class*="st-key-publish_send_"], [class*="st-key-edit_save_"])::after'
TOLD = """
<style>
:root[data-topn-waits] {places} {{ display: block; font-size: 0.875rem; margin-top: 0.25rem; }}
:root[data-topn-waits="on-its-way"] {places} {{ content: {on_its_way}; }}
:root[data-topn-waits="failed"] {places} {{ content: {failed}; }}
</style>
"""


def wait_for_upload() -> None:
    """Beside the field for the cover. The button says what it waits for."""
    on_its_way = _("The cover is still on its way: it goes on as soon as it has arrived.")
    failed = _("The file marked in red was not taken. Take it out of its field, or choose it again.")
    st.html(TOLD.format(places=PLACES, on_its_way=css_text(on_its_way), failed=css_text(failed)))
    run_script("upload_wait")
