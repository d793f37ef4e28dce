"""Tokens: made once, good until revoked, and never readable again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from core import wiring
from core.errors import InvalidInput, NotFound
from core.store.models import ApiToken
from core.store.records import Actor
from tests.integration.dashboard.dashboard_server import DashboardServer
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of


def test_a_token_opens_the_api_until_it_is_revoked(world: DashboardWorld, api: DashboardServer) -> None:
    manager = wiring.get_token_manager()
    token, view = manager.make("nightly import", actor=world.actor("ada"))
    assert view.last_used_at is None
    assert api.call("GET", "/api/v1/stats", token).status_code == 200
    (listed,) = manager.list(actor=world.actor("ada"))
    assert (listed.id, listed.name, listed.user_name) == (view.id, "nightly import", "ada")
    assert listed.last_used_at is not None
    assert token not in repr(listed)
    manager.revoke(view.id, actor=world.actor("ada"))
    refused = api.call("GET", "/api/v1/stats", token)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert "topn_" in refused.json()["detail"]


def test_a_token_expires(world: DashboardWorld, api: DashboardServer) -> None:
    manager, ada = wiring.get_token_manager(), world.actor("ada")
    (token, view), (_forever, other) = manager.make("a month", days=30, actor=ada), manager.make("forever", actor=ada)
    assert api.call("GET", "/api/v1/stats", token).status_code == 200
    assert view.expires_at is not None
    assert timedelta(days=29) < view.expires_at - view.created_at < timedelta(days=31)
    a_month_later(view.id)
    refused = api.call("GET", "/api/v1/stats", token)
    assert (refused.status_code, "expired" in refused.json()["detail"]) == (401, True)
    assert {one.id: one.is_open for one in manager.list(actor=ada)} == {view.id: False, other.id: True}
    assert manager.revoke_all(world.users["ada"].id, actor=ada) == 1


def a_month_later(token_id: int) -> None:
    """For this token."""
    moment = datetime.now(UTC) - timedelta(seconds=1)
    wiring.get_database().run_write(
        lambda connection: (
            connection.execute(update(ApiToken).where(ApiToken.id == token_id).values(expires_at=moment)).rowcount
        )
    )


@pytest.mark.parametrize("token", [None, "", "topn_nonsense", "中文"])
def test_without_a_good_token_nothing_opens(world: DashboardWorld, api: DashboardServer, token: str | None) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}".encode()}
    for path in ("/api/v1/tasks", "/api/v1/stats", "/api/v1/limits/ada"):
        assert api.call("GET", path, headers=headers).status_code == 401


def test_the_cookie_of_a_browser_opens_no_api(world: DashboardWorld, api: DashboardServer) -> None:
    cookies = {"topn_session": world.token_of("ada")}
    assert api.call("GET", "/api/v1/tasks", cookies=cookies).status_code == 401


def test_a_locked_out_user_s_token_opens_nothing(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    wiring.get_user_manager().set_disabled(world.users["ada"].id, is_disabled=True, actor=Actor.system())
    assert api.call("GET", "/api/v1/stats", token).status_code == 401


def test_a_new_password_ends_browsers_and_no_program(world: DashboardWorld, api: DashboardServer) -> None:
    token, session = world.api_token("ada"), world.session_of("ada")
    ada = world.users["ada"].id
    wiring.get_user_manager().set_password(ada, "a password of today", actor=world.actor("root"))
    assert wiring.get_sign_in().session(session) is None
    wiring.get_sign_in().sign_out_everywhere(ada, actor=world.actor("root"))
    assert api.call("GET", "/api/v1/stats", token).status_code == 200


def test_all_tokens_of_a_user_are_revoked_at_once(world: DashboardWorld, api: DashboardServer) -> None:
    tokens, other = [world.api_token("ada"), world.api_token("ada")], world.api_token("bob")
    manager, ada = wiring.get_token_manager(), world.users["ada"].id
    with pytest.raises(NotFound):
        manager.revoke_all(ada, actor=world.actor("bob"))
    assert manager.revoke_all(ada, actor=world.actor("root")) == 2
    assert [api.call("GET", "/api/v1/stats", token).status_code for token in tokens] == [401, 401]
    assert api.call("GET", "/api/v1/stats", other).status_code == 200
    assert manager.revoke_all(ada, actor=world.actor("ada")) == 0


@pytest.mark.parametrize(("who", "page", "key"), [("ada", "profile", "tokens_revoke_all"), ("root", "users", None)])
def test_they_are_revoked_on_the_pages(world: DashboardWorld, who: str, page: str, key: str | None) -> None:
    world.api_token("ada")
    app = world.open(page, as_=who)
    app.button(key=key or f"tokens_{world.users['ada'].id}").click().run()
    assert "1 token was revoked" in words_of(app)
    assert wiring.get_token_manager().list(actor=world.actor("ada"))[0].revoked_at is not None


def test_another_s_token_is_neither_seen_nor_revoked(world: DashboardWorld) -> None:
    manager = wiring.get_token_manager()
    _token, view = manager.make("ada's", actor=world.actor("ada"))
    assert manager.list(actor=world.actor("bob")) == []
    with pytest.raises(NotFound):
        manager.revoke(view.id, actor=world.actor("bob"))
    assert [one.id for one in manager.list(actor=world.actor("root"))] == [view.id]
    manager.revoke(view.id, actor=world.actor("root"))
    assert manager.list(actor=world.actor("ada"))[0].revoked_at is not None


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\nb"])
def test_a_token_says_what_it_is_for(world: DashboardWorld, name: str) -> None:
    with pytest.raises(InvalidInput):
        wiring.get_token_manager().make(name, actor=world.actor("ada"))
