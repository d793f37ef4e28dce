"""The four answers for an article that may be online."""

from __future__ import annotations

import streamlit as st

from core import wiring
from core.store.records import Actor, ReviewAnswer, TaskView
from core.task_state import BlockReason
from dashboard.text import _
from dashboard.visitor import callback, hold_typed, toast


def draw_answers(task: TaskView) -> None:
    """Nothing for articles that wait for something else."""
    if task.block_reason is not BlockReason.NEEDS_REVIEW:
        return
    with st.container(border=True):
        st.markdown(f"**{_('Is it online?')}**")
        link_key = f"review_link_{task.id}"
        hold_typed([link_key])
        st.text_input(
            _("Its address on the site"), key=link_key, placeholder="https://zhuanlan.zhihu.com/p/123", max_chars=2000
        )
        st.button(
            _("It is online"),
            type="primary",
            icon=":material/check_circle:",
            key=f"review_online_{task.id}",
            on_click=_answer_online,
            args=(task.id,),
        )
        with st.container(horizontal=True):
            _answer_button(task, ReviewAnswer.CHECK_AGAIN, _("Check again"), _("Looks on the site once more."))
            _answer_button(
                task,
                ReviewAnswer.PUBLISH_AGAIN,
                _("It is not online: publish again"),
                _("Submits the draft again. If it is online after all, it will be there twice."),
            )
            _answer_button(task, ReviewAnswer.GIVE_UP, _("Give up"), _("Leaves it as it is. It may be online."))


def _answer_button(task: TaskView, answer: ReviewAnswer, label: str, explained: str) -> None:
    with st.popover(label):
        st.write(explained)
        st.button(label, key=f"review_{answer}_{task.id}", on_click=_answer, args=(task.id, answer))


@callback
def _answer(actor: Actor, task_id: int, answer: ReviewAnswer) -> None:
    wiring.get_task_manager().answer_review(task_id, answer, actor=actor)
    toast(_("Thank you. It goes on as you said."), icon=":material/check_circle:")


@callback
def _answer_online(actor: Actor, task_id: int) -> None:
    link = st.session_state[f"review_link_{task_id}"].strip()
    wiring.get_task_manager().answer_review(task_id, ReviewAnswer.ONLINE, link, actor=actor)
    toast(_("Thank you. It counts as published."), icon=":material/check_circle:")
