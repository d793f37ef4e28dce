"""Every article, live: find them, see how they stand, change one or many."""

from __future__ import annotations

import streamlit as st

from core.store.records import Actor
from dashboard.components.bulk_actions import ASKED_KEY, NEW_KEY, ask, open_dialog
from dashboard.components.bulk_menu import draw_menu
from dashboard.components.task_drawer import PARAMETER, open_drawer
from dashboard.components.task_filter import ChosenTasks, draw_filter
from dashboard.components.task_table import acted_task, draw_pages, draw_table, opened_task, read_page, read_rows
from dashboard.task_export import make_export
from dashboard.text import _
from dashboard.visitor import REFRESH_SECONDS, fragment, page


def draw(actor: Actor) -> None:
    title, export = st.columns([4, 1], vertical_alignment="bottom")
    title.title(_("Tasks"), anchor=False)
    chosen = draw_filter(actor)
    export.download_button(
        _("Export CSV"),
        make_export(chosen.wanted),
        file_name="articles.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    live_table(chosen)
    opened = st.query_params.get(PARAMETER)
    if st.session_state.get(ASKED_KEY) is not None:
        open_dialog()
    elif opened:
        open_drawer(opened)


@fragment(run_every=REFRESH_SECONDS)
def live_table(actor: Actor, chosen: ChosenTasks) -> None:
    """Refreshed by itself. What opens a dialog is left to the whole page, which outlives the refreshes."""
    shown = read_page(actor, chosen)
    rows = read_rows(actor, chosen, shown)
    with st.container(horizontal=True, vertical_alignment="center"):
        draw_menu(rows.ticked, chosen.wanted, shown.page.total, is_more=shown.page.is_more)
        draw_pages(shown.page, chosen.sort)
    draw_table(actor, chosen, rows)
    acted = acted_task()
    if acted is not None:
        task_id, action = acted
        ask(action, [task_id])
    opened = opened_task()
    if opened is not None:
        st.query_params[PARAMETER] = opened
    if opened is not None or st.session_state.pop(NEW_KEY, False):
        st.rerun()


page(draw)
