"""The page Accounts asks the site itself, in a browser, who is signed in: what it finds is shown, and what waited for
it goes on."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By

from core.store.records import AccountState
from core.task_state import BlockReason, TaskStatus
from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.stage import ENDS, Person, Stage
from tests.e2e.dashboard.streamlit_tab import StreamlitTab
from tests.practice_site.faults import Fault

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CUT_OFF = """
const note = document.querySelector('[data-testid=stToastText]');
return Math.round(note.querySelector('p').getBoundingClientRect().height) - note.clientHeight;
"""
"""How much of a note is not shown, in pixels."""


def state_of(stage: Stage, person: Person) -> str:
    return stage.lab.accounts.get(person.account.id).state


def badge(tab: StreamlitTab, person: Person) -> str:
    """What stands beside the account's name."""
    head = tab.front().find_element(By.CSS_SELECTOR, f".st-key-account_{person.account.id} [data-testid=stMarkdown]")
    return head.text


def test_a_check_shows_the_new_state_and_lets_waiting_articles_go_on(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    stage.lab.site.set_fault(Fault.UNHUMAN_AT_OPEN, ada.on_site)
    task = stage.lab.submit(ada.account, "等人验证")
    blocked = stage.lab.wait_for(task, *ENDS)
    assert (blocked.status, blocked.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_HUMAN)
    tab = visitor("/accounts", ada.name)
    tab.sees("Action needed: the site asks for verification")
    stage.lab.site.clear_faults()
    tab.press("Check now")
    tab.sees(f"Signed in as {ada.on_site.name}.", f"Known on the site as {ada.on_site.name}", "last asked")
    tab.wait(lambda: "Signed in" in badge(tab, ada), "the badge follows")
    tab.sees_no("the site asks for verification")
    assert state_of(stage, ada) == AccountState.SIGNED_IN
    assert stage.lab.wait_for(task, TaskStatus.PUBLISHED).status is TaskStatus.PUBLISHED
    assert stage.posts_of(ada) == ["等人验证"]


def test_a_check_finds_that_the_site_no_longer_knows_the_account(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    tab = visitor("/accounts", ada.name)
    tab.wait(lambda: "Not asked yet" in badge(tab, ada), "nobody asked the site yet")
    stage.lab.site.sign_out(ada.on_site)
    tab.press("Check now")
    tab.wait(lambda: "Action needed: sign in again" in badge(tab, ada), "the badge follows")
    tab.sees_no("Asking the site who is signed in")
    assert state_of(stage, ada) == AccountState.NEEDS_LOGIN
    reason = stage.lab.accounts.get(ada.account.id).error_message
    assert reason is not None
    assert reason in tab.text()


def test_why_cookies_were_not_taken_is_told_whole(stage: Stage, visitor: Visitor) -> None:
    """A note of several lines is not cut, nor has it words of Streamlit's own."""
    tab = visitor("/accounts", stage.person("ada").name)
    tab.unfold("Add an account")
    tab.fill("new_account_name", "another")
    tab.fill("new_account_cookies", "no cookies")
    tab.press("Add the account")
    tab.sees("the format is not recognised.")
    hidden = tab.front().execute_script(CUT_OFF)
    assert hidden == 0
    assert "view more" not in tab.text()
