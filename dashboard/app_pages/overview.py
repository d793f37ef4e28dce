"""What needs a person, what runs and waits, what was published today."""

from __future__ import annotations

from datetime import UTC, datetime, time

import streamlit as st

from core import wiring
from core.errors import ServiceUnavailable
from core.services.outcome_viewer import Outcomes
from core.services.task_lists import TaskPage
from core.services.worker_viewer import WorkerView
from core.store.records import Actor
from core.store.task_filter import TaskFilter
from core.task_state import TaskStatus
from dashboard.components.alerts import draw_alerts, draw_health
from dashboard.components.overview_lists import draw_failures, draw_first_steps, draw_tasks
from dashboard.components.trend_charts import choose_span, draw_charts
from dashboard.text import _, zone
from dashboard.visitor import REFRESH_SECONDS, fragment, page

SHOWN = 5
WAITING = (TaskStatus.WAITING, TaskStatus.RETRYING)


def draw(actor: Actor) -> None:
    st.title(_("Overview"), anchor=False)
    live_state()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(_("How it went"), anchor=False)
        span = choose_span()
    draw_charts(span)
    live_failures()


@fragment(run_every=REFRESH_SECONDS)
def live_state(actor: Actor) -> None:
    """Refreshed by itself."""
    outcomes = _outcomes(_reader(actor), _midnight())
    workers = _workers(_reader(actor))
    draw_alerts(actor)
    _draw_figures(outcomes)
    draw_health(workers)
    if _is_new(outcomes):
        draw_first_steps(has_account=bool(wiring.get_account_manager().list(actor=actor)))
        return
    _draw_lists(actor, outcomes)


def _draw_lists(actor: Actor, outcomes: Outcomes) -> None:
    reader = _reader(actor)
    if outcomes.unfinished[TaskStatus.BLOCKED]:
        st.subheader(_("Action needed"), anchor=False)
        draw_tasks(_newest(reader, (TaskStatus.BLOCKED,)), actor, (TaskStatus.BLOCKED,))
    running, waiting = st.columns(2)
    with running:
        st.subheader(_("Being published now"), anchor=False)
        draw_tasks(_newest(reader, (TaskStatus.RUNNING,)), actor, (TaskStatus.RUNNING,))
    with waiting:
        st.subheader(_("Waiting"), anchor=False)
        draw_tasks(_newest(reader, WAITING), actor, WAITING)


@fragment(run_every=REFRESH_SECONDS)
def live_failures(actor: Actor) -> None:
    """Refreshed by itself."""
    draw_failures(_outcomes(_reader(actor), _midnight()).failures)


def _draw_figures(outcomes: Outcomes) -> None:
    unfinished = outcomes.unfinished
    with st.container(horizontal=True):
        st.metric(_("Action needed"), unfinished[TaskStatus.BLOCKED], border=True)
        st.metric(_("Publishing"), unfinished[TaskStatus.RUNNING], border=True)
        st.metric(_("Waiting"), sum(unfinished[status] for status in WAITING), border=True)
        st.metric(_("Published today"), outcomes.published, border=True)
        st.metric(_("Failed today"), outcomes.failed, border=True)


def _is_new(outcomes: Outcomes) -> bool:
    """Nothing to show of today."""
    return not (sum(outcomes.unfinished.values()) or outcomes.published or outcomes.failed)


def _reader(actor: Actor) -> Actor:
    """All administrators see the same: one answer serves them."""
    return Actor.system() if actor.is_admin else actor


def _midnight() -> datetime:
    today = datetime.now(UTC).astimezone(zone()).date()
    return datetime.combine(today, time(), zone()).astimezone(UTC)


@st.cache_data(ttl=REFRESH_SECONDS - 0.1, max_entries=200, show_spinner=False)
def _outcomes(reader: Actor, since: datetime) -> Outcomes:
    return wiring.get_outcome_viewer().outcomes(since, actor=reader)


@st.cache_data(ttl=REFRESH_SECONDS - 0.1, max_entries=600, show_spinner=False)
def _newest(reader: Actor, statuses: tuple[TaskStatus, ...]) -> TaskPage:
    return wiring.get_task_lists().page(TaskFilter(statuses=statuses), actor=reader, size=SHOWN)


@st.cache_data(ttl=REFRESH_SECONDS - 0.1, max_entries=200, show_spinner=False)
def _workers(reader: Actor) -> list[WorkerView] | None:
    """None: Redis is away, so that nobody can tell."""
    try:
        return wiring.get_worker_viewer().workers(actor=reader)
    except ServiceUnavailable as error:
        if not error.service.endswith("Redis"):
            raise
        return None


page(draw)
