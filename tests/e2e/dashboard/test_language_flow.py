"""The switch of the language: words of the design in both, kept over F5 and on the other pages."""

from __future__ import annotations

import pytest

from core.cookie import cookies_to_json
from core.publishing.cookie_import import parse_cookies
from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.stage import ADMIN, Stage
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
    tab.sees("What is paused")
    tab.open("/tasks")
    tab.sees(*english)
