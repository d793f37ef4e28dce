"""Runs the scripts of `scripts/` inside a page: each waits there by events and answers once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    InvalidElementStateException,
    JavascriptException,
    NoSuchElementException,
    StaleElementReferenceException,
    TimeoutException,
    WebDriverException,
)
from selenium.webdriver.remote.webdriver import WebDriver

from core.errors import RetryLater
from core.publishing.zhihu_page import PAGE_TABLE, Seen

FOLDER: Final = Path(__file__).parent / "scripts"
_LEFT: Final = "left"
"""The page went away under the script. The next page is asked the same."""
_LOOK_AGAIN_SECONDS: Final = 0.03
_MOST_WORDS: Final = 3000


@dataclass(frozen=True, slots=True)
class Reply:
    """What the site answered to one request. Status 0: nothing came."""

    status: int
    text: str

    @property
    def is_ok(self) -> bool:
        return self.status == HTTPStatus.OK

    @property
    def is_success(self) -> bool:
        """A yes of the site: status 200 with a body whose code is 0, or which, as of old, has none."""
        return self.is_ok and bool(self.body) and self.body.get("code", 0) == 0

    @property
    def is_missing(self) -> bool:
        return self.status == HTTPStatus.NOT_FOUND

    @property
    def is_answered(self) -> bool:
        """Whether the site decided something. Without a reply, or with 5xx, nobody knows what it did."""
        return HTTPStatus.OK <= self.status < HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def body(self) -> dict[str, Any]:
        """The answer as JSON; empty when it is none."""
        try:
            value = json.loads(self.text)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def seen(self) -> Seen:
        """What the answer shows of the site's state. HTML where JSON belongs is the human check's page."""
        body = self.body
        inner = body.get("error")
        error = inner if isinstance(inner, dict) else body
        code = error.get("code")
        words = str(error.get("toast_message") or error.get("message") or "")
        page = "" if body else self.text[:_MOST_WORDS]
        return Seen(str(error.get("redirect") or ""), self.status, words, page, code if isinstance(code, int) else None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a script answered."""

    kind: str
    facts: dict[str, Any]

    def text(self, name: str) -> str:
        """A fact as text; empty when it is missing."""
        return str(self.facts.get(name) or "")

    def reply(self, name: str) -> Reply:
        """A reply of the site that the script read or noted."""
        value = self.facts.get(name) or {}
        return Reply(int(value.get("status") or 0), str(value.get("text") or ""))

    @property
    def seen(self) -> Seen:
        """Where the page was and what it said."""
        status = int(self.facts.get("status") or 0)
        return Seen(self.text("url"), status, self.text("notices"), self.text("page"))


@contextmanager
def translate_page_errors() -> Iterator[None]:
    """Raise RetryLater when the page is another one than it was a moment ago, or answers nothing."""
    try:
        yield
    except TimeoutException as error:
        raise RetryLater("The page does not answer.") from error
    except (
        NoSuchElementException,
        StaleElementReferenceException,
        InvalidElementStateException,
        ElementClickInterceptedException,
    ) as error:
        reason = str(error).removeprefix("Message: ").split("\n", 1)[0]
        raise RetryLater(f"The page changed while it was filled in: {reason}") from error


class PageScripts:
    """The scripts, run in the page that a driver shows. `wait_seconds` is the longest wait of one call; it
    must be shorter than the driver's own script timeout."""

    def __init__(self, driver: WebDriver, wait_seconds: float) -> None:
        self._driver = driver
        self._wait_seconds = wait_seconds

    def visit(self, address: str) -> None:
        """Open a page. Raises RetryLater when it cannot be reached.

        A page that does not finish loading in time is looked at all the same: often only a picture is late.
        """
        try:
            self._driver.get(address)
        except TimeoutException as error:
            if not self._shows(address):
                raise RetryLater(f"{address} did not open in time.") from error
        except WebDriverException as error:
            if "net::ERR_" not in str(error):
                raise
            reason = str(error).split("net::", 1)[1].split("\n", 1)[0]
            raise RetryLater(f"{address} could not be reached ({reason}).") from error

    def _shows(self, address: str) -> bool:
        """Without an answer of the site, the tab still shows what it showed before."""
        try:
            return self._driver.current_url.startswith(address)
        except TimeoutException:
            return False  # The page's main thread is busy for good.

    def ask(
        self, name: str, args: Mapping[str, object] = MappingProxyType({}), *, wait_seconds: float | None = None
    ) -> Answer:
        """Run one script with its `args`. Raises RetryLater when the page does not answer at all."""
        wait = min(self._wait_seconds, wait_seconds or self._wait_seconds)
        arguments = {**args, "waitMs": int(wait * 1000)}
        deadline = time.monotonic() + self._wait_seconds
        while True:
            value = self._run(name, arguments)
            kind = str(value.pop("kind"))
            if kind == "bug":
                raise RuntimeError(f"scripts/{name}.js: {value.get('words')}")
            if kind != _LEFT:
                return Answer(kind, value)
            if time.monotonic() > deadline:
                raise RetryLater("The page kept going away while it was read.")
            time.sleep(_LOOK_AGAIN_SECONDS)

    def _run(self, name: str, arguments: dict[str, object]) -> dict[str, Any]:
        began = time.monotonic()
        try:
            value: dict[str, Any] = self._driver.execute_async_script(_source(name), PAGE_TABLE, arguments)
        except JavascriptException:
            return {"kind": _LEFT}  # So say drivers that notice by themselves that the page has gone.
        except TimeoutException as error:
            # A script answers before the driver's time is over. An earlier timeout is how ChromeDriver says
            # that the page went away.
            if time.monotonic() - began < self._wait_seconds:
                return {"kind": _LEFT}
            raise RetryLater("The page does not answer.") from error
        return value


@cache
def _source(name: str) -> str:
    return "\n".join((FOLDER / f"{part}.js").read_text(encoding="utf-8") for part in ("page", name))
