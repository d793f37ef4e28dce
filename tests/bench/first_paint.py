"""How long a real browser takes from the address to the first row of a table on the screen."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.practice_site.browser_visitor import FLAGS
from tests.servers.local_process import wait_until
from tests.site_fixtures import BROWSERS

WAIT_SECONDS = 60.0
NOTE_FIRST_ROW = """
const write = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
  if (!window.firstRowAt && SIGNS.some(sign => String(text).startsWith(sign))) {
    requestAnimationFrame(() => { window.firstRowAt = window.firstRowAt || performance.now(); });
  }
  return write.call(this, text, ...place);
};
"""


class PaintWatch:
    """A browser that notes when a cell whose text begins with one of `signs` is drawn. Used by `with`."""

    def __init__(self, signs: Sequence[str]) -> None:
        options = ChromeOptions()
        options.binary_location = next(path for name in BROWSERS if (path := shutil.which(name)))
        for flag in FLAGS:
            options.add_argument(flag)
        self._driver = Chrome(options=options, service=Service(shutil.which("chromedriver") or "chromedriver"))
        source = NOTE_FIRST_ROW.replace("SIGNS", str(list(signs)))
        self._driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})

    def __enter__(self) -> PaintWatch:
        return self

    def __exit__(self, *_: object) -> None:
        self._driver.quit()

    def sign_in(self, url: str, token: str) -> None:
        """The cookie of a session."""
        self._driver.get(url + "/login")
        self._driver.add_cookie({"name": "topn_session", "value": token})

    def forget_files(self) -> None:
        """As a browser that was never here."""
        self._driver.execute_cdp_cmd("Network.clearBrowserCache", {})

    def look_at(self, address: str, seconds: float) -> None:
        """As long as somebody types a password there."""
        self._driver.get(address)
        time.sleep(seconds)

    def seconds(self, address: str) -> float:
        """From the request for the page until the frame in which its first row is drawn."""
        self._driver.get(address)
        noted = "return window.firstRowAt || 0"
        wait_until(lambda: bool(self._driver.execute_script(noted)), WAIT_SECONDS, f"a row of {address} is drawn")
        return float(self._driver.execute_script(noted)) / 1000
