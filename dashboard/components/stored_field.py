"""A field that shows what is stored. Streamlit takes the first value of a field once: later it would go on showing
what stood there before somebody else changed it."""

from __future__ import annotations

from typing import Any

import streamlit as st


def follow(key: str, stored: Any) -> None:
    """Just before the field is drawn: what is stored now stands in it, unless it is what stood there last time."""
    kept = f"{key}_stored"
    if key not in st.session_state or st.session_state.get(kept) != stored:
        st.session_state[key] = stored
        st.session_state[kept] = stored
