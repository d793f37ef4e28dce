"""A page of Streamlit without TOP_N: fifty rows, refreshed every two seconds. What it costs is the least that any
page costs."""

from __future__ import annotations

import streamlit as st

ROWS = 50
COLUMNS = ("State", "Title", "What it does", "Progress", "Account", "Handed in at", "Priority")


def draw() -> None:
    """The whole page."""
    st.title("Bare")
    draw_table()


@st.fragment(run_every=2.0)
def draw_table() -> None:
    """Fifty rows that never change, above a button."""
    cells = {column: [f"{column} of the row {row}" for row in range(ROWS)] for column in COLUMNS}
    st.dataframe(cells, hide_index=True, height=35 * (ROWS + 1) + 3, row_height=35)
    st.button("Press")


draw()
