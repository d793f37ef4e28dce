"""Where articles are handed in and accounts are added, for pages that have nothing to show or to hand in with yet."""

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


def draw_way_to_account() -> None:
    """For who has nothing to publish with."""
    st.info(_("You have no account to publish with yet. Add one first."), icon=":material/person_add:")
    st.page_link(path_of("accounts"), label=_("Add an account"), icon=":material/badge:")
