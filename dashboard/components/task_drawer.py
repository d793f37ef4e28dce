"""One article with everything that is known of it and all that can be done, in a drawer at the side."""

from __future__ import annotations

import streamlit as st

from core import wiring
from core.errors import NotFound
from core.publishing.addresses import draft_url
from core.services.queue_overview import WaitFacts
from core.services.task_words import SITE_NAMES
from core.settings import get_settings
from core.store.records import Actor, TaskView
from core.store.task_events import EventKind
from core.task_state import TaskStatus
from dashboard.components.earlier_texts import draw_versions
from dashboard.components.review_answers import draw_answers
from dashboard.components.task_actions import draw_actions
from dashboard.components.task_badges import badge_and_words, draw_reason
from dashboard.components.task_editor import draw_editor, edited_task, follow_change, forget_change, leave_form
from dashboard.components.task_pictures import draw_pictures
from dashboard.components.task_timeline import draw_timeline
from dashboard.next_steps import next_step
from dashboard.task_states import describe, has_workers
from dashboard.text import _, full_clock, plain, zone
from dashboard.told_times import ToldTimes
from dashboard.visitor import REFRESH_SECONDS, fragment

PARAMETER = "task"
WIDTH = 720


def open_drawer(public_id: str) -> None:
    """Shows it until it is closed; its address names the article, so that it can be sent to somebody."""

    forget_change()

    @st.dialog(_("Article"), width=WIDTH, position="right", on_dismiss=_close)
    def drawer() -> None:
        edited = edited_task(public_id)
        if edited is None:
            _draw(public_id)
        else:
            draw_editor(edited)

    drawer()


def _close() -> None:
    leave_form()
    st.query_params.pop(PARAMETER, None)


@fragment(run_every=REFRESH_SECONDS)
def _draw(actor: Actor, public_id: str) -> None:
    try:
        task = wiring.get_task_manager().get(public_id, actor=actor)
    except NotFound:
        st.info(_("There is no such article, or it is not yours."))
        return
    wait = wiring.get_task_manager().wait_facts(task, actor=actor)
    st.subheader(plain(task.title), anchor=False)
    _draw_state(task, wait, actor)
    draw_actions(task, public_id, actor)
    if task.status is TaskStatus.BLOCKED:
        draw_answers(task)
    _draw_links(task)
    st.table(_facts(task, wait), border="horizontal", width="stretch")
    draw_pictures(task, actor)
    st.markdown(f"**{_('What happened')}**")
    events = wiring.get_task_manager().events(task.id, actor=actor)
    draw_timeline(events)
    if any(event.kind == EventKind.EDITED for event in events):
        draw_versions(wiring.get_task_manager().versions(task.id, actor=actor))
    follow_change()


def _draw_state(task: TaskView, wait: WaitFacts, actor: Actor) -> None:
    told = describe(task, actor, zone=zone(), say=_)
    st.markdown(badge_and_words(task.status, told.words), help=ToldTimes(told.times).help)
    if not task.status.is_final:
        st.progress(task.progress)
    draw_reason(task, told.words)
    step = next_step(task, wait, has_workers=has_workers(), is_admin=actor.is_admin)
    if step:
        st.info(step, icon=":material/arrow_forward:")


def _draw_links(task: TaskView) -> None:
    with st.container(horizontal=True):
        if task.result_url:
            st.link_button(_("Open the article"), task.result_url, icon=":material/open_in_new:")
        draft = draft_url(task.platform, task.remote_draft_id, get_settings()) if task.remote_draft_id else None
        if draft and task.status is not TaskStatus.PUBLISHED:
            st.link_button(_("Open the draft"), draft, icon=":material/edit_note:")


def _facts(task: TaskView, wait: WaitFacts) -> dict[str, str]:
    facts = {
        _("Account"): f"{task.account_name} · {_(SITE_NAMES.get(task.platform, task.platform))} · {task.user_name}",
        _("Handed in at"): full_clock(task.created_at),
        _("Ahead of it"): "" if wait.ahead is None else str(wait.ahead),
        _("Starts about"): "" if has_workers() is False else full_clock(wait.starts_about, seconds=False),
        _("Not before"): full_clock(task.run_at) if not task.status.is_final else "",
        _("Priority"): str(task.priority),
        _("Attempts"): str(task.attempt),
        _("Ended"): full_clock(task.finished_at),
        _("Batch"): "" if task.batch_id is None else f"#{task.batch_id}",
        _("Number"): f"{task.id} · {task.public_id}",
    }
    return {name: plain(fact) for name, fact in facts.items() if fact}
