"""The column of buttons with which a list of articles opens each of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.text import _

ICON = ":material/open_in_full:"
WIDTH = 46


def open_column(name: str, ids: Sequence[str]) -> Any:
    """For the table of these articles, in the order of its rows. `name`: of the list, in keys.

    A browser tells the number of the row, no more, and may show an older list than this. So the buttons of other rows
    are other buttons: what is pressed after its list has changed opens nothing, rather than a neighbour.
    """
    key = f"open_{name}_{hashlib.sha256(repr(ids).encode()).hexdigest()[:12]}"
    return st.column_config.ButtonColumn(
        _("Open"), width=WIDTH, type="tertiary", on_click=_open, args=(key, name, ids), key=key
    )


def take_opened(name: str) -> str | None:
    """The id whose button was pressed since this was last asked."""
    opened: str | None = st.session_state.pop(_opened_key(name), None)
    return opened


def _opened_key(name: str) -> str:
    return f"{name}_opened"


def _open(key: str, name: str, ids: Sequence[str]) -> None:
    """Only remembers which; the page asks who looks before it shows anything."""
    click = st.session_state.get(key)
    if click is not None and 0 <= click["row"] < len(ids):
        st.session_state[_opened_key(name)] = ids[click["row"]]
