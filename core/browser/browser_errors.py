"""Tells a lost browser from an ordinary WebDriver error, and translates the first into BrowserLost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from selenium.common.exceptions import (
    InvalidSessionIdException,
    NoSuchWindowException,
    SessionNotCreatedException,
    WebDriverException,
)
from urllib3.exceptions import HTTPError
from websocket import WebSocketException

from core.errors import BrowserLost

# chromedriver reports these as "unknown error"; there is no class of their own to go by.
_LOST_WORDS = (
    "tab crashed",
    "disconnected",
    "not connected to devtools",
    "chrome not reachable",
    "unable to connect to renderer",
    "session deleted",
)


def lost_reason(error: BaseException) -> str | None:
    """Why this error means that the browser, its driver or the tab is gone; None when it does not.

    Three families mean it: 1. the driver no longer knows the session or the tab; 2. the driver lives but has
    lost the browser or the renderer; 3. nothing answers: refused, reset, or silent past its timeout.
    """
    match error:
        case InvalidSessionIdException() | NoSuchWindowException() | SessionNotCreatedException():
            return f"{type(error).__name__.removesuffix('Exception')}: {_first_line(error)}"
        # Its subclasses say what is wrong themselves, and may quote the page: "socket disconnected".
        case WebDriverException() if type(error) is WebDriverException and any(
            word in str(error).lower() for word in _LOST_WORDS
        ):
            return _first_line(error)
        case HTTPError() | WebSocketException() | ConnectionError() | TimeoutError():
            return f"the driver does not answer: {type(error).__name__}"
        case _:
            return None


@contextmanager
def translate_browser_errors() -> Iterator[None]:
    """Raise BrowserLost in place of whatever says that the browser is gone; let every other error pass."""
    try:
        yield
    except (WebDriverException, HTTPError, WebSocketException, ConnectionError, TimeoutError) as error:
        reason = lost_reason(error)
        if reason is None:
            raise
        raise BrowserLost(reason) from error


def _first_line(error: BaseException) -> str:
    return str(error).removeprefix("Message: ").strip().split("\n", 1)[0][:200]
