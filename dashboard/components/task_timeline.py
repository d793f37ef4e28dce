"""All that happened to an article, with how long each step took."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.services.timeline_words import sentence
from core.store.records import TaskEvent
from core.store.task_events import EventKind
from dashboard.text import _, clock, duration, full_clock, plain

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
        st.markdown(f"{icon} :gray[{plain(clock(event.at, seconds=True))}] {words}{took}", help=full_clock(event.at))
        before = event.at
