"""A tab of a real browser at the dashboard, as a person sees it: words, fields and buttons by their labels."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.servers.local_process import wait_until

WAIT_SECONDS = 90.0
IS_SETTLED = """
const app = document.querySelector('[data-testid=stApp]');
if (!app) return false;
const rests = () => app.getAttribute('data-test-script-state') === 'notRunning';
if (!app.topnWatch) {
  app.topnWatch = new MutationObserver(() => { if (rests()) app.topnRested = Date.now(); });
  app.topnWatch.observe(app, { attributes: true });
}
return app.getAttribute('data-test-connection-state') === 'CONNECTED'
  && (rests() || app.topnRested > arguments[0])
  && !document.querySelector('[data-testid=stSkeleton]')
  && document.querySelectorAll('[data-testid=stMain] [data-testid=stElementContainer]').length > 0;
"""
SHOWN = "return document.body.innerText"
CELLS = """
return [...document.querySelectorAll('[data-testid=stDataFrame] canvas table td, [data-testid=stDataFrame] table td')]
  .map(cell => cell.textContent);
"""
USUAL = ("Failed to load resource", "Cannot send rerun", "Mapper instance")
PATIENT = (WebDriverException,)
"""A page that refreshes by itself replaces what was just found: then it is looked for again."""


STAND_STILL = "for (let last = setInterval(() => 0, 1e9); last > 0; last--) clearInterval(last)"


def quoted(text: str) -> str:
    """A string inside an XPath."""
    assert '"' not in text
    return f'"{text}"'


class StreamlitTab:
    """One tab. Its methods bring it to the front first, so that several can be used by turns."""

    def __init__(self, driver: Chrome, handle: str, context: str, url: str) -> None:
        self.driver = driver
        self._handle = handle
        self.context = context
        self._url = url

    def front(self) -> Chrome:
        """The driver, at this tab."""
        self.driver.switch_to.window(self._handle)
        return self.driver

    def another(self) -> StreamlitTab:
        """A second tab of the same person: same cookies, same storage."""
        handle = self.driver.browsing_context.create(type="tab", user_context=self.context)
        return StreamlitTab(self.driver, str(handle), self.context, self._url)

    def go(self, path: str) -> None:
        """Open an address without waiting for more than its HTML."""
        self.front().get(self._url + path)

    def open(self, path: str) -> None:
        """Open a page of the dashboard and wait until it is drawn."""
        self.go(path)
        self.settle()

    def reload(self) -> None:
        """F5."""
        self.front().refresh()
        self.settle()

    def settle(self) -> None:
        """Wait until it is connected and has drawn all. On a busy machine a page that refreshes by itself rests so
        shortly between two runs that asking again and again may miss it: the page itself notes when it did."""
        began = time.time() * 1000
        self.wait(lambda: bool(self.front().execute_script(IS_SETTLED, began)), "the page is drawn")

    def stand_still(self) -> None:
        """No timer ticks here any more, as in a tab that has long been behind others: the page shows what it showed."""
        self.settle()
        self.front().execute_script(STAND_STILL)

    def sign_in(self, name: str, password: str) -> None:
        """Fill in the form of the sign-in, wherever it leads then."""
        driver = self.front()
        for field, value in (("name", name), ("password", password)):
            element = driver.find_element(By.NAME, field)
            element.clear()
            element.send_keys(value)
        driver.find_element(By.CSS_SELECTOR, "form button").click()

    @property
    def address(self) -> str:
        """Path and query."""
        return self.front().current_url.removeprefix(self._url)

    def text(self) -> str:
        """All that can be read, tables included."""
        driver = self.front()
        return "\n".join([str(driver.execute_script(SHOWN)), *map(str, driver.execute_script(CELLS))])

    def wait(self, predicate: Callable[[], bool], description: str, timeout: float = WAIT_SECONDS) -> None:
        """Wait for something on the page; a failure tells what stood there instead."""
        refusals: list[Exception] = []
        try:
            wait_until(_patient(predicate, refusals), timeout, description)
        except AssertionError as error:
            refused = "".join(f"\n{str(one)[:500]}" for one in refusals)
            raise AssertionError(
                f"{error}; at {self.address} stands:\n{self.text()[:3000]}\n{self._console()}{refused}"
            ) from error

    def _console(self) -> str:
        """What the page's scripts complained about, without what they always say."""
        lines = [str(line["message"])[:1500] for line in self.driver.get_log("browser")]
        return "\n".join([line for line in lines if not any(usual in line for usual in USUAL)][:5])

    def sees(self, *words: str, timeout: float = WAIT_SECONDS) -> None:
        """Wait until all of these can be read."""
        self.wait(lambda: all(one in self.text() for one in words), f"{words} can be read", timeout)

    def sees_no(self, words: str, timeout: float = WAIT_SECONDS) -> None:
        """Wait until this cannot be read any more."""
        self.wait(lambda: words not in self.text(), f"{words!r} is gone", timeout)

    def press(self, label: str, timeout: float = WAIT_SECONDS) -> None:
        """Press the last button of this label that can be pressed: dialogs and pop-ups come last."""
        self._click(lambda: self._shown(_button(label))[-1], f"the button {label!r} is pressed", timeout)

    def choose_in_menu(self, label: str, option: str) -> None:
        """Open the menu of this label and choose from it."""
        self.press(label)
        path = f"//*[@role='menuitem']//p[normalize-space()={quoted(option)}]"
        self._click(lambda: self._shown(path)[-1], f"{option!r} is chosen")

    def press_inside(self, label: str) -> None:
        """Press a button in the pop-up that is open, where the one that opens it may have the same label."""
        path = f"//*[@data-testid='stPopoverBody']{_button(label)}"
        self._click(lambda: self._shown(path)[0], f"the button {label!r} in the pop-up is pressed")

    def follow(self, label: str) -> None:
        """Go to another page by the list of pages."""
        path = f"//*[@data-testid='stSidebarNavLink'][contains(., {quoted(label)})]"
        self._click(lambda: self._shown(path)[0], f"the page {label!r} is opened")
        self.settle()

    def choose(self, key: str, label: str) -> None:
        """Choose from a list; of a long one only a part is there, until something is typed into its field."""
        field = f"//*[contains(@class,'st-key-{key}')]//*[@role='combobox' or self::input or self::button]"
        option = f"//*[@role='option'][normalize-space()={quoted(label)}]"
        self._click(lambda: self._shown(field)[0], f"the list {key} is opened")

        def chosen() -> bool:
            shown = self._shown(option)
            if shown:
                shown[-1].click()
            elif self._shown("//*[@role='option']") and self.value(key) != label:
                self.field(key).send_keys(Keys.CONTROL, "a")
                self.field(key).send_keys(label)
            return bool(shown)

        self.wait(chosen, f"{label!r} is chosen in {key}")
        self.settle()

    def fill(self, key: str, text: str) -> None:
        """Type into a field, in place of what it holds, and leave it."""

        def typed() -> bool:
            field = self.field(key)
            field.click()
            field.send_keys(Keys.CONTROL, "a")
            field.send_keys(text)
            field.send_keys(Keys.TAB)
            return self.value(key) == text

        self.wait(typed, f"{key} holds {text[:40]!r}")
        self.settle()

    def field(self, key: str) -> WebElement:
        """The field of a widget."""
        selector = f".st-key-{key} input, .st-key-{key} textarea"
        return self.front().find_element(By.CSS_SELECTOR, selector)

    def value(self, key: str) -> str:
        """What a field holds."""
        return str(self.field(key).get_attribute("value"))

    def upload(self, file: Path) -> None:
        """Give a file to the only field for files."""
        self.wait(lambda: self._give(file), f"{file.name} is given")
        self.settle()

    def unfold(self, label: str) -> None:
        """Open what is folded under this label."""
        path = f"//*[@data-testid='stExpander']//summary[.//p[normalize-space()={quoted(label)}]]"
        self._click(lambda: self._shown(path)[0], f"{label!r} is unfolded")

    def code(self) -> str:
        """What stands in the box to copy from, which is drawn a moment after the rest."""
        self.wait(lambda: bool(self._code()), "there is something to copy")
        return self._code()

    def _code(self) -> str:
        return self.front().find_element(By.CSS_SELECTOR, "[data-testid=stCode] code").text

    def boxes(self) -> list[str]:
        """What stands in boxes: warnings, errors, hints."""
        return [box.text for box in self._shown("//*[@data-testid='stAlert']")]

    def links(self) -> list[str]:
        """Where the links of the page lead."""
        found = self.front().execute_script("return [...document.querySelectorAll('a[href]')].map(one => one.href)")
        return [str(one) for one in found]

    def command(self, name: str, **parameters: Any) -> None:
        """One command of the browser's own protocol, for this tab."""
        self.front().execute_cdp_cmd(name, parameters)

    def close(self) -> None:
        """Close every tab of this person, and forget all that they keep."""
        self.driver.switch_to.window(self.driver.window_handles[0])
        self.driver.browser.remove_user_context(self.context)

    def _give(self, file: Path) -> bool:
        self.front().find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(file))
        return True

    def _shown(self, path: str) -> list[WebElement]:
        return [one for one in self.front().find_elements(By.XPATH, path) if one.is_displayed()]

    def _click(self, find: Callable[[], WebElement], description: str, timeout: float = WAIT_SECONDS) -> None:
        def clicked() -> bool:
            find().click()
            return True

        self.wait(clicked, description, timeout)


def _button(label: str) -> str:
    """The path of those that can be pressed."""
    return f"//button[not(@disabled)][.//p[normalize-space()={quoted(label)}]]"


def _patient(predicate: Callable[[], bool], refusals: list[Exception]) -> Callable[[], bool]:
    """Into `refusals` comes what the browser said last."""

    def asked() -> bool:
        try:
            return predicate()
        except (*PATIENT, IndexError) as error:
            refusals[:] = [error]
            return False

    return asked
