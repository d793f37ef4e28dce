"""How browsers are started and how long one answer of theirs may take; handed to the pool."""

from __future__ import annotations

from dataclasses import dataclass

from core.settings import Settings


@dataclass(frozen=True, slots=True)
class BrowserOptions:
    """What every browser of one pool has in common. All times in seconds."""

    browser: str = ""
    """Path of the browser to use; empty: the system's, see `find_browser`."""
    selenium_url: str = ""
    """A remote WebDriver to ask for sessions; empty: browsers on this machine."""
    http_timeout_seconds: float = 60
    """Longest wait for the reply to one WebDriver command; past it the browser counts as lost."""
    page_load_seconds: float = 60
    script_seconds: float = 20
    check_seconds: float = 10
    """Longest wait for the short commands that open, check and close a tab."""
    start_seconds: float = 60
    """Longest time for starting one browser."""
    window_width: int = 1280
    window_height: int = 900
    extra_arguments: tuple[str, ...] = ()

    @classmethod
    def from_settings(cls, settings: Settings) -> BrowserOptions:
        """The options that TOP_N's settings ask for."""
        return cls(
            browser=settings.browser,
            selenium_url=settings.selenium_url,
            http_timeout_seconds=settings.http_timeout_seconds,
            page_load_seconds=settings.page_load_seconds,
            script_seconds=settings.script_seconds,
        )

    @property
    def timeouts_ms(self) -> dict[str, int]:
        """W3C timeouts of a session. A slow page must be reported by the driver before its HTTP reply is
        overdue, or a slow site would be taken for a lost browser: hence the tenth below `http_timeout`."""
        longest = self.http_timeout_seconds * 0.9
        return {
            "script": int(min(self.script_seconds, longest) * 1000),
            "pageLoad": int(min(self.page_load_seconds, longest) * 1000),
            "implicit": 0,
        }
