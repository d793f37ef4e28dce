"""A browser that runs: opens, checks and closes tabs in user contexts, and ends without a trace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from selenium.webdriver.remote.command import Command

from core.browser.bidi_channel import BidiChannel, BidiError
from core.browser.browser_options import BrowserOptions
from core.browser.driver_connection import DriverConnection
from core.browser.driver_process import DriverProcess
from core.browser.leased_webdriver import LeasedWebDriver
from core.browser.remote_session import RemoteSession
from core.errors import BrowserLost


@dataclass(frozen=True, slots=True)
class Tab:
    """One open tab, as `browsingContext.getTree` tells it."""

    handle: str
    context: str
    url: str


class RunningDriver:
    """One session. All methods but `end` belong to the thread that holds the lease; any thread may `end`."""

    def __init__(
        self,
        connection: DriverConnection,
        channel: BidiChannel,
        session_id: str,
        capabilities: dict[str, Any],
        options: BrowserOptions,
        body: DriverProcess | RemoteSession,
    ) -> None:
        self._connection = connection
        self.channel = channel
        self._session_id = session_id
        self._capabilities = capabilities
        self._options = options
        self._body = body
        self._ending = threading.Lock()
        self._has_ended = False
        # The first tab stays open as an anchor: a browser without tabs ends its session.
        self._anchors = frozenset(tab.handle for tab in self.tabs())

    @property
    def pid(self) -> int | None:
        """Process id of chromedriver; None on a remote WebDriver."""
        return self._body.pid

    @property
    def is_alive(self) -> bool:
        """Whether its driver process runs. A remote one is taken to: the next lease finds out."""
        return self._body.is_alive

    def memory_bytes(self) -> int:
        """Of driver and browser; 0 for a remote one."""
        return self._body.memory_bytes()

    def open_context(self) -> str:
        """A new, empty user context."""
        with _doubt_is_loss():
            return str(self.channel.call("browser.createUserContext")["userContext"])

    def remove_context(self, context: str) -> None:
        """Close a user context with its tabs, cookies, storage and cache."""
        with _doubt_is_loss():
            self.channel.call("browser.removeUserContext", userContext=context)

    def open_tab(self, context: str) -> str:
        """A new tab in this context; returns its handle. A real renderer answers, which is the health check."""
        with _doubt_is_loss():
            opened = self.channel.call("browsingContext.create", type="tab", userContext=context)
        return str(opened["context"])

    def close_tabs(self, context: str) -> None:
        """Close every tab of this context, pop-ups included.

        Raises BrowserLost when a tab stands outside any owner's context, or the anchor was used: what was done
        there could be seen by the next owner, so this browser is done for.
        """
        for tab in self.tabs():
            if tab.context == context:
                with _doubt_is_loss():
                    self.channel.call("browsingContext.close", context=tab.handle)
            elif tab.handle not in self._anchors or tab.url not in ("about:blank", "data:,"):
                raise BrowserLost("a page was opened outside the account's own context")

    def tabs(self) -> list[Tab]:
        with _doubt_is_loss():
            tree = self.channel.call("browsingContext.getTree", maxDepth=0)["contexts"]
        return [Tab(str(tab["context"]), str(tab["userContext"]), str(tab["url"])) for tab in tree]

    def attach(
        self, tab: str, *, ended_reason: Callable[[], str | None], on_lost: Callable[[], None]
    ) -> LeasedWebDriver:
        """A WebDriver of its own for one lease, switched to its tab, with the pool's timeouts."""
        driver = LeasedWebDriver(
            self._connection,
            self._session_id,
            self._capabilities,
            ended_reason=ended_reason,
            on_lost=on_lost,
        )
        driver.execute(Command.SET_TIMEOUTS, self._options.timeouts_ms)
        driver.switch_to.window(tab)
        return driver

    def end(self) -> None:
        """End the browser from any thread, whatever it is doing; calls under way fail at once.

        Nothing in a browser is worth saving, so a local one is killed, never asked to quit: a browser that is
        well and one that hangs end the same way.
        """
        with self._ending:
            if self._has_ended:
                return
            self._has_ended = True
            # The holder must not wait for the reply of a browser that hangs: break off first, then clean up.
            self.channel.abort()
            self._connection.abort()
            self._body.end()
            self.channel.close()
            self._connection.close()


@contextmanager
def _doubt_is_loss() -> Iterator[None]:
    """In the housekeeping of contexts and tabs a refused command is as bad as a lost browser."""
    try:
        yield
    except BidiError as error:
        raise BrowserLost(f"the browser refused a command: {error}") from error
