"""The WebDriver that the holder of a lease works with."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from selenium.webdriver.chrome.options import Options
from selenium.webdriver.remote.file_detector import UselessFileDetector
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver

from core.browser.browser_errors import translate_browser_errors
from core.errors import BrowserLost


def _nothing() -> None:
    """What follows a command by itself."""


class LeasedWebDriver(WebDriver):
    """A WebDriver on a session that runs already. Each lease has its own, so that whoever keeps one past the
    lease's end, as a hung thread does, gets BrowserLost instead of the next owner's tab.

    Selenium's own BiDi (`driver.script`, `driver.network` …) is off: what it sets up, such as preload scripts
    and intercepts, belongs to the whole session and would outlive the lease. Typed text that
    happens to be the path of a file stays text: the file detector is off.
    """

    def __init__(
        self,
        connection: RemoteConnection,
        session_id: str,
        capabilities: dict[str, Any],
        *,
        ended_reason: Callable[[], str | None],
        on_lost: Callable[[], None],
    ) -> None:
        # Without this address Selenium refuses to open a BiDi connection.
        without_bidi = {name: value for name, value in capabilities.items() if name != "webSocketUrl"}
        self._attached_to = (session_id, without_bidi)
        self._ended_reason = ended_reason
        self._on_lost = on_lost
        self.after_command: Callable[[], None] = _nothing
        """Called in the holder's thread after each command that was answered. It must raise nothing, and send no
        command through this driver."""
        super().__init__(command_executor=connection, options=Options(), file_detector=UselessFileDetector())

    def start_session(self, capabilities: dict[str, Any]) -> None:
        """Attach to the running session instead of asking for a new one."""
        self.session_id, self.caps = self._attached_to

    def execute(
        self,
        driver_command: str | Generator[dict[str, Any], Any, Any],
        params: dict[str, Any] | None = None,
    ) -> Any:
        """Send a command. Raises BrowserLost once the lease has ended or the browser is gone."""
        self._refuse_if_ended()
        try:
            with translate_browser_errors():
                answer = super().execute(driver_command, params)
        except BrowserLost:
            self._on_lost()
            # A kill from another thread shows here as a broken connection: name the kill, not the symptom.
            self._refuse_if_ended()
            raise
        self.after_command()
        return answer

    def _refuse_if_ended(self) -> None:
        reason = self._ended_reason()
        if reason is not None:
            raise BrowserLost(reason)
