"""Batches with live counts, and what can be done with a whole one."""

from __future__ import annotations

import streamlit as st

from core import wiring
from core.errors import NotFound
from core.services.bulk_change import BulkAction
from core.store.batch_queries import BatchView
from core.store.records import Actor
from core.store.task_filter import TaskFilter
from core.task_state import TaskStatus
from dashboard.components.bulk_actions import ASKED_KEY
from dashboard.components.task_badges import BADGE_COLORS, status_label
from dashboard.navigation import path_of
from dashboard.text import _, clock, full_clock, plain
from dashboard.visitor import REFRESH_SECONDS, fragment

PARAMETER = "batch"
"""In the page's address: the batch that was just handed in."""
ACTIONS = {
    BulkAction.RETRY: (TaskStatus.FAILED,),
    BulkAction.CANCEL: (TaskStatus.WAITING, TaskStatus.RETRYING),
}


@fragment(run_every=REFRESH_SECONDS)
def draw_progress(actor: Actor, batch_id: int) -> None:
    """One batch on its way."""
    try:
        batch = wiring.get_batch_viewer().get(batch_id, actor=actor)
    except NotFound:
        st.info(_("There is no such batch, or it is not yours."))
        return
    _draw(batch, actor, where="top")


@fragment(run_every=REFRESH_SECONDS * 2)
def draw_recent(actor: Actor) -> None:
    """The newest ones."""
    batches = wiring.get_batch_viewer().recent(actor=actor)
    if not batches:
        st.caption(_("No file was handed in yet."))
    for batch in batches:
        _draw(batch, actor, where="list")


def _draw(batch: BatchView, actor: Actor, *, where: str) -> None:
    with st.container(border=True):
        whose = f" · {plain(batch.user_name)}" if actor.is_admin else ""
        st.markdown(f"**{plain(batch.name)}**{whose} · {clock(batch.created_at)}", help=full_clock(batch.created_at))
        done = _("{done} of {total} done", done=f"{batch.done:,}", total=f"{batch.total:,}")
        st.progress(batch.done / max(batch.total, 1), text=done)
        badges = [
            f":{BADGE_COLORS[status]}-badge[{status_label(status)} {number:,}]"
            for status, number in sorted(batch.counts.items(), key=lambda one: list(TaskStatus).index(one[0]))
        ]
        st.markdown(" ".join(badges))
        with st.container(horizontal=True, vertical_alignment="center"):
            _draw_buttons(batch, where)


def _draw_buttons(batch: BatchView, where: str) -> None:
    labels = {
        BulkAction.RETRY: (_("Retry the failed ones"), ":material/replay:"),
        BulkAction.CANCEL: (_("Cancel the waiting ones"), ":material/cancel:"),
    }
    for action, statuses in ACTIONS.items():
        label, icon = labels[action]
        number = sum(batch.counts.get(status, 0) for status in statuses)
        if st.button(label, key=f"{where}_{action}_{batch.id}", icon=icon, disabled=number == 0):
            st.session_state[ASKED_KEY] = (action, TaskFilter(batch_id=batch.id, statuses=statuses))
            st.rerun()
    st.page_link(
        path_of("tasks"),
        label=_("Its articles"),
        icon=":material/table_rows:",
        query_params={"batch": str(batch.id)},
    )
