"""What the browser of an article shows while it publishes, and what it showed when that went wrong."""

from __future__ import annotations

import streamlit as st

from core import wiring
from core.errors import ServiceUnavailable
from core.store.records import Actor, TaskView
from core.task_state import TaskStatus
from dashboard.text import _, mark

HEIGHT = 540
"""The same with a picture and without, so that nothing below moves."""
WITH_FAILURE = (TaskStatus.RETRYING, TaskStatus.BLOCKED, TaskStatus.FAILED)
STEPS = {
    "claimed": mark("waiting for a browser"),
    "signing in": mark("signing in"),
    "writing": mark("writing"),
    "submitting": mark("submitting"),
    "verifying": mark("checking it is online"),
}


def draw_pictures(task: TaskView, actor: Actor) -> None:
    """The one that fits its state, if any."""
    if task.status is TaskStatus.RUNNING:
        _draw_live(task, actor)
    elif task.status in WITH_FAILURE:
        _draw_failure(task, actor)


def _draw_live(task: TaskView, actor: Actor) -> None:
    try:
        picture = wiring.get_picture_viewer().live(task.id, actor=actor)
    except ServiceUnavailable:
        picture = None
    with st.container(height=HEIGHT, border=True):
        if picture is None:
            st.caption(_("The picture of its browser comes here within seconds of the next thing it does."))
            return
        step, age = _(STEPS.get(picture.step, picture.step)), round(picture.age_seconds)
        st.caption(_("The browser {seconds} s ago: {step}", seconds=age, step=step))
        st.image(picture.jpeg, width="stretch")


def _draw_failure(task: TaskView, actor: Actor) -> None:
    picture = wiring.get_picture_viewer().of_failure(task.id, actor=actor)
    if picture is None:
        return
    if picture.png is not None:
        st.image(picture.png, caption=_("What the browser showed when it went wrong"))
    else:
        st.caption(_("A picture was taken, but it is not on this machine: {path}", path=picture.path))
