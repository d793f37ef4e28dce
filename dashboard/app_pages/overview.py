"""What needs a person, what runs and waits, what was published today."""

from __future__ import annotations

from datetime import UTC, datetime, time

import streamlit as st

from core import wiring
from core.services.outcome_viewer import Outcomes
from core.store.records import Actor
from core.task_state import TaskStatus
from dashboard import figures
from dashboard.components.alerts import draw_alerts, draw_health
from dashboard.components.overview_lists import draw_failures, draw_first_steps, draw_tasks, newest
from dashboard.components.trend_charts import CHART_SECONDS, choose_span, draw_charts
from dashboard.text import _, language, zone
from dashboard.visitor import REFRESH_SECONDS, fragment, page

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
    who = figures.reader(actor)
    outcomes = figures.outcomes(who, _midnight())
    workers = figures.workers(who)
    draw_alerts(actor)
    _draw_figures(outcomes)
    draw_health(workers)
    if _is_new(outcomes):
        draw_first_steps(has_account=bool(wiring.get_account_manager().list(actor=actor)))
        return
    _draw_lists(who, outcomes)


def _draw_lists(who: Actor, outcomes: Outcomes) -> None:
    if outcomes.unfinished[TaskStatus.BLOCKED]:
        _draw_list(_("Action needed"), who, TaskStatus.BLOCKED)
    running, waiting = st.columns(2)
    with running:
        _draw_list(_("Being published now"), who, TaskStatus.RUNNING)
    with waiting:
        _draw_list(_("Waiting"), who, *WAITING)


def _draw_list(name: str, who: Actor, *statuses: TaskStatus) -> None:
    st.subheader(name, anchor=False)
    draw_tasks(newest(statuses, who, language(), zone().key), statuses)


@fragment(run_every=CHART_SECONDS)
def live_failures(actor: Actor) -> None:
    """Refreshed by itself."""
    draw_failures(figures.outcomes(figures.reader(actor), _midnight()).failures)


def _draw_figures(outcomes: Outcomes) -> None:
    unfinished = outcomes.unfinished
    with st.container(horizontal=True):
        st.metric(_("Action needed"), unfinished[TaskStatus.BLOCKED], border=True, height="stretch")
        st.metric(_("Publishing"), unfinished[TaskStatus.RUNNING], border=True, height="stretch")
        st.metric(_("Waiting"), sum(unfinished[status] for status in WAITING), border=True, height="stretch")
        st.metric(_("Published today"), outcomes.published, border=True, height="stretch")
        st.metric(_("Failed today"), outcomes.failed, border=True, height="stretch")


def _is_new(outcomes: Outcomes) -> bool:
    """Nothing to show of today."""
    return not (sum(outcomes.unfinished.values()) or outcomes.published or outcomes.failed)


def _midnight() -> datetime:
    today = datetime.now(UTC).astimezone(zone()).date()
    return datetime.combine(today, time(), zone()).astimezone(UTC)


page(draw)
