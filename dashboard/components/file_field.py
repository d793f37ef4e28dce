"""A field for a file, in the visitor's language. Streamlit says its own words inside in English and offers no others:
they are covered by ours."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.components.own_words import css_text
from dashboard.languages import ENGLISH
from dashboard.text import _, language

COVERED = """
<style>
[data-testid="stFileUploaderDropzone"] button p,
[data-testid="stFileUploaderDropzoneInstructions"],
[data-testid="stFileUploaderDropzoneInstructions"] * {{ font-size: 0 !important; }}
[data-testid="stFileUploaderDropzone"] button p::after {{ font-size: 0.875rem; content: {choose}; }}
[data-testid="stFileUploaderDropzoneInstructions"]::after {{ font-size: 0.875rem; content: {most}; }}
</style>
"""


def draw_file_field(label: str, kinds: Sequence[str], *, key: str, most_mb: int) -> None:
    """Its file is in the session under `key`. One size and one list of kinds a page: the words are covered on all of
    it."""
    st.file_uploader(label, list(kinds), key=key, max_upload_size=most_mb)
    if language() != ENGLISH:
        most = _("up to {number} MB: {kinds}", number=most_mb, kinds=", ".join(kinds).upper())
        st.html(COVERED.format(choose=css_text(_("Choose a file")), most=css_text(most)))
