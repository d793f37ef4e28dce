"""The line as a table: how each user stands in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import streamlit as st

from core.services.local_clock import LocalClock
from core.services.queue_viewer import LaneView, LineView
from core.services.task_words import SITE_NAMES
from core.services.wait_words import DOWN, WaitWords
from core.store.records import Actor
from dashboard import figures
from dashboard.figures import SLOW_SECONDS, WorkerReading
from dashboard.languages import sayer
from dashboard.shared_figures import shared
from dashboard.text import _, duration, language, zone

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
MOST_KEPT = 60
"""Tables; those of earlier readings are of no use any more."""


def draw_lanes(line: LineView, who: Actor) -> None:
    """As high as it has rows, up to ten."""
    cells = _cells(line, figures.worker_reading(who), language(), zone().key)
    if len(line.lanes) < line.users:
        st.caption(_("The {shown} users with the most waiting, of {number}.", shown=len(line.lanes), number=line.users))
    st.dataframe(cells, hide_index=True, column_config=_columns())


@shared(SLOW_SECONDS, most=MOST_KEPT)
def _cells(line: LineView, workers: WorkerReading, code: str, zone_name: str) -> pa.Table:
    """What all who look at the same see, in this language and zone. As old as the two readings."""
    lanes, is_down = line.lanes, workers.workers == []
    now, words = datetime.now(UTC), WaitWords(LocalClock(ZoneInfo(zone_name)), sayer(code))
    columns = {
        "user": [lane.user_name for lane in lanes],
        "waiting": [lane.waiting for lane in lanes],
        "running": [f"{lane.running} / {lane.max_running}" for lane in lanes],
        "starts": [f"{lane.starts} / {lane.max_starts}" for lane in lanes],
        "share": [None if lane.share is None else round(lane.share * 100) for lane in lanes],
        "oldest": [duration(now - lane.oldest_since) if lane.oldest_since else "" for lane in lanes],
        "held": [_held_back(lane, words, is_down=is_down) for lane in lanes],
    }
    return pa.table(columns, schema=SCHEMA)


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
