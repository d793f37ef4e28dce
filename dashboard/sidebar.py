"""Below the list of pages: what a key opens, who is signed in, the language, and the way out."""

from __future__ import annotations

import streamlit as st

from core.store.records import Role
from core.store.sessions import SessionView
from core.task_state import TaskStatus
from dashboard.components.page_script import keep_cookie
from dashboard.html_pages import LANGUAGE_COOKIE
from dashboard.languages import LANGUAGES
from dashboard.navigation import path_of
from dashboard.text import LANGUAGE_KEY, _, browser_language, language, mark, plain, zone

SIGN_OUT = '<form method="post" action="/logout" target="_self"><button style="{style}">{label}</button></form>'
BUTTON = (
    "font:inherit;font-size:.875rem;color:inherit;background:none;border:1px solid;border-radius:8px;"
    "padding:.4rem .9rem;cursor:pointer"
)

WAS_CHOSEN_KEY = "language_was_chosen"
SHORTCUTS: tuple[tuple[str, dict[str, str], str, str], ...] = (
    ("publish", {}, mark("Write an article"), "Alt+N"),
    ("tasks", {}, mark("All articles"), "Alt+A"),
    ("tasks", {"status": TaskStatus.BLOCKED.value}, mark("What needs a person"), "Alt+P"),
)


def draw_sidebar(session: SessionView) -> None:
    """At every page."""
    role = _("Administrator") if session.role is Role.ADMIN else _("Operator")
    with st.sidebar:
        _draw_shortcuts()
        st.caption(f"**{plain(session.user_name)}** · {role}")
        st.caption(_("Times are in {zone}.", zone=zone().key))
        if LANGUAGE_KEY not in st.session_state:
            st.session_state[LANGUAGE_KEY] = language()
        st.selectbox(
            _("Language"),
            list(LANGUAGES),
            # What is bound stands in the address only while it differs from this.
            index=list(LANGUAGES).index(browser_language()),
            format_func=LANGUAGES.__getitem__,
            key=LANGUAGE_KEY,
            bind="query-params",
            label_visibility="collapsed",
        )
        _keep_language()
        st.html(SIGN_OUT.format(style=BUTTON, label=_("Sign out")))


def _keep_language() -> None:
    """The next page that this browser loads is in the language that was chosen last, whatever its address."""
    if language() != browser_language():
        st.session_state[WAS_CHOSEN_KEY] = True
    if WAS_CHOSEN_KEY in st.session_state:
        keep_cookie(LANGUAGE_COOKIE, language())


def _draw_shortcuts() -> None:
    """The pages that are opened most, by a key from every other one. The keys stand on the buttons."""
    with st.container(gap=None):
        for page, query, label, key in SHORTCUTS:
            if st.button(_(label), key=f"go_{page}_{len(query)}", shortcut=key, type="tertiary"):
                st.switch_page(path_of(page), query_params=query)
