"""What a worker holds while it publishes: a tab in a user context of its own."""

from __future__ import annotations

import base64
from collections.abc import Callable

from core.browser.browser_errors import translate_browser_errors
from core.browser.cookie_jar import CookieJar
from core.browser.leased_webdriver import LeasedWebDriver
from core.browser.owner_tab import OwnerTab
from core.browser.running_driver import RunningDriver
from core.cookie import Cookie
from core.errors import BrowserLost

SMALL = {"type": "image/jpeg", "quality": 0.4}


class BrowserLease:
    """A leased tab. It belongs to the thread that leased it, but for `kill` and `release`, which any thread
    may call at any time; whichever comes first counts, the rest do nothing."""

    def __init__(
        self,
        running: RunningDriver,
        *,
        tab: OwnerTab,
        on_release: Callable[[BrowserLease], None],
        on_kill: Callable[[BrowserLease, str], None],
    ) -> None:
        self.tab = tab
        self.is_lost = False
        """The browser has shown itself to be gone: it is to be replaced, not reused."""
        self.must_forget = False
        """The context must not serve this owner again."""
        self.ended_reason: str | None = None
        self._on_release = on_release
        self._on_kill = on_kill
        self._channel = running.channel
        self._jar = CookieJar(running.channel, tab.context)
        self._driver = running.attach(tab.handle, ended_reason=lambda: self.ended_reason, on_lost=self._note_loss)

    @property
    def driver(self) -> LeasedWebDriver:
        """The WebDriver, switched to this lease's tab. Its calls raise BrowserLost once the lease has ended or
        the browser is gone."""
        return self._driver

    @property
    def is_warm(self) -> bool:
        """Whether this context already served the same owner with the same cookies."""
        return self.tab.is_warm

    def set_cookies(self, cookies: tuple[Cookie, ...]) -> None:
        """Put cookies into this context without loading a page. Raises BrowserLost."""
        self._refuse_if_ended()
        try:
            self._jar.put(cookies)
        except BrowserLost:
            self._note_loss()
            self._refuse_if_ended()
            raise

    def cookies(self) -> tuple[Cookie, ...]:
        """All cookies of this context. Raises BrowserLost."""
        self._refuse_if_ended()
        try:
            return self._jar.read()
        except BrowserLost:
            self._note_loss()
            self._refuse_if_ended()
            raise

    def screenshot(self) -> bytes:
        """The visible page as PNG. Raises BrowserLost."""
        with translate_browser_errors():
            return self._driver.get_screenshot_as_png()

    def small_picture(self) -> bytes:
        """The visible page as JPEG of some 50 KB. Only for the holder's thread. Raises BrowserLost, and BidiError when
        the browser will not."""
        self._refuse_if_ended()
        try:
            taken = self._channel.call("browsingContext.captureScreenshot", context=self.tab.handle, format=SMALL)
            return base64.b64decode(str(taken["data"]), validate=True)
        except BrowserLost:
            self._note_loss()
            self._refuse_if_ended()
            raise

    def after_each_command(self, do: Callable[[], None]) -> None:
        """Call `do` in the holder's thread after each command. It raises nothing and sends none."""
        self._driver.after_command = do

    def forget_context(self) -> None:
        """Do not keep this context warm: it is closed with the lease, and with it all it knows."""
        self.must_forget = True

    def kill(self, reason: str) -> None:
        """End the browser now, from any thread. The holder's call under way, and each later one, raises
        BrowserLost with this reason. The pool has the place back when this returns."""
        self._on_kill(self, reason)

    def release(self) -> None:
        """Give the browser back. More than once, or after `kill`, is harmless."""
        self._on_release(self)

    def _note_loss(self) -> None:
        self.is_lost = True

    def _refuse_if_ended(self) -> None:
        if self.ended_reason is not None:
            raise BrowserLost(self.ended_reason)
