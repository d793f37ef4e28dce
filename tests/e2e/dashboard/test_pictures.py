"""Every page as a picture, in both languages, light and dark, on a desk and on a phone, in the folder that
`PICTURES_OF_TOPN` names (`var/pictures`). What a program can tell of how they look is asserted; the rest is for
eyes."""

from __future__ import annotations

import base64
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from tests.conftest import require_program
from tests.e2e.dashboard.gallery import BODY, TITLES, Gallery
from tests.e2e.dashboard.stage import ADMIN, PASSWORD, Stage, open_stage
from tests.e2e.dashboard.streamlit_tab import StreamlitTab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

FOLDER = Path(os.environ.get("PICTURES_OF_TOPN") or Path(__file__).resolve().parents[3] / "var" / "pictures")
PAGES = ("overview", "publish", "upload", "tasks", "queue", "accounts", "workers", "logs", "limits", "users", "audit")
ON_A_PHONE = ("sign-in", "overview", "publish", "tasks", "queue", "article-refused")
DESK, PHONE = (1280, 900), (390, 1100)
LANGUAGES = {"en": "en-US,en", "zh": "zh-CN,zh"}
IS_BROKEN = "return document.querySelectorAll('[data-testid=stException]').length"
HEADING = "return document.querySelector('h1').innerText"
OVERFLOW = """
const main = document.querySelector('[data-testid=stMain]') || document.scrollingElement;
return Math.max(main.scrollWidth - main.clientWidth, document.scrollingElement.scrollWidth - window.innerWidth);
"""
"""How far a page reaches beyond its right edge."""


@pytest.fixture(scope="module")
def gallery() -> Iterator[tuple[Stage, Gallery]]:
    """A stage of its own: what the other tests leave is no sight."""
    with (
        tempfile.TemporaryDirectory(prefix="g-") as folder,
        open_stage(Path(folder), require_program("redis-server")) as stage,
    ):
        filled = Gallery(stage)
        filled.fill()
        yield stage, filled
        filled.let_go()


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """What the browser asks for."""
    return str(request.param)


@pytest.fixture
def tab(gallery: tuple[Stage, Gallery], dashboard_browser: Chrome, language: str) -> Iterator[StreamlitTab]:
    """An empty profile in that language."""
    context = dashboard_browser.browser.create_user_context()
    handle = dashboard_browser.browsing_context.create(type="tab", user_context=context)
    made = StreamlitTab(dashboard_browser, str(handle), str(context), gallery[0].url)
    agent = made.front().execute_script("return navigator.userAgent")
    made.command("Network.setUserAgentOverride", userAgent=agent, acceptLanguage=LANGUAGES[language])
    made.command("Emulation.setTimezoneOverride", timezoneId="Asia/Shanghai")
    yield made
    made.close()


def take(tab: StreamlitTab, name: str) -> None:
    """The pictures of a page that is drawn; those of a phone only of what people do on the way. That it fits is looked
    at for every page, once a size: the scheme moves nothing."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    has_phone = name.rpartition("-")[0] in ON_A_PHONE
    for scheme in ("light", "dark"):
        tab.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        for size in (DESK, PHONE) if has_phone or scheme == "light" else (DESK,):
            resize(tab, *size)
            assert tab.front().execute_script(OVERFLOW) <= 0, f"{name} is wider than {size[0]} px"
            if size == DESK or has_phone:
                shot = tab.front().execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
                (FOLDER / f"{name}-{scheme}-{size[0]}.png").write_bytes(base64.b64decode(shot["data"]))
    tab.command("Emulation.clearDeviceMetricsOverride")
    tab.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "light"}])


def resize(tab: StreamlitTab, width: int, height: int) -> None:
    """Until the page has found its form in it."""
    tab.command(
        "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width == PHONE[0]
    )
    wait_still(tab)


def wait_still(tab: StreamlitTab) -> None:
    """Two pictures in a row that are the same size apart from what moves: the page has found its new form."""
    sizes: list[tuple[int, int]] = []

    def is_still() -> bool:
        size = tab.front().execute_script(
            "return [document.querySelectorAll('*').length, document.scrollingElement.scrollHeight]"
        )
        sizes.append((int(size[0]), int(size[1])))
        return len(sizes) > 3 and len(set(sizes[-3:])) == 1

    tab.wait(is_still, "the page has found its form")


def check(tab: StreamlitTab, name: str, language: str) -> None:
    """Nothing broken, and a heading in the language of the visitor."""
    assert tab.front().execute_script(IS_BROKEN) == 0, f"{name} shows an exception"
    if language == "zh":
        heading = str(tab.front().execute_script(HEADING))
        assert re.search("[\u4e00-\u9fff]", heading), f"{name} is headed {heading!r}"


def test_every_page_as_a_picture(
    gallery: tuple[Stage, Gallery], tab: StreamlitTab, language: str, short_tmpdir: Path
) -> None:
    _stage, filled = gallery
    week = short_tmpdir / "week.csv"
    week.write_text(
        f"title,content,mode\n{TITLES[1]},夜班,publish\n,没有标题,publish\n{TITLES[2]},灯光,print\n", "utf-8"
    )
    tab.go("/login")
    take(tab, f"sign-in-{language}")
    tab.sign_in(ADMIN, PASSWORD)
    tab.settle()
    for page in (*PAGES, "profile"):
        tab.open("/" if page == "overview" else f"/{page}")
        if page == "publish":
            tab.fill("publish_title", TITLES[3])
            tab.fill("publish_content", BODY)
        if page == "upload":
            tab.choose("upload_owner", "林晓")
            tab.upload(week)
            tab.sees("\n4\nmode\n")
        check(tab, page, language)
        take(tab, f"{page}-{language}")
    for name, task in (("running", filled.running), ("refused", filled.refused), ("doubtful", filled.doubtful)):
        assert task is not None
        tab.open(f"/tasks?task={task.public_id}")
        tab.sees(task.title)
        take(tab, f"article-{name}-{language}")
