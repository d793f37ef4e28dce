"""Where articles are handed in, for pages that have nothing to show yet."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import TITLES, path_of
from dashboard.text import _

ICONS = {"publish": ":material/edit_square:", "upload": ":material/upload_file:"}


def draw_ways_in() -> None:
    """One article, or a file of them."""
    with st.container(horizontal=True):
        for page, icon in ICONS.items():
            st.page_link(path_of(page), label=_(TITLES[page]), icon=icon)
