"""All that happened to an article, with how long each step took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from core.services.timeline_words import sentence
from core.store.records import TaskEvent
from core.store.task_events import EventKind
from dashboard.components.task_badges import plain
from dashboard.text import _, clock, full_clock

ICONS = {
    EventKind.PUBLISHED: ":green[:material/check_circle:]",
    EventKind.CONFIRMED_ONLINE: ":green[:material/check_circle:]",
    EventKind.DRAFT_SAVED: ":green[:material/check_circle:]",
    EventKind.FAILED: ":red[:material/error:]",
    EventKind.BLOCKED: ":orange[:material/front_hand:]",
    EventKind.WILL_RETRY: ":orange[:material/schedule:]",
    EventKind.RESCUED: ":orange[:material/warning:]",
    EventKind.CANCELLED: ":gray[:material/cancel:]",
    EventKind.TAKEN: ":blue[:material/play_circle:]",
}
OTHER = ":gray[:material/fiber_manual_record:]"


def draw_timeline(events: Sequence[TaskEvent]) -> None:
    """Oldest first. The absolute time is in the tooltip."""
    with st.container(gap="xxsmall"):
        _draw_events(events)


def _draw_events(events: Sequence[TaskEvent]) -> None:
    before = None
    for event in events:
        took = "" if before is None else f" :gray[+{duration(event.at - before)}]"
        icon = ICONS.get(EventKind(event.kind), OTHER) if event.kind in set(EventKind) else OTHER
        words = plain(sentence(event, say=_, clock=full_clock))
        st.markdown(f"{icon} `{clock(event.at, seconds=True)}` {words}{took}", help=full_clock(event.at))
        before = event.at


def duration(span: timedelta) -> str:
    """`0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    seconds = max(span.total_seconds(), 0)
    if seconds < 10:  # noqa: PLR2004 - below that a tenth is worth telling
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    days, hours_left = divmod(hours, 24)
    if days:
        return f"{days} d {hours_left} h"
    if hours:
        return f"{hours} h {minutes_left} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
