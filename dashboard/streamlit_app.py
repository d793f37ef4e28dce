"""The entry script: runs at each interaction, decides who looks, and shows the chosen page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.errors import TopnError
from core.store.records import Role
from dashboard.components import bulk_actions, checked_file, new_token, worker_orders
from dashboard.components.alerts import draw_banner
from dashboard.components.own_words import cover_words
from dashboard.navigation import pages_for
from dashboard.sidebar import draw_sidebar
from dashboard.visitor import come_back, current_session, draw_notes, forget_notes, lead_to_sign_in, say_in_box

# Streamlit leaves a third of a small screen empty; tables need it. And it lays the search of a table over what stands
# above it, while the pointer is in the table: a button there could not be reached from below.
ROOMY = """
<style>
@media (min-width: 768px) { [data-testid="stMainBlockContainer"] { padding: 3.75rem 2.5rem 4rem; } }
[data-testid="stMain"] [data-testid="stDataFrame"] [data-testid="stElementToolbar"] { top: 0; height: 36px; }
</style>
"""
SIDEBAR_PIXELS = 248
"""As wide as its words; Streamlit's own 300 are missing in the tables of a small screen."""
PAGE_KEY = "page"
LOGO = str(Path(__file__).parent / "assets" / "logo.svg")


def run() -> None:
    """Everything below needs somebody who is signed in."""
    st.set_page_config(page_title="TOP_N", page_icon=LOGO, layout="wide", initial_sidebar_state=SIDEBAR_PIXELS)
    draw_notes()
    try:
        session = current_session()
    except TopnError as error:
        # Streamlit comes back to the first page from a run that has named none. Who looks is not known yet.
        st.navigation(pages_for(is_admin=True), position="hidden")
        say_in_box(error)
        come_back(error)
        return
    if session is None:
        lead_to_sign_in()
        return
    st.logo(LOGO)
    chosen = st.navigation(pages_for(is_admin=session.role is Role.ADMIN))
    st.set_page_config(page_title=f"{chosen.title} · TOP_N")
    _leave_questions(chosen.url_path)
    draw_sidebar(session)
    cover_words()
    st.html(ROOMY)
    if chosen.url_path:
        # The overview, at the root of the address, shows all that is wrong by itself.
        draw_banner()
    chosen.run()
    forget_notes()


def _leave_questions(page: str) -> None:
    """What was asked or told once on another page is not there again when somebody comes back to it."""
    if st.session_state.setdefault(PAGE_KEY, page) != page:
        bulk_actions.forget()
        worker_orders.forget()
        checked_file.forget()
        new_token.forget()
        st.session_state[PAGE_KEY] = page


run()
