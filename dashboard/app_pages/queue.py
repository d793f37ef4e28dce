"""How the line stands for each user, and what is held back."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from core.services.queue_viewer import LineView
from core.store.queue_figures import Waits
from core.store.records import Actor
from dashboard import figures
from dashboard.components.figure_tiles import draw_tiles
from dashboard.components.lane_table import draw_lanes
from dashboard.components.pause_controls import draw_form, draw_pauses
from dashboard.components.ways_in import draw_ways_in
from dashboard.text import _, duration
from dashboard.visitor import REFRESH_SECONDS, fragment, page


def draw(actor: Actor) -> None:
    st.title(_("Queue"), anchor=False)
    st.caption(_("Users take turns, and so do the accounts of each. A limit only makes an article wait."))
    pause_something()
    live_queue()


@fragment(run_every=REFRESH_SECONDS)
def live_queue(actor: Actor) -> None:
    """Refreshed by itself. The table is the last: as users come and go it grows and shrinks, and a button below it
    would move just when somebody presses it."""
    who = figures.reader(actor)
    line = figures.line(who)
    draw_pauses(actor, figures.pauses(who))
    _draw_figures(line, figures.waits(who))
    if line.lanes:
        draw_lanes(line, who)
    else:
        st.info(_("Nothing waits and nothing is being published. What is handed in appears here with its turn."))
        draw_ways_in()


@fragment()
def pause_something(actor: Actor) -> None:
    """Not refreshed: somebody may be typing."""
    with st.expander(_("Pause something"), icon=":material/pause:", key="pause_form"):
        draw_form(actor)


def _draw_figures(line: LineView, waits: Waits) -> None:
    draw_tiles(
        (_("Waiting in line"), line.waiting),
        (_("Publishing"), line.running),
        (_("Started in the last hour"), waits.starts),
        (_("Half waited less than"), _told(waits.p50_seconds)),
        (_("95 % waited less than"), _told(waits.p95_seconds)),
    )


def _told(seconds: float | None) -> str:
    return "–" if seconds is None else duration(timedelta(seconds=seconds))


page(draw)
