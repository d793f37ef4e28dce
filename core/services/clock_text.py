"""Times as people and Excel write them, read in the user's time zone. CSV and command line share it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EXAMPLE = "2030-01-31 09:00"

_WRITTEN = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[ T]*(?P<half>上午|下午|AM|PM)?\s*(?P<hour>\d{1,2})[::时](?P<minute>\d{2})分?(?:[::](?P<second>\d{2})秒?)?"
    r"\s*(?P<half_after>AM|PM)?)?",
    re.IGNORECASE,
)
"""Year first, with or without a time of day: `2025/11/24 9:00`, `2025年11月24日 下午3:05`."""


class WrongTime(ValueError):
    """What is wrong with a written time, how to mend it, and what could stand there instead."""

    def __init__(self, reason: str, remedy: str, offers: tuple[str, ...] = ()) -> None:
        self.reason = reason
        self.remedy = remedy
        self.offers = offers
        super().__init__(f"{reason} {remedy}")


def read_time(text: str, zone: ZoneInfo) -> datetime:
    """The moment in UTC. Times without an offset are in `zone`. Raises WrongTime."""
    written = text.strip()
    moment = _iso(written) or _as_excel_writes(written)
    if moment is None:
        raise WrongTime(
            f"“{written}” is not a time that can be read without guessing.",
            f"Write it as {EXAMPLE}, or with an offset as 2030-01-31T09:00+08:00.",
        )
    try:
        return moment.astimezone(UTC) if moment.tzinfo else _in_zone(moment, zone, written)
    except OverflowError as error:
        raise WrongTime(f"“{written}” is out of range.", f"Write it as {EXAMPLE}.") from error


def require_future(moment: datetime, zone: ZoneInfo, now: datetime) -> None:
    """Raises WrongTime with two offers for a time that has passed: now, and the same time tomorrow."""
    if moment >= now:
        return
    local, today = moment.astimezone(zone), now.astimezone(zone)
    tomorrow = today.date() + timedelta(days=1)
    offer = datetime.combine(tomorrow, local.time()).strftime("%Y-%m-%d %H:%M")
    raise WrongTime(
        f"{local:%Y-%m-%d %H:%M} ({zone.key}) has passed.",
        f"Leave it empty to publish now, or write {offer} for the same time tomorrow.",
        ("", offer),
    )


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
