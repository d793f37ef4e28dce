"""Every word the pages show goes through here: `_("English", name=value)` in the visitor's language, times in the
visitor's zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from core.services.local_clock import in_zone
from core.settings import get_settings
from dashboard.html_pages import language_of_browser
from dashboard.languages import ENGLISH, known_language, sayer

LANGUAGE_KEY = "language"
_drawn_in: ContextVar[str | None] = ContextVar("drawn_in", default=None)
"""The language of the part of a page that is being drawn."""


@contextmanager
def in_one_language() -> Iterator[None]:
    """Inside, nobody is asked again for each word which language it is in."""
    outer = _drawn_in.set(language())
    try:
        yield
    finally:
        _drawn_in.reset(outer)


def language() -> str:
    """What the visitor chose, here or before the page was loaded again, else what its browser asks for."""
    drawn_in = _drawn_in.get()
    if drawn_in is not None:
        return drawn_in
    chosen = st.session_state.get(LANGUAGE_KEY) or st.query_params.get(LANGUAGE_KEY)
    return known_language(chosen) or browser_language()


def browser_language() -> str:
    """What was chosen in the visitor's browser when this page was loaded, else what it asks for."""
    return language_of_browser(st.context.headers, st.context.locale or "")


def _(message: str, /, **values: object) -> str:
    """The message in the visitor's language, with its values filled in."""
    return sayer(language())(message, **values)


def count(one: str, many: str, number: int, /, **values: object) -> str:
    """A message about a number of things, which stands in it as `{number}`: `one` of them, or `many`."""
    return _(one if number == 1 else many, number=f"{number:,}", **values)


def one_behind_the_other(*sentences: str) -> str:
    """Several sentences as one text: between Chinese ones there is no space."""
    return (" " if language() == ENGLISH else "").join(sentences)


def plain(text: str) -> str:
    """Text of people inside Markdown, with nothing in it that Markdown would act on."""
    return "".join(f"\\{char}" if char in r"\`*_{}[]()<>#+-!|~:$" else char for char in text)


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


def full_clock(moment: datetime | None, *, seconds: bool = True) -> str:
    """A moment with everything, for a tooltip: `2026-11-24 09:03:12 (UTC+08:00)`. The short names of zones are no help:
    CST is in Shanghai, in Chicago and in Havana. An estimate has no seconds."""
    if moment is None:
        return ""
    local = in_zone(moment, zone())
    offset = f"{local:%z}"
    time = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    return f"{local:%Y-%m-%d} {time} (UTC{offset[:3]}:{offset[3:]})"


def duration(span: timedelta) -> str:
    """`0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`, in the visitor's language."""
    seconds = max(span.total_seconds(), 0)
    if seconds < 10:  # noqa: PLR2004 - below that a tenth is worth telling
        return _("{number} s", number=f"{seconds:.1f}")
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    days, hours_left = divmod(hours, 24)
    if days:
        return _("{days} d {hours} h", days=days, hours=hours_left)
    if hours:
        return _("{hours} h {minutes} min", hours=hours, minutes=minutes_left)
    return _("{minutes} min {rest} s", minutes=minutes, rest=rest) if minutes else _("{number} s", number=rest)


def local(moment: datetime | None) -> datetime | None:
    """A moment in the visitor's zone and without one: tables show it as it is."""
    return None if moment is None else in_zone(moment, zone()).replace(tzinfo=None)
