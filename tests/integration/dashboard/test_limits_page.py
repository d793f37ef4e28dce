"""The page Limits: everybody whose limits matter now, and what was changed and reset before."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from core.lane import UserLimits
from core.store.audit import AuditLog
from core.store.records import Actor
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of


def shown(app: AppTest) -> dict[str, dict[str, object]]:
    """Name → how this user stands."""
    assert not app.exception
    rows = app.dataframe[0].value.to_dict("records") if app.dataframe else []
    return {row["User"]: row for row in rows}


def history(app: AppTest) -> list[str]:
    assert not app.exception
    return [str(one.value).partition(" · ")[2] for one in app.markdown if "the limits of" in str(one.value)]


def test_who_has_used_up_its_starts_and_has_nothing_left(world: DashboardWorld) -> None:
    wiring.get_limit_manager().set(UserLimits(world.users["ada"].id, 2, 1, None), actor=world.actor("root"))
    world.submit("ada")
    claim = wiring.get_fair_queue().claim()
    assert claim is not None
    wiring.get_fair_queue().release(claim)
    world.forget_caches()
    row = shown(world.open("limits", as_="root"))["ada"]
    assert (row["Publishing"], row["Started in 60 s"], row["Waiting"]) == ("0 / 2", "1 / 1", 0)


def test_who_has_limits_of_its_own_and_everybody(world: DashboardWorld) -> None:
    app = world.open("limits", as_="root")
    assert shown(app) == {}
    assert "“All users” shows everybody" in words_of(app)
    wiring.get_limit_manager().set(UserLimits(world.users["bob"].id, 2, None, None), actor=world.actor("root"))
    world.forget_caches()
    app = world.open("limits", as_="root")
    assert {name: row["Limits"] for name, row in shown(app).items()} == {"bob": "own"}
    app.toggle(key="limits_everybody").set_value(True).run()
    assert {name: row["Limits"] for name, row in shown(app).items()} == {"root": "usual", "ada": "usual", "bob": "own"}
    wiring.get_limit_manager().set(UserLimits(world.users["bob"].id), actor=world.actor("root"))
    world.forget_caches()
    assert shown(world.open("limits", as_="root")) == {}


def test_resets_are_found_among_many_changes(world: DashboardWorld) -> None:
    log, root = AuditLog(wiring.get_database()), world.actor("root")
    wiring.get_limit_manager().reset(world.users["ada"].id, actor=root)
    for number in range(25):
        log.record(root, "limits.set", "user", f"user{number:02}")
    app = world.open("limits", as_="root")
    assert len(history(app)) == 20
    app.button(key="limits_older").click().run()
    assert history(app)[-1] == "root reset the limits of ada"
    assert len(history(app)) == 6
    app.button(key="limits_newest").click().run()
    assert history(app)[0] == "root changed the limits of user24"
    app = world.open("limits", as_="root", query={"history": "resets"})
    assert history(app) == ["root reset the limits of ada"]
    app.segmented_control(key="limits_history").set_value("changes").run()
    assert app.query_params["history"] == "changes"
    assert len(history(app)) == 20
    assert "reset" not in " ".join(history(app))


@pytest.mark.parametrize("kind", ["all", "resets", "changes"])
def test_without_any_it_says_what_to_do(world: DashboardWorld, kind: str) -> None:
    assert "Choose a user above" in words_of(world.open("limits", as_="root", query={"history": kind}))


def test_whose_account_a_limit_is_of_is_told_by_name(world: DashboardWorld) -> None:
    log = AuditLog(wiring.get_database())
    log.record(Actor.system(), "limits.set", "account", world.accounts["ada"])
    assert history(world.open("limits", as_="root")) == ["system changed the limits of main · ada"]
