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
from dashboard.components.figure_tiles import draw_tiles
from dashboard.components.overview_lists import (
    FIRST_STEPS,
    LIST_HEIGHT,
    draw_failures,
    draw_first_steps,
    draw_newest,
    link_to_all,
)
from dashboard.components.trend_charts import KEPT_SECONDS, Span, choose_span, draw_charts, failures_over
from dashboard.text import _, language, zone
from dashboard.visitor import REFRESH_SECONDS, fragment, page, say_in_box

WAITING = (TaskStatus.WAITING, TaskStatus.RETRYING)


ROOM = f"""
<style>
@media (min-width: 768px) {{ .st-key-overview_top {{ min-height: 6rem; }} }}
.st-key-{FIRST_STEPS} {{ min-height: {LIST_HEIGHT}px; }}
</style>
"""
"""For what is wrong beside the heading, whether anything is wrong or not, and for the lists before there are any."""
ALERTS_SECONDS = REFRESH_SECONDS * 5
"""Whether Redis and the workers are there shows in the line of badges, every two seconds; what to do may come later."""


def draw(_actor: Actor) -> None:
    st.html(ROOM)
    with st.container(key="overview_top"):
        title, alerts = st.columns([1, 3], vertical_alignment="center")
    title.title(_("Overview"), anchor=False)
    with alerts:
        live_alerts()
    live_state()
    with st.container(horizontal=True):
        # Not among what is drawn every two seconds: a link costs as much as a table.
        link_to_all(_("All that need a person"), (TaskStatus.BLOCKED,))
        link_to_all(_("All that are being published"), (TaskStatus.RUNNING,))
        link_to_all(_("All that wait"), WAITING)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(_("How it went"), anchor=False)
        span = choose_span()
    LIVE_OUTCOMES[span](span)


@fragment(run_every=ALERTS_SECONDS, say=say_in_box)
def live_alerts(actor: Actor) -> None:
    """Refreshed by itself. Beside the heading, where what comes and goes moves nothing else."""
    draw_alerts(actor)


@fragment(run_every=REFRESH_SECONDS)
def live_state(actor: Actor) -> None:
    """Refreshed by itself. As high with many articles as with none."""
    who = figures.reader(actor)
    outcomes = figures.outcomes(who, _midnight())
    workers = figures.workers(who)
    _draw_figures(outcomes)
    draw_health(workers)
    if _is_new(outcomes):
        draw_first_steps(has_account=bool(wiring.get_account_manager().list(actor=actor)))
        return
    draw_newest(who, language(), zone().key)


def _draw_outcomes(actor: Actor, span: Span) -> None:
    draw_charts(actor, span)
    draw_failures(failures_over(actor, span))


LIVE_OUTCOMES = {span: fragment(run_every=KEPT_SECONDS[span])(_draw_outcomes) for span in Span}
"""Refreshed by itself, as often as its charts are counted anew."""


def _draw_figures(outcomes: Outcomes) -> None:
    unfinished_now = outcomes.unfinished
    needs_person = _("Action needed")
    draw_tiles(
        (needs_person, unfinished_now[TaskStatus.BLOCKED]),
        (_("Publishing"), unfinished_now[TaskStatus.RUNNING]),
        (_("Waiting"), sum(unfinished_now[status] for status in WAITING)),
        (_("Published today"), outcomes.published),
        (_("Failed today"), outcomes.failed),
        urgent=[needs_person] if unfinished_now[TaskStatus.BLOCKED] else (),
    )


def _is_new(outcomes: Outcomes) -> bool:
    """Nothing to show of today."""
    return not (sum(outcomes.unfinished.values()) or outcomes.published or outcomes.failed)


def _midnight() -> datetime:
    today = datetime.now(UTC).astimezone(zone()).date()
    return datetime.combine(today, time(), zone()).astimezone(UTC)


page(draw)
