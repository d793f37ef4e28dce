"""One's own sign-ins, password and tokens, used as a person uses them."""

from __future__ import annotations

import pytest

from core import wiring
from core.errors import SignInRefused
from tests.integration.dashboard.dashboard_world import PASSWORD, DashboardWorld, words_of
from tests.integration.dashboard.test_admin_pages import button
from tests.integration.dashboard.test_api_tokens import a_month_later

NEW = "quite another password"


def test_a_token_is_shown_once_and_revoked(world: DashboardWorld) -> None:
    app = world.open("profile")
    app.text_input(key="token_name").set_value("nightly")
    button(app, "Make a token").click().run()
    assert not app.exception
    (shown,) = app.code
    actor = wiring.get_token_manager().actor(shown.value)
    assert actor is not None
    assert actor.name == "ada"
    assert app.run().code[0].value == shown.value
    app.button(key="token_copied").click().run()
    assert not app.exception
    assert len(app.code) == 0
    (token,) = wiring.get_token_manager().list(actor=world.actor("ada"))
    app.button(key=f"token_{token.id}").click().run()
    assert wiring.get_token_manager().actor(shown.value) is None
    assert "revoked" in words_of(app)


def test_a_token_may_be_good_for_a_time(world: DashboardWorld) -> None:
    app = world.open("profile")
    app.text_input(key="token_name").set_value("nightly")
    app.selectbox(key="token_days").set_value(90)
    button(app, "Make a token").click().run()
    assert not app.exception
    (token,) = wiring.get_token_manager().list(actor=world.actor("ada"))
    assert token.expires_at is not None
    assert (token.expires_at - token.created_at).days in (89, 90)
    assert "good until" in words_of(app)
    a_month_later(token.id)
    assert "expired" in words_of(app.run())


def test_a_new_token_is_not_there_any_more_once_its_page_was_left(world: DashboardWorld) -> None:
    app = world.open("profile")
    app.text_input(key="token_name").set_value("nightly")
    button(app, "Make a token").click().run()
    assert len(app.code) == 1
    for page in ("tasks", "profile"):
        app.switch_page(f"app_pages/{page}.py").run()
    assert "nightly" in words_of(app)
    assert len(app.code) == 0


def test_a_name_is_shown_as_it_was_written(world: DashboardWorld) -> None:
    wiring.get_token_manager().make("_a_ **b** :red[c]", actor=world.actor("ada"))
    assert r"\_a\_ \*\*b\*\* \:red\[c\]" in words_of(world.open("profile"))


def test_an_administrator_sees_only_its_own_tokens_here(world: DashboardWorld) -> None:
    world.api_token("ada")
    assert "You have no token yet." in words_of(world.open("profile", as_="root"))


def test_the_password_is_changed_and_other_browsers_are_out(world: DashboardWorld) -> None:
    here = world.session_of("ada")
    world.sign_in.sign_in("ada", PASSWORD, address="127.0.0.2")
    app = world.open("profile")
    app.text_input(key="password_old").set_value(PASSWORD)
    app.text_input(key="password_new").set_value(NEW)
    button(app, "Change password").click().run()
    assert not app.exception
    assert [session.id for session in world.sign_in.sessions(actor=world.actor("ada"))] == [here]
    assert world.sign_in.sign_in("ada", NEW, address="127.0.0.3")


@pytest.mark.parametrize(("old", "new"), [("wrong", NEW), (PASSWORD, "short"), ("", "")])
def test_a_password_that_cannot_be_changed_stays(world: DashboardWorld, old: str, new: str) -> None:
    app = world.open("profile")
    app.text_input(key="password_old").set_value(old)
    app.text_input(key="password_new").set_value(new)
    button(app, "Change password").click().run()
    assert len(app.toast) == 1
    with pytest.raises(SignInRefused):
        world.sign_in.sign_in("ada", NEW, address="127.0.0.3")


def test_one_other_browser_is_signed_out(world: DashboardWorld) -> None:
    here = world.session_of("ada")
    world.sign_in.sign_in("ada", PASSWORD, address="127.0.0.2")
    app = world.open("profile")
    (other,) = [one.id for one in world.sign_in.sessions(actor=world.actor("ada")) if one.id != here]
    app.button(key=f"session_{other}").click().run()
    assert [session.id for session in world.sign_in.sessions(actor=world.actor("ada"))] == [here]


def test_signed_out_everywhere_is_here_too(world: DashboardWorld) -> None:
    app = world.open("profile")
    button(app, "Sign out everywhere").click().run()
    assert not app.exception
    assert world.sign_in.sessions(actor=world.actor("ada")) == []
    assert words_of(app) == ""
