"""How the line stands for each user, and what is held back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import streamlit as st

from core.services.local_clock import LocalClock
from core.services.queue_viewer import LaneView
from core.services.task_words import SITE_NAMES
from core.services.wait_words import DOWN, WaitWords
from core.store.queue_figures import Waits
from core.store.records import Actor
from dashboard import figures
from dashboard.components.figure_tiles import draw_tiles
from dashboard.components.pause_controls import draw_form, draw_pauses
from dashboard.components.ways_in import draw_ways_in
from dashboard.text import _, duration, zone
from dashboard.visitor import REFRESH_SECONDS, fragment, page

SCHEMA = pa.schema(
    {
        "user": pa.string(),
        "waiting": pa.int64(),
        "running": pa.string(),
        "starts": pa.string(),
        "share": pa.int64(),
        "oldest": pa.string(),
        "held": pa.string(),
    }
)
"""Of the table of lanes; guessed, it would go through pandas, which takes six times as long."""


def draw(actor: Actor) -> None:
    st.title(_("Queue"), anchor=False)
    st.caption(_("Users take turns, and so do the accounts of each. A limit only makes an article wait."))
    pause_something()
    live_queue()


@fragment(run_every=REFRESH_SECONDS)
def live_queue(actor: Actor) -> None:
    """Refreshed by itself. The table is the last: as users come and go it grows and shrinks, and a button below it
    would move just when somebody presses it. Nor is one right above it, where Streamlit lays the table's own."""
    who = figures.reader(actor)
    lanes = figures.lanes(who)
    draw_pauses(actor, figures.pauses(who))
    _draw_figures(lanes, figures.waits(who))
    if lanes:
        cells = _cells(lanes, is_down=figures.workers(who) == [])
        st.dataframe(pa.table(cells, schema=SCHEMA), hide_index=True, column_config=_columns())
    else:
        st.info(_("Nothing waits and nothing is being published. What is handed in appears here with its turn."))
        draw_ways_in()


@fragment()
def pause_something(actor: Actor) -> None:
    """Not refreshed: somebody may be typing."""
    with st.expander(_("Pause something"), icon=":material/pause:", key="pause_form"):
        draw_form(actor)


def _draw_figures(lanes: Sequence[LaneView], waits: Waits) -> None:
    draw_tiles(
        (_("Waiting in line"), sum(lane.waiting for lane in lanes)),
        (_("Publishing"), sum(lane.running for lane in lanes)),
        (_("Started in the last hour"), waits.starts),
        (_("Half waited less than"), _told(waits.p50_seconds)),
        (_("95 % waited less than"), _told(waits.p95_seconds)),
    )


def _told(seconds: float | None) -> str:
    return "–" if seconds is None else duration(timedelta(seconds=seconds))


def _cells(lanes: Sequence[LaneView], *, is_down: bool) -> dict[str, list[object]]:
    now, words = datetime.now(UTC), WaitWords(LocalClock(zone()), _)
    return {
        "user": [lane.user_name for lane in lanes],
        "waiting": [lane.waiting for lane in lanes],
        "running": [f"{lane.running} / {lane.max_running}" for lane in lanes],
        "starts": [f"{lane.starts} / {lane.max_starts}" for lane in lanes],
        "share": [None if lane.share is None else round(lane.share * 100) for lane in lanes],
        "oldest": [duration(now - lane.oldest_since) if lane.oldest_since else "" for lane in lanes],
        "held": [_held_back(lane, words, is_down=is_down) for lane in lanes],
    }


def _held_back(lane: LaneView, words: WaitWords, *, is_down: bool) -> str:
    if lane.parked is not None:
        return words.parked(lane.parked, SITE_NAMES["zhihu"])
    return _(DOWN) if is_down and lane.waiting else ""


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "user": config.TextColumn(_("User")),
        "waiting": config.NumberColumn(_("Waiting in line")),
        "running": config.TextColumn(_("Publishing")),
        "starts": config.TextColumn(_("Started in 60 s")),
        "share": config.ProgressColumn(
            _("Share of the last 10 minutes"), min_value=0, max_value=100, format="%d%%", help=_("Of all starts")
        ),
        "oldest": config.TextColumn(_("Longest wait")),
        "held": config.TextColumn(_("Why it waits"), width="medium", help=_("Times are in {zone}.", zone=zone().key)),
    }


page(draw)
