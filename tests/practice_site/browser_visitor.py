"""A visitor of the practice site with a real browser, for the tests of its pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.practice_site.client import PracticeAccount
from tests.servers.local_process import wait_until

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,1000",
)
WAIT_SECONDS = 20
PASTE = """
const [target, html, text] = arguments;
const data = new DataTransfer();
if (html) data.setData("text/html", html);
if (text) data.setData("text/plain", text);
target.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
"""


def start_browser(browser: str, driver: str) -> Chrome:
    """A headless browser with an empty profile; `quit()` it."""
    options = ChromeOptions()
    options.binary_location = browser
    for flag in FLAGS:
        options.add_argument(flag)
    return Chrome(options=options, service=Service(driver))


class BrowserVisitor:
    """Does on the write page what a person or a script could do."""

    def __init__(self, driver: Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    def sign_in(self, account: PracticeAccount) -> None:
        """Take over the account's cookies."""
        self.driver.get(f"{self.url}/practice/health")
        self.driver.delete_all_cookies()
        for cookie in account.cookies:
            self.driver.add_cookie({name: cookie[name] for name in ("name", "value", "path", "httpOnly")})

    def open(self, path: str = "/write") -> None:
        """Open the write page and wait for the editor."""
        self.driver.get(self.url + path)
        self.wait(lambda: bool(self.all(".public-DraftEditor-content")), "the editor shows")

    def wait(self, predicate: object, description: str) -> None:
        """Wait for something on the page."""
        assert callable(predicate)
        wait_until(predicate, WAIT_SECONDS, description)

    def all(self, selector: str) -> list[WebElement]:
        """Every element of a selector."""
        return list(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def one(self, selector: str) -> WebElement:
        """The first element of a selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    @property
    def title(self) -> WebElement:
        return self.one('textarea[placeholder="请输入标题（最多 100 个字）"]')

    @property
    def body(self) -> WebElement:
        return self.one(".public-DraftEditor-content[contenteditable=true][role=textbox]")

    @property
    def publish_button(self) -> WebElement:
        return self.one(".WriteIndex-actions .Button--primary")

    @property
    def count(self) -> str:
        """The status bar's word count."""
        return self.one(".WriteIndex-statusBar").text

    @property
    def path(self) -> str:
        """The path of the page's address."""
        return urlsplit(self.driver.current_url).path

    def paste(self, html: str = "", text: str = "") -> None:
        """A paste event made by a script, into the body."""
        self.driver.execute_script(PASTE, self.body, html, text)

    def clear_body(self) -> None:
        """Select everything and delete it, with real keys."""
        self.body.click()
        self.body.send_keys(Keys.CONTROL, "a")
        self.body.send_keys(Keys.DELETE)

    def write(self, title: str = "标题", html: str = "<p>正文</p>") -> str:
        """Fill the page and wait until it is saved. The draft's id."""
        self.title.send_keys(title)
        self.paste(html)
        self.wait_saved()
        return self.path.split("/")[2]

    def wait_saved(self) -> None:
        """Wait until the page has an address of its own and says that it saved."""
        self.wait(lambda: self.path.endswith("/edit"), "the draft has an address")
        self.wait(lambda: "草稿" in self.one(".WriteIndex-status").text, "the draft is saved")

    def wait_path(self, path: str) -> None:
        """Wait until the page has moved on."""
        self.wait(lambda: self.path == path, f"the page goes to {path}")
