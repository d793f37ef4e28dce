"""A day and a time of day to choose, in the visitor's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from core.services.local_clock import in_zone
from dashboard.components.stored_field import follow
from dashboard.text import _, zone
from dashboard.visitor import hold_typed


def draw_moment(key: str, moment: datetime | None = None) -> None:
    """`moment`: what stands there first; None: the next full hour."""
    now = datetime.now(UTC).astimezone(zone())
    first = in_zone(moment, zone()) if moment else now.replace(minute=0, second=0) + timedelta(hours=1)
    day, at = st.columns(2)
    earliest = min(now.date(), first.date())
    hold_typed([f"{key}_day", f"{key}_at"])
    if moment is not None:
        follow(f"{key}_day", first.date())
        follow(f"{key}_at", first.time().replace(second=0, microsecond=0))
    day.date_input(_("Day"), first.date(), min_value=earliest, key=f"{key}_day", format="YYYY-MM-DD")
    at.time_input(_("Time"), first.time().replace(second=0, microsecond=0), key=f"{key}_at", step=300)
    st.caption(_("Times are in {zone}.", zone=zone().key))


def read_moment(key: str) -> datetime:
    """What was chosen."""
    day: date = st.session_state[f"{key}_day"]
    at: time = st.session_state[f"{key}_at"]
    return datetime.combine(day, at, zone()).astimezone(UTC)
