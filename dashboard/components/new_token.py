"""A token that was just made, to copy: shown until it is closed or its page is left, and nowhere after that."""

from __future__ import annotations

import streamlit as st

from core.store.records import Actor
from dashboard.text import _
from dashboard.visitor import callback_here

MADE = "profile_made"


def keep(token: str) -> None:
    """From a callback: it was made."""
    st.session_state[MADE] = token


def forget() -> None:
    """It was copied, or its page is left."""
    st.session_state.pop(MADE, None)


def draw_new_token() -> None:
    """Nothing if none was made. It stays over every run of the page: what is seen once is not copied yet."""
    token = st.session_state.get(MADE)
    if token is None:
        return
    st.success(_("Copy the token now. It is not shown again."), icon=":material/key:")
    st.code(token, language=None)
    st.button(_("I have copied it"), key="token_copied", icon=":material/check:", on_click=_close)


@callback_here
def _close(_actor: Actor) -> None:
    forget()
