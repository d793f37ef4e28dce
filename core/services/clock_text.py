"""Times as people and Excel write them, read in the user's time zone. CSV and command line share it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.services.local_clock import in_zone

EXAMPLE = "2030-01-31 09:00"
FURTHEST_YEARS = 10
FURTHEST = timedelta(days=3653)
"""A time beyond these years is a slip of the keyboard; near the end of the calendar it could not even be shown."""

_WRITTEN = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[ T]*(?P<half>上午|下午|AM|PM)?\s*(?P<hour>\d{1,2})[::时](?P<minute>\d{2})分?(?:[::](?P<second>\d{2})秒?)?"
    r"\s*(?P<half_after>AM|PM)?)?",
    re.IGNORECASE,
)
"""Year first, with or without a time of day: `2025/11/24 9:00`, `2025年11月24日 下午3:05`."""
_NUMBER = re.compile(r"\d{1,6}([.,]\d+)?")
SHOWN = 40
"""Characters of what is no time that are repeated to its owner."""


class WrongTime(ValueError):
    """What is wrong with a written time, how to mend it, and what could stand there instead."""

    def __init__(self, reason: str, remedy: str, offers: tuple[str, ...] = ()) -> None:
        self.reason = reason
        self.remedy = remedy
        self.offers = offers
        super().__init__(f"{reason} {remedy}")


def read_time(text: str, zone: ZoneInfo, now: datetime | None = None) -> datetime:
    """The moment in UTC. Times without an offset are in `zone`. Raises WrongTime, also for one too far to come."""
    written = text.strip()
    moment = _iso(written) or _as_excel_writes(written)
    if moment is None:
        raise _unreadable(written)
    try:
        read = moment.astimezone(UTC) if moment.tzinfo else _in_zone(moment, zone, written)
    except OverflowError as error:
        raise WrongTime(f"“{written}” is out of range.", f"Write it as {EXAMPLE}.") from error
    require_near(read, now or datetime.now(UTC))
    return read


def require_near(moment: datetime, now: datetime) -> None:
    """Raises WrongTime for a time that is too far to come."""
    if moment - now > FURTHEST:
        raise WrongTime(f"{moment:%Y-%m-%d} is more than {FURTHEST_YEARS} years away.", "Look at the year.")


def require_future(moment: datetime, zone: ZoneInfo, now: datetime) -> None:
    """Raises WrongTime for a time without a zone, for one too far to come, and with two offers for one that has
    passed: now, and the same time tomorrow."""
    if moment.tzinfo is None:
        raise WrongTime("has no time zone.", "Hand in a time with its offset.")
    require_near(moment, now)
    if moment >= now:
        return
    local, today = in_zone(moment, zone), now.astimezone(zone)
    tomorrow = today.date() + timedelta(days=1)
    offer = datetime.combine(tomorrow, local.time()).strftime("%Y-%m-%d %H:%M")
    raise WrongTime(
        f"{local:%Y-%m-%d %H:%M} ({zone.key}) has passed.",
        f"Leave it empty to publish now, or write {offer} for the same time tomorrow.",
        ("", offer),
    )


def _unreadable(written: str) -> WrongTime:
    """Why, in four cases: 1. Excel's column was too narrow. 2. A number, as Excel keeps times inside. 3. A form
    that is known, with a day or an hour that does not exist. 4. Anything else would have to be guessed."""
    remedy = f"Write it as {EXAMPLE}, or with an offset as 2030-01-31T09:00+08:00."
    in_excel = f"In Excel, give the column the format yyyy-mm-dd hh:mm, or write it as {EXAMPLE}."
    if written and not written.strip("#"):
        return WrongTime(
            "holds only # signs: the column was too narrow in Excel to show the time.", f"Widen it. {remedy}"
        )
    if _NUMBER.fullmatch(written):
        return WrongTime(f"“{written}” is a number, as Excel keeps times inside.", in_excel)
    if _WRITTEN.fullmatch(written):
        return WrongTime(f"“{written}” has a day or an hour that does not exist.", remedy)
    shown = written if len(written) <= SHOWN else f"{written[:SHOWN]}…"
    return WrongTime(f"“{shown}” is not a time that can be read without guessing.", remedy)


def _iso(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _as_excel_writes(written: str) -> datetime | None:
    match = _WRITTEN.fullmatch(written)
    if match is None:
        return None
    hour = int(match["hour"] or 0)
    half = (match["half"] or match["half_after"] or "").upper()
    if half:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - a clock with two halves a day has hours 1 to 12
            return None
        hour = hour % 12 + (12 if half in ("下午", "PM") else 0)
    minute, second = int(match["minute"] or 0), int(match["second"] or 0)
    try:
        # The zone comes in by _in_zone.
        return datetime(int(match["year"]), int(match["month"]), int(match["day"]), hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None


def _in_zone(moment: datetime, zone: ZoneInfo, written: str) -> datetime:
    """Raises WrongTime for a time that the clocks of the zone jump over."""
    aware = moment.replace(tzinfo=zone).astimezone(UTC)
    if aware.astimezone(zone).replace(tzinfo=None) != moment:
        raise WrongTime(f"“{written}” does not exist in {zone.key}.", "Choose another time.")
    return aware
