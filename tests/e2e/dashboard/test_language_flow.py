"""The switch of the language: words of the design in both, kept over F5, on the other pages and in the browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from core.cookie import cookies_to_json
from core.publishing.cookie_import import parse_cookies
from tests.e2e.dashboard.conftest import Guest, Visitor
from tests.e2e.dashboard.stage import ADMIN, PASSWORD, Stage
from tests.e2e.dashboard.streamlit_tab import StreamlitTab
from tests.e2e.dashboard.words_of_states import PAUSED, STATES, make_states
from tests.practice_site.client import cookies_json

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_language_is_switched_and_stays_so(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    cookies = cookies_to_json(parse_cookies(cookies_json(ada.on_site)))
    other = stage.lab.accounts.add(ada.account.user_id, "zhihu", "other", cookies)
    make_states(stage, ada, other)
    english, chinese = ([getattr(state, name) for state in (*STATES, PAUSED)] for name in ("english", "chinese"))
    tab = visitor("/tasks", ada.name)
    tab.sees(*english, "Sign out")
    tab.choose("language", "中文")
    tab.sees(*chinese, "退出登录")
    tab.reload()
    tab.sees(*chinese)
    assert tab.front().execute_script("return document.querySelector('h1').innerText") == "任务"
    tab.follow("队列")
    tab.sees(f"{other.name} · 由 {ADMIN} 于")
    tab.reload()
    tab.choose("language", "English")
    tab.sees("Pause something")
    tab.open("/tasks")
    tab.sees(*english)


def test_a_browser_keeps_the_language_that_was_chosen_in_it(stage: Stage, visitor: Visitor) -> None:
    """An address that is typed, or was kept, names none."""
    tab = visitor("/tasks", stage.person("ada").name)
    tab.choose("language", "中文")
    tab.sees("退出登录")
    tab.open("/queue")
    tab.sees("退出登录")
    tab.choose("language", "English")
    tab.sees("Sign out")
    tab.choose("language", "中文")
    tab.sees("退出登录")
    tab.open("/accounts")
    tab.sees("添加账号")
    tab.front().find_element(By.CSS_SELECTOR, "form[action='/logout'] button").click()
    tab.wait(lambda: tab.address.startswith("/login"), "it leads to the sign-in")
    tab.go("/login")
    tab.sees("密码")


def test_the_language_that_is_chosen_at_the_sign_in_stays(stage: Stage, guest: Guest) -> None:
    ada = stage.person("ada")
    tab = guest()
    tab.go("/tasks")
    tab.sees("Sign in")
    tab.front().find_element(By.LINK_TEXT, "中文").click()
    tab.sees("登录")
    tab.sign_in(ada.name, PASSWORD)
    tab.settle()
    tab.sees("退出登录")
    tab.follow("队列")
    tab.reload()
    tab.sees("退出登录")
    tab.front().find_element(By.CSS_SELECTOR, "form[action='/logout'] button").click()
    tab.wait(lambda: tab.address.startswith("/login"), "it leads to the sign-in")
    tab.sees("密码")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/upload", "The file marked in red was not taken. It must be one of CSV, TXT, TSV and have 20 MB at most"),
        ("/upload?language=中文", "标红的文件未被接收。请选择 CSV, TXT, TSV 格式、不超过 20 MB 的文件"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_words(
    stage: Stage, visitor: Visitor, tmp_path: Path, path: str, told: str
) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n and the rest")
    tab = visitor(path, stage.person("ada").name)
    assert refusal(tab) == "none"
    tab.upload(picture)
    tab.wait(lambda: told in refusal(tab), "it is told below the field")
    table = tmp_path / "articles.csv"
    table.write_text("title,content\nHello,x\n", encoding="utf-8")
    tab.upload(table)
    tab.sees("Hello")


def refusal(tab: StreamlitTab) -> str:
    """What stands below the field for files."""
    field = "document.querySelector('[data-testid=stFileUploader]')"
    return str(tab.front().execute_script(f"return getComputedStyle({field}, '::after').content"))


ENTRIES = """
document.querySelector('[data-testid="stMainMenuButton"]').click();
const done = arguments[0];
setTimeout(() => done([...document.querySelectorAll('button[data-testid^="stMainMenuItem-"]')]
  .filter(entry => entry.offsetHeight > 0)
  .map(entry => {
    const label = entry.querySelector('[data-testid="stMainMenuItemLabel"]') || entry;
    const covered = getComputedStyle(label).fontSize === '0px';
    return (covered ? '' : entry.innerText) + getComputedStyle(label, '::after').content;
  })), 1000);
"""
"""Opens the menu at the top right: what its entries say to who looks at them."""


def test_streamlits_own_menu_speaks_chinese(stage: Stage, visitor: Visitor) -> None:
    tab = visitor("/profile", stage.person("bea").name)
    tab.choose("language", "中文")
    tab.sees("退出登录")
    shown: list[str] = tab.front().execute_async_script(ENTRIES)
    assert shown == ['"系统"', '"浅色"', '"深色"', '"打印"']
