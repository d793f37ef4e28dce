"""What becomes of an article that was just handed in, live."""

from __future__ import annotations

import streamlit as st

from core import wiring
from core.errors import NotFound
from core.store.records import Actor, TaskView
from core.task_state import TaskStatus
from dashboard.components.task_badges import badge_and_words, draw_reason
from dashboard.components.task_drawer import PARAMETER as DRAWER
from dashboard.navigation import path_of
from dashboard.task_states import TaskState, describe
from dashboard.text import _, count, plain, zone
from dashboard.told_times import ToldTimes
from dashboard.visitor import REFRESH_SECONDS, callback_here, fragment

PARAMETER = "article"
"""In the page's address, so that F5 keeps it."""
TO_SHOW = "handed_in_to_show"
"""The article that was handed in last, until its name has come back in the browser's address: what the browser sent
before it heard of the article brings the address of before with it."""


def show_handed_in(public_id: str) -> None:
    """From a callback: this article is watched from the next run on."""
    st.session_state[TO_SHOW] = public_id


def draw_handed_in() -> None:
    """The article in the page's address, if there is one."""
    to_show = st.session_state.get(TO_SHOW)
    if to_show and st.query_params.get(PARAMETER) != to_show:
        st.query_params[PARAMETER] = to_show
    elif to_show:
        del st.session_state[TO_SHOW]
    sent = st.query_params.get(PARAMETER)
    if sent:
        _draw_sent(sent)


@fragment(run_every=REFRESH_SECONDS)
def _draw_sent(actor: Actor, public_id: str) -> None:
    """Its place in line and about when it starts, then its steps, then its link."""
    try:
        task = wiring.get_task_manager().get(public_id, actor=actor)
    except NotFound:
        st.info(_("There is no such article, or it is not yours."))
        return
    state = describe(task, actor, zone=zone(), say=_)
    with st.container(border=True):
        words = f"**{plain(task.title)}**  \n{badge_and_words(task.status, state.words)}"
        st.markdown(words, help=ToldTimes(state.times).help)
        if not task.status.is_final:
            st.progress(task.progress)
        draw_reason(task, state.words)
        if task.status is TaskStatus.WAITING:
            _draw_place(state)
        _draw_links(task)


def _draw_place(state: TaskState) -> None:
    if state.ahead == 0:
        st.caption(_("It goes next."))
    elif state.ahead and str(state.ahead) not in state.words:
        st.caption(count("{number} goes before it.", "{number} go before it.", state.ahead))


def _draw_links(task: TaskView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if task.result_url:
            st.link_button(_("Open the article"), task.result_url, icon=":material/open_in_new:")
        st.page_link(
            path_of("tasks"),
            label=_("All about it"),
            icon=":material/table_rows:",
            query_params={DRAWER: task.public_id},
        )
        st.button(_("Close"), key="publish_close", icon=":material/close:", on_click=_close)


@callback_here
def _close(_actor: Actor) -> None:
    st.session_state.pop(TO_SHOW, None)
    st.query_params.pop(PARAMETER, None)
