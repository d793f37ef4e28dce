"""The keys that stand on buttons, pressed on a keyboard."""

from __future__ import annotations

from functools import partial

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from core.task_state import TaskStatus
from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.pages import write_article
from tests.e2e.dashboard.stage import Stage
from tests.e2e.dashboard.streamlit_tab import StreamlitTab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def press(tab: StreamlitTab, *keys: str) -> None:
    """All but the last are held."""
    tab.front()
    actions = ActionChains(tab.driver)
    for key in keys[:-1]:
        actions.key_down(key)
    actions.send_keys(keys[-1])
    for key in reversed(keys[:-1]):
        actions.key_up(key)
    actions.perform()


def is_at(tab: StreamlitTab, address: str) -> bool:
    return tab.address.startswith(address)


def test_keys_lead_to_the_pages_and_clear_the_filters(stage: Stage, visitor: Visitor) -> None:
    tab = visitor("/", stage.person("ada").name)
    for key, address in (("a", "/tasks"), ("n", "/publish"), ("p", "/tasks?status=blocked")):
        press(tab, Keys.ALT, key)
        tab.wait(partial(is_at, tab, address), f"Alt+{key} leads to {address}")
        tab.settle()
    press(tab, Keys.ALT, "x")
    tab.wait(lambda: "status=" not in tab.address, "Alt+X clears the filter")


def test_what_is_being_written_is_handed_in_from_the_keyboard(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    tab = visitor("/publish", ada.name)
    write_article(tab, "不用鼠标", "第一段")
    tab.field("publish_content").send_keys(Keys.END, ",第二句")
    press(tab, Keys.CONTROL, Keys.SHIFT, Keys.ENTER)
    tab.sees("Published", timeout=60)
    (task,) = stage.tasks_of(ada)
    assert task.status is TaskStatus.PUBLISHED
    assert stage.lab.queries.article(task.id).content == "第一段,第二句"
