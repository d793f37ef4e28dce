"""Batches with live counts, and what can be done with a whole one."""

from __future__ import annotations

import streamlit as st

from core.errors import NotFound
from core.services.bulk_change import BulkAction
from core.store.batch_queries import BatchView
from core.store.records import Actor
from core.store.task_filter import TaskFilter
from core.task_state import TaskStatus
from dashboard import figures
from dashboard.address import Address, page_field
from dashboard.components.bulk_actions import BUTTONS, NEW_KEY, ask
from dashboard.components.task_badges import BADGE_COLORS, status_label
from dashboard.navigation import path_of
from dashboard.text import _, plain
from dashboard.told_times import ToldTimes
from dashboard.visitor import REFRESH_SECONDS, fragment

PARAMETER = "batch"
"""In the page's address: the batch that was just handed in."""
SHOWN = 10
"""On one page: each is drawn anew at each refresh."""
ADDRESS = Address("batches", {"page": page_field()})
ACTIONS = {
    BulkAction.CANCEL: (TaskStatus.WAITING, TaskStatus.RETRYING),
    BulkAction.RETRY: (TaskStatus.FAILED,),
}


@fragment(run_every=REFRESH_SECONDS)
def draw_progress(actor: Actor, batch_id: int) -> None:
    """One batch on its way."""
    _leave_to_page()
    try:
        batch = figures.batch(batch_id, figures.reader(actor))
    except NotFound:
        st.info(_("There is no such batch, or it is not yours."))
        return
    _draw(batch, actor, where="top")


def draw_batches(actor: Actor, *, above: int | None) -> None:
    """All of them, the newest first, page by page, but for the one that is shown above them already: two figures of
    one batch, counted at two moments, would contradict each other."""
    ADDRESS.take_over()
    pages = max(-(-figures.batch_count(figures.reader(actor)) // SHOWN), 1)
    number = min(ADDRESS.value("page") or 1, pages)
    _draw_page(number, above)
    if pages > 1:
        st.session_state[ADDRESS.key("page")] = number
        st.pagination(pages, key=ADDRESS.key("page"))
    ADDRESS.write()


@fragment(run_every=REFRESH_SECONDS * 2)
def _draw_page(actor: Actor, number: int, above: int | None) -> None:
    _leave_to_page()
    batches = figures.batches(number, SHOWN, figures.reader(actor))
    if not batches:
        st.info(_("No file was handed in yet. Choose one above: each file becomes a batch, and can be followed here."))
    others = [batch for batch in batches if batch.id != above]
    if batches and not others:
        st.caption(_("There is no other batch than the one above."))
    for batch in others:
        _draw(batch, actor, where="list")


def _draw(batch: BatchView, actor: Actor, *, where: str) -> None:
    with st.container(border=True):
        whose = f" · {plain(batch.user_name)}" if actor.is_admin else ""
        times = ToldTimes()
        st.markdown(f"**{plain(batch.name)}**{whose} · {times.clock(batch.created_at)}", help=times.help)
        done = _("{done} of {total} done", done=f"{batch.done:,}", total=f"{batch.total:,}")
        badges = [
            f":{BADGE_COLORS[status]}-badge[{status_label(status)} {number:,}]"
            for status, number in sorted(batch.counts.items(), key=lambda one: list(TaskStatus).index(one[0]))
        ]
        st.progress(batch.done / max(batch.total, 1), text=" ".join([done, *badges]))
        with st.container(horizontal=True, vertical_alignment="center"):
            _draw_buttons(batch, where)


def _draw_buttons(batch: BatchView, where: str) -> None:
    """The way to its articles, and what can be done with them now."""
    st.page_link(
        path_of("tasks"),
        label=_("Its articles"),
        icon=":material/table_rows:",
        query_params={"batch": str(batch.id)},
    )
    _draw_menu(batch, where)


def _draw_menu(batch: BatchView, where: str) -> None:
    """It keeps its place, whatever can be done now, and its key, so that a choice counts also if another one joins it
    meanwhile. To cancel stands first: the first failure moves nothing in a menu that is open."""
    key = f"{where}_change_{batch.id}"
    now = [action for action, statuses in ACTIONS.items() if any(batch.counts.get(status) for status in statuses)]
    st.menu_button(
        _("Cancel or retry"),
        now or list(ACTIONS),
        format_func=_option,
        icon=":material/checklist:",
        key=key,
        disabled=not now,
        on_click=_choose,
        args=(key, batch.id),
    )


def _option(action: BulkAction) -> str:
    labels = {BulkAction.CANCEL: _("Cancel the waiting ones"), BulkAction.RETRY: _("Retry the failed ones")}
    return f"{BUTTONS[action][1]} {labels[action]}"


def _choose(key: str, batch_id: int) -> None:
    """Only remembers what is asked; nothing happens before the dialog's button. None: what was chosen did not apply
    any more."""
    action: BulkAction | None = st.session_state[key]
    if action is not None:
        ask(action, TaskFilter(batch_id=batch_id, statuses=ACTIONS[action]))


def _leave_to_page() -> None:
    """At the head of a part that refreshes: a dialog of its own would close at its next refresh."""
    if st.session_state.pop(NEW_KEY, False):
        st.rerun()
