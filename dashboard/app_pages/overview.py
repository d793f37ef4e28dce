"""What needs a person, what runs and waits, what was published today."""

from __future__ import annotations

from datetime import UTC, datetime, time

import streamlit as st

from core import wiring
from core.services.outcome_viewer import Outcomes
from core.store.records import Actor
from core.task_state import TaskStatus
from dashboard import figures
from dashboard.components.alerts import draw_alerts, draw_health, needs_person_words
from dashboard.components.figure_tiles import draw_tiles
from dashboard.components.overview_lists import (
    ShownTasks,
    draw_failures,
    draw_first_steps,
    draw_tasks,
    link_to_all,
    newest,
)
from dashboard.components.trend_charts import KEPT_SECONDS, Span, choose_span, draw_charts
from dashboard.text import _, language, zone
from dashboard.visitor import REFRESH_SECONDS, fragment, page, say_in_box

WAITING = (TaskStatus.WAITING, TaskStatus.RETRYING)


def draw(_actor: Actor) -> None:
    st.title(_("Overview"), anchor=False)
    live_state()
    with st.container(horizontal=True):
        # Not among what is drawn every two seconds: a link costs as much as a table.
        link_to_all(_("All that are being published"), (TaskStatus.RUNNING,))
        link_to_all(_("All that wait"), WAITING)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(_("How it went"), anchor=False)
        span = choose_span()
    LIVE_OUTCOMES[span](span)


@fragment(run_every=REFRESH_SECONDS, say=say_in_box)
def live_state(actor: Actor) -> None:
    """Refreshed by itself."""
    who = figures.reader(actor)
    outcomes = figures.outcomes(who, _midnight())
    workers = figures.workers(who)
    draw_alerts(actor)
    _draw_blocked(who, outcomes.unfinished[TaskStatus.BLOCKED])
    _draw_figures(outcomes)
    draw_health(workers)
    if _is_new(outcomes):
        draw_first_steps(has_account=bool(wiring.get_account_manager().list(actor=actor)))
        return
    running, waiting = st.columns(2)
    with running:
        st.subheader(_("Being published now"), anchor=False)
        draw_tasks(_newest(who, TaskStatus.RUNNING), "running")
    with waiting:
        st.subheader(_("Waiting"), anchor=False)
        draw_tasks(_newest(who, *WAITING), "waiting")


def _draw_blocked(who: Actor, number: int) -> None:
    if not number:
        return
    st.subheader(f":orange[:material/front_hand:] {needs_person_words(number)}", anchor=False)
    shown = _newest(who, TaskStatus.BLOCKED)
    draw_tasks(shown, "blocked", is_wide=True)
    if number > len(shown.page.tasks):
        link_to_all(_("All {number}", number=f"{number:,}"), (TaskStatus.BLOCKED,))


def _newest(who: Actor, *statuses: TaskStatus) -> ShownTasks:
    return newest(statuses, who, language(), zone().key)


def _draw_outcomes(actor: Actor, span: Span) -> None:
    draw_charts(actor, span)
    draw_failures(figures.outcomes(figures.reader(actor), _midnight()).failures)


LIVE_OUTCOMES = {span: fragment(run_every=KEPT_SECONDS[span])(_draw_outcomes) for span in Span}
"""Refreshed by itself, as often as its charts are counted anew."""


def _draw_figures(outcomes: Outcomes) -> None:
    unfinished = outcomes.unfinished
    draw_tiles(
        (_("Action needed"), unfinished[TaskStatus.BLOCKED]),
        (_("Publishing"), unfinished[TaskStatus.RUNNING]),
        (_("Waiting"), sum(unfinished[status] for status in WAITING)),
        (_("Published today"), outcomes.published),
        (_("Failed today"), outcomes.failed),
    )


def _is_new(outcomes: Outcomes) -> bool:
    """Nothing to show of today."""
    return not (sum(outcomes.unfinished.values()) or outcomes.published or outcomes.failed)


def _midnight() -> datetime:
    today = datetime.now(UTC).astimezone(zone()).date()
    return datetime.combine(today, time(), zone()).astimezone(UTC)


page(draw)
