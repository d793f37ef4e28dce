"""The page Accounts: add, sign in anew, pause, delete; each its own."""

from __future__ import annotations

import json
import time

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from core.store.records import AccountState, AccountView
from tests.integration.dashboard.dashboard_world import COOKIES, DashboardWorld, words_of


def accounts(world: DashboardWorld, name: str = "ada") -> list[AccountView]:
    return wiring.get_account_manager().list(actor=world.actor(name))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_who_sees_whose(world: DashboardWorld, language: str) -> None:
    assert words_of(world.open("accounts", as_="ada", language=language)).count("**main**") == 1
    assert words_of(world.open("accounts", as_="root", language=language)).count("**main**") == 2


def test_without_any_it_says_what_to_do(world: DashboardWorld) -> None:
    wiring.get_account_manager().delete(world.accounts["ada"], actor=world.actor("ada"))
    assert "Add the first one" in words_of(world.open("accounts"))


def test_many_are_turned_over_and_looked_for(world: DashboardWorld) -> None:
    for number in range(14):
        wiring.get_account_manager().add(f"column {number:02}", COOKIES, actor=world.actor("ada"))
    app = world.open("accounts")
    assert words_of(app).count("Not asked yet") == 10
    app.pagination(key="accounts_page").set_value(2).run()
    assert not app.exception
    assert app.query_params["page"] == "2"
    assert words_of(app).count("Not asked yet") == 5
    app.text_input(key="accounts_find").set_value("COLUMN 07").run()
    assert words_of(app).count("Not asked yet") == 1
    assert app.query_params["find"] == "COLUMN 07"
    app.text_input(key="accounts_find").set_value("no such").run()
    assert "Nothing fits" in words_of(app)
    assert "Not asked yet" not in words_of(app)


@pytest.mark.parametrize(("who", "owner"), [("ada", "ada"), ("root", "bob")])
def test_an_account_is_added(world: DashboardWorld, who: str, owner: str) -> None:
    app = world.open("accounts", as_=who)
    app.text_input(key="new_account_name").set_value("second")
    app.text_area(key="new_account_cookies").set_value(COOKIES)
    if who == "root":
        app.selectbox(key="new_account_user").set_value(world.users[owner].id)
    app.button(key="add_account").click().run()
    assert "second was added" in words_of(app)
    assert app.text_area(key="new_account_cookies").value == ""
    assert {one.name for one in accounts(world, owner)} == {"main", "second"}


def test_cookies_that_prove_nothing_are_refused_in_words(world: DashboardWorld) -> None:
    app = world.open("accounts")
    app.text_input(key="new_account_name").set_value("second")
    app.text_area(key="new_account_cookies").set_value("nothing")
    app.button(key="add_account").click().run()
    assert not app.exception
    assert len(app.toast) == 1
    assert len(accounts(world)) == 1


def test_a_fresh_sign_in_lets_articles_go_on(world: DashboardWorld) -> None:
    account_id = world.accounts["ada"]
    wiring.get_account_store().set_state(account_id, AccountState.NEEDS_LOGIN, error_message="Sign in again.")
    app = world.open("accounts")
    assert "Action needed: sign in again" in words_of(app)
    look_at(app, account_id, COOKIES)
    assert "This replaces the sign-in of **main**" in words_of(app)
    assert accounts(world)[0].state == AccountState.NEEDS_LOGIN
    app.button(key=f"keep_{account_id}").click().run()
    assert accounts(world)[0].state == AccountState.NEEDS_LOGIN
    look_at(app, account_id, COOKIES)
    app.button(key=f"replace_{account_id}").click().run()
    assert accounts(world)[0].state == AccountState.UNCHECKED
    assert "The sign-in is replaced" in words_of(app)


def test_the_second_of_two_clicks_replaces_nothing(world: DashboardWorld) -> None:
    account_id = world.accounts["ada"]
    app = world.open("accounts")
    look_at(app, account_id, COOKIES)
    wiring.get_account_store().set_state(account_id, AccountState.SIGNED_IN, remote_name="Ada L.")
    del app.session_state[f"new_sign_in_{account_id}"]
    app.button(key=f"replace_{account_id}").click().run()
    assert not app.exception
    assert accounts(world)[0].state == AccountState.SIGNED_IN


def look_at(app: AppTest, account_id: int, cookies: str) -> None:
    app.text_area(key=f"cookies_{account_id}").set_value(cookies)
    next(button for button in app.button if button.label == "Look at them").click().run()


def test_cookies_that_prove_nothing_replace_nothing(world: DashboardWorld) -> None:
    account_id = world.accounts["ada"]
    app = world.open("accounts")
    look_at(app, account_id, "nothing")
    assert len(app.toast) == 1
    assert f"replace_{account_id}" not in [button.key for button in app.button]


@pytest.mark.parametrize(
    ("days", "words"), [(30, ""), (3, "Its sign-in ends at"), (None, "")], ids=["far", "near", "not told"]
)
def test_a_sign_in_that_is_about_to_end(world: DashboardWorld, days: int | None, words: str) -> None:
    end = None if days is None else int(time.time()) + days * 24 * 3600
    cookie = {"name": "z_c0", "value": "x", "domain": ".zhihu.com", "expirationDate": end}
    account_id = world.accounts["ada"]
    wiring.get_account_manager().replace_cookies(
        account_id, json.dumps([cookie]), actor=world.actor("ada"), probe=False
    )
    shown = words_of(world.open("accounts"))
    assert words in shown
    assert ("Its sign-in ends" in shown) == bool(words)
    assert ("good until" in shown) == (days is not None)


def test_the_state_of_an_account_is_seen_without_a_click(world: DashboardWorld) -> None:
    app = world.open("accounts")
    wiring.get_account_store().set_state(world.accounts["ada"], AccountState.SIGNED_IN, remote_name="Ada L.")
    world.forget_caches()
    assert "Known on the site as Ada L" in words_of(app.run()).replace("\\", "")


def test_pause_and_resume(world: DashboardWorld) -> None:
    account_id = world.accounts["ada"]
    app = world.open("accounts")
    app.button(key=f"account_pause_{account_id}").click().run()
    assert "Paused by ada" in words_of(app)
    app.button(key=f"account_resume_{account_id}").click().run()
    assert wiring.get_pause_store().list() == []


def test_only_an_unused_account_is_deleted(world: DashboardWorld) -> None:
    account_id = world.accounts["ada"]
    world.submit("ada")
    app = world.open("accounts")
    app.button(key=f"delete_{account_id}").click().run()
    assert "has articles" in words_of(app)
    assert len(accounts(world)) == 1
    bob = world.open("accounts", as_="bob")
    bob.button(key=f"delete_{world.accounts['bob']}").click().run()
    assert accounts(world, "bob") == []
