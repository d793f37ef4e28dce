"""A field for a file, in the visitor's language. Streamlit says its own words inside in English and offers no others:
they are covered by ours."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile

from dashboard.components.own_words import css_text
from dashboard.languages import ENGLISH
from dashboard.text import _, language, mark

COVERED = """
<style>
[data-testid="stFileUploaderDropzone"] button p,
[data-testid="stFileUploaderDropzoneInstructions"],
[data-testid="stFileUploaderDropzoneInstructions"] * {{ font-size: 0 !important; }}
[data-testid="stFileUploaderDropzone"] button p::after {{ font-size: 0.875rem; content: {choose}; }}
[data-testid="stFileUploaderDropzoneInstructions"]::after {{ font-size: 0.875rem; content: {most}; }}
[data-testid="stFileUploaderDropzoneInput"] + div:not([data-testid]) > span {{ font-size: 0 !important; }}
[data-testid="stFileUploaderDropzoneInput"] + div:not([data-testid]) > span::after {{
  font-size: 0.875rem; content: {drop}; }}
</style>
"""
REFUSED = """
<style>
[data-testid="stFileUploader"]:has([aria-invalid="true"])::after {{
  display: block; font-size: 0.875rem; margin-top: 0.5rem; content: {refused}; }}
body:has([data-testid="stFileChip"][aria-invalid="true"]:hover) [data-testid="stTooltipErrorContent"] {{
  display: none; }}
</style>
"""
"""Streamlit tells why a file is refused, `application/pdf files are not allowed`, only where the mouse stands on it."""
LOST_WORDS = mark("The chosen file is not there any more, because the server was started anew. Choose it again.")


def draw_file_field(label: str, kinds: Sequence[str], *, key: str, most_mb: int) -> None:
    """Its file is `chosen_file(key)`. One size and one list of kinds a page: the words are covered on all of it."""
    st.file_uploader(label, list(kinds), key=key, max_upload_size=most_mb)
    if is_lost(key):
        st.warning(_(LOST_WORDS), icon=":material/upload_file:")
    named = ", ".join(kinds).upper()
    refused = _(
        "The file marked in red was not taken. It must be one of {kinds} and have {number} MB at most; "
        "if it is, choose it again.",
        kinds=named,
        number=most_mb,
    )
    st.html(REFUSED.format(refused=css_text(refused)))
    if language() != ENGLISH:
        most = _("up to {number} MB: {kinds}", number=most_mb, kinds=named)
        words = {"choose": _("Choose a file"), "drop": _("Let go of the file here"), "most": most}
        st.html(COVERED.format(**{name: css_text(text) for name, text in words.items()}))


def chosen_file(key: str) -> UploadedFile | None:
    """The file in this field; None also for one that is lost."""
    return None if is_lost(key) else st.session_state.get(key)


def is_lost(key: str) -> bool:
    """Whether the browser shows a file in this field that this server never had: the page was open when the server
    started anew."""
    return isinstance(st.session_state.get(key), DeletedFile)
