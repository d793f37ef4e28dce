"""Who may come in, what each sees, and steering what goes on."""

from __future__ import annotations

import pytest

from tests.e2e.dashboard.conftest import Guest, Visitor
from tests.e2e.dashboard.pages import drawer_of
from tests.e2e.dashboard.stage import ENDS, PASSWORD, Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_wrong_password_first_and_then_the_page_that_was_asked_for(stage: Stage, guest: Guest) -> None:
    ada = stage.person("ada")
    tab = guest()
    tab.go("/tasks?text=weekly")
    tab.sees("Sign in")
    tab.sign_in(ada.name, "not the password")
    tab.sees("Name or password is wrong")
    tab.sign_in(ada.name, PASSWORD)
    tab.settle()
    assert tab.address.startswith("/tasks")
    tab.wait(lambda: tab.value("tasks_text") == "weekly", "the filter of the link is set")


def test_signed_out_everywhere_an_open_page_goes_to_the_sign_in(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    left_open, profile = visitor("/tasks", ada.name), visitor("/profile", ada.name)
    left_open.sees("There are no articles yet.")
    profile.press("Sign out everywhere")
    for tab in (left_open, profile):
        tab.wait(lambda: tab.address.startswith("/login"), "it leads to the sign-in")  # noqa: B023
        tab.sees("You were signed out. Sign in to go on where you were.")
    left_open.go("/tasks")
    left_open.sees("Password")


def test_f5_keeps_what_a_table_is_narrowed_to(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    for title in ("周报一", "周报二", "日记"):
        stage.lab.submit(ada.account, title, is_pushed=False, mode="draft")
    tab = visitor("/tasks", ada.name)
    tab.sees("日记", "周报二")
    tab.fill("tasks_text", "周报")
    tab.sees_no("日记")
    tab.choose("tasks_sort", "Oldest first")
    tab.wait(lambda: "sort=oldest" in tab.address, "the choice stands in the address")
    tab.reload()
    tab.sees("周报一", "周报二", "2 articles")
    assert "日记" not in tab.text()
    assert tab.value("tasks_text") == "周报"
    assert "sort=oldest" in tab.address


def test_an_operator_sees_nothing_of_another(stage: Stage, visitor: Visitor) -> None:
    ada, bob = stage.person("ada"), stage.person("bob")
    secret = stage.lab.submit(ada.account, "机密计划", is_pushed=False)
    tab = visitor(f"/tasks?task={secret.public_id}", bob.name)
    tab.sees("There is no such article, or it is not yours.")
    assert "机密计划" not in tab.text()
    for path in ("/tasks", f"/tasks?account={ada.account.id}", f"/publish?article={secret.public_id}", "/", "/queue"):
        tab.open(path)
        assert "机密计划" not in tab.text(), path
    tab.go("/users")
    tab.settle()
    assert ada.name not in tab.text()


def test_an_administrator_resets_a_limit_and_the_line_goes_on(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    tab = visitor(f"/limits?limits_user={ada.name}")
    tab.fill(f"limits_starts_{ada.account.user_id}", "1")
    tab.press("Save")
    tab.sees("Saved. It counts from the next start on.")
    first, second = (stage.lab.submit(ada.account, title) for title in ("第一篇", "第二篇"))
    stage.lab.wait_for(first, *ENDS)
    drawer = tab.another()
    drawer.open(drawer_of(second))
    drawer.sees("1 started this minute")
    tab.press("Reset")
    tab.press(f"Reset {ada.name}")
    tab.sees("Reset. The user may go on at once.")
    tab.sees(f"root reset the limits of {ada.name}")
    drawer.sees("Open the article", timeout=50)
    assert stage.posts_of(ada) == ["第一篇", "第二篇"]
