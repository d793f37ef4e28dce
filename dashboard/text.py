"""Every word the pages show goes through here: `_("English", name=value)` in the visitor's language, times in the
visitor's zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from core.services.local_clock import in_zone
from core.settings import get_settings
from dashboard.languages import LANGUAGES, best_language, sayer

LANGUAGE_KEY = "language"


def language() -> str:
    """What the visitor chose, here or before the page was loaded again, else what its browser asks for."""
    chosen = st.session_state.get(LANGUAGE_KEY) or st.query_params.get(LANGUAGE_KEY)
    for code, name in LANGUAGES.items():
        if chosen in (code, name):
            return code
    return best_language(st.context.headers.get("accept-language", "") or st.context.locale or "")


def _(message: str, /, **values: object) -> str:
    """The message in the visitor's language, with its values filled in."""
    return sayer(language())(message, **values)


def mark(message: str) -> str:
    """Marks a message for the catalogues where it is written down and translated later."""
    return message


def zone() -> ZoneInfo:
    """The visitor's time zone as its browser tells it, else that of the settings."""
    try:
        return ZoneInfo(st.context.timezone or "")
    except (ZoneInfoNotFoundError, ValueError):
        return get_settings().zone


def clock(moment: datetime | None, *, seconds: bool = False) -> str:
    """A moment for reading: the time of day, with the date unless it is today. Empty for none."""
    if moment is None:
        return ""
    local = in_zone(moment, zone())
    today = datetime.now(UTC).astimezone(zone()).date()
    time = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    return time if local.date() == today else f"{local:%Y-%m-%d} {time}"


def full_clock(moment: datetime | None) -> str:
    """A moment with everything, for a tooltip."""
    return "" if moment is None else f"{in_zone(moment, zone()):%Y-%m-%d %H:%M:%S %Z}"


def local(moment: datetime | None) -> datetime | None:
    """A moment in the visitor's zone and without one: tables show it as it is."""
    return None if moment is None else in_zone(moment, zone()).replace(tzinfo=None)
