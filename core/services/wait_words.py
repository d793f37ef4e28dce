"""What people read about why an article waits: DESIGN §3, in English unless told otherwise. Pure."""

from __future__ import annotations

from core.queue.queue_stats import Parked, WaitReason
from core.services.local_clock import LocalClock
from core.services.queue_overview import WaitFacts
from core.services.say import Say, in_english
from core.store.pauses import PauseView

DOWN = "Publishing service is down"

_REASONS = {
    WaitReason.USER_PAUSED: ("Paused", "Paused until {end}"),
    WaitReason.PLATFORM_PAUSED: ("{site} is paused", "{site} is paused until {end}"),
    WaitReason.ACCOUNT_PAUSED: ("This account is paused", "This account is paused until {end}"),
    WaitReason.USER_RUNNING: ("{limit} already publishing", "{limit} already publishing"),
    WaitReason.USER_STARTS: ("{limit} started this minute", "{limit} started this minute, resumes {end}"),
    WaitReason.ACCOUNT_RUNNING: (
        "Spacing this account's posts ({limit} already publishing)",
        "Spacing this account's posts ({limit} already publishing)",
    ),
    WaitReason.ACCOUNT_GAP: ("Spacing this account's posts", "Spacing this account's posts, resumes {end}"),
}
"""Reason → how it is said while its end is unknown, and once it is known."""


class WaitWords:
    """Knows the time zone and the language."""

    def __init__(self, clock: LocalClock, say: Say = in_english) -> None:
        self._clock = clock
        self._say = say

    def parked(self, parked: Parked, site: str) -> str:
        """What holds back a user's or an account's line."""
        end = "" if parked.until_ms is None else self._clock.say(self._clock.moment_of(parked.until_ms))
        limit = self._say("As many as allowed") if parked.limit is None else str(parked.limit)
        return self._say(_REASONS[parked.reason][bool(end)], site=self._say(site), limit=limit, end=end)

    def paused(self, pause: PauseView, site: str) -> str:
        """By whom and since when; or that it is the site that slows down an account."""
        end = self._clock.say(pause.until) if pause.until else ""
        if pause.is_of_site:
            slowed = "Slowed by {site}, resumes itself {end}" if end else "Slowed by {site}, resumes itself"
            return self._say(slowed, site=self._say(site), end=end)
        words = "Paused (by {by}, {since}, until {end})" if end else "Paused (by {by}, {since})"
        return self._say(words, by=pause.by, since=self._clock.say(pause.since), end=end)

    def queued(self, wait: WaitFacts) -> str:
        """Its place in line, where that is known."""
        if not wait.ahead:
            return self._say("Queued")
        if wait.starts_about is None:
            return self._say("Queued ({ahead} ahead)", ahead=wait.ahead)
        about = self._clock.say_about(wait.starts_about)
        return self._say("Queued ({ahead} ahead, about {about})", ahead=wait.ahead, about=about)
