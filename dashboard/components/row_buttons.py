"""The columns of buttons in lists of articles: one opens each of them, the other does what is done with one most."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.text import _

ICON = ":material/open_in_full:"
WIDTH = 46


def open_column(name: str, ids: Sequence[str]) -> Any:
    """For the table of these articles, in the order of its rows. `name`: of the list, in keys."""
    return _buttons(_("Open"), None, name, "opened", ids)


def act_column(name: str, ids: Sequence[str], help_words: str) -> Any:
    """The same, where each row has a button of its own or none. The words stand over the column: its buttons have
    room for a picture alone."""
    return _buttons(_("Do"), help_words, name, "acted", ids)


def take_opened(name: str) -> str | None:
    """The id whose button was pressed since this was last asked."""
    pressed = _take(name, "opened")
    return None if pressed is None else pressed[0]


def take_acted(name: str) -> tuple[str, str] | None:
    """The id whose button was pressed since this was last asked, and what stood on the button then."""
    return _take(name, "acted")


def _buttons(label: str, help_words: str | None, name: str, kind: str, ids: Sequence[str]) -> Any:
    """A browser tells the number of the row, no more, and may show an older list than this. So the buttons of other
    rows are other buttons: what is pressed after its list has changed does nothing, rather than something to a
    neighbour."""
    key = f"{kind}_{name}_{hashlib.sha256(repr(ids).encode()).hexdigest()[:12]}"
    return st.column_config.ButtonColumn(
        label,
        width=WIDTH,
        help=help_words,
        type="tertiary",
        on_click=_press,
        args=(key, pressed_key(name, kind), ids),
        key=key,
    )


def pressed_key(name: str, kind: str) -> str:
    """Where it is remembered which button was pressed: `opened` or `acted`."""
    return f"{name}_{kind}"


def _press(key: str, pressed: str, ids: Sequence[str]) -> None:
    """Only remembers which; the page asks who looks before it shows anything."""
    click = st.session_state.get(key)
    if click is not None and 0 <= click["row"] < len(ids):
        st.session_state[pressed] = (ids[click["row"]], str(click["label"]))


def _take(name: str, kind: str) -> tuple[str, str] | None:
    pressed: tuple[str, str] | None = st.session_state.pop(pressed_key(name, kind), None)
    return pressed
