"""Moments as people read them: in the time zone of the settings, wherever the machine stands."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment as clocks there show it. At the very ends of the calendar they show nothing: then as it is in UTC,
    or as it was written, so that one odd row never darkens a list."""
    for place in (zone, UTC):
        try:
            return moment.astimezone(place)
        except OverflowError:
            continue
    return moment


class LocalClock:
    """Everything that is shown to people tells the time by this one clock; JSON and logs are in UTC."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.has_spoken = False
        """Whether it has told any time: then the note belongs below."""

    @property
    def note(self) -> str:
        """Said once where times are shown: the reader's own clock may show another."""
        return f"Times are in {self.zone.key}."

    def now(self) -> datetime:
        """This moment."""
        return datetime.now(self.zone)

    def moment_of(self, unix_ms: int) -> datetime:
        """From Unix milliseconds."""
        return datetime.fromtimestamp(unix_ms / 1000, self.zone)

    def say(self, moment: datetime) -> str:
        """`10:03:00`, or with its date when that is not today."""
        return self._say(moment, "%H:%M:%S")

    def say_about(self, moment: datetime) -> str:
        """`10:03`: an estimate has no seconds."""
        return self._say(moment, "%H:%M")

    def _say(self, moment: datetime, today: str) -> str:
        self.has_spoken = True
        local = in_zone(moment, self.zone)
        return local.strftime(today if local.date() == self.now().date() else "%Y-%m-%d %H:%M")
