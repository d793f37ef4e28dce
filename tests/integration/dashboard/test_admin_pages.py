"""The pages of administrators: users, limits and the audit log, used as a person uses them."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from core import wiring
from core.errors import NotFound, SignInRefused
from core.services.bulk_change import BulkAction, BulkChange
from core.store.audit import AuditLog
from core.store.records import Actor, Role
from tests.integration.dashboard.dashboard_world import PASSWORD, DashboardWorld, words_of


def button(app: AppTest, label: str) -> Button:
    """The first button with this label."""
    return next(one for one in app.button if one.label == label)


def test_a_user_is_added_and_can_sign_in(world: DashboardWorld) -> None:
    app = world.open("users", as_="root")
    app.text_input(key="add_name").set_value("cleo")
    app.text_input(key="add_password").set_value("another long password")
    app.selectbox(key="add_role").set_value(Role.ADMIN)
    button(app, "Add").click().run()
    assert not app.exception
    assert "cleo" in words_of(app)
    user = wiring.get_user_manager().by_name("cleo", actor=Actor.system())
    assert user.role is Role.ADMIN
    assert world.sign_in.sign_in("cleo", "another long password", address="127.0.0.1")
    assert [app.text_input(key=key).value for key in ("add_name", "add_password")] == ["", ""]
    assert app.selectbox(key="add_role").value is Role.OPERATOR


@pytest.mark.parametrize(("name", "password"), [("", PASSWORD), ("ada", PASSWORD), ("dora", "short")])
def test_a_user_that_cannot_be_is_refused_in_a_sentence(world: DashboardWorld, name: str, password: str) -> None:
    app = world.open("users", as_="root")
    before = wiring.get_user_manager().list(actor=Actor.system())
    app.text_input(key="add_name").set_value(name)
    app.text_input(key="add_password").set_value(password)
    button(app, "Add").click().run()
    assert not app.exception
    assert len(app.toast) == 1
    assert wiring.get_user_manager().list(actor=Actor.system()) == before
    assert app.text_input(key="add_name").value == name
    [form] = [one.proto.form for one in app.get("form") if one.proto.form.form_id == "add_user"]
    assert not form.clear_on_submit


def test_a_refusal_shows_for_as_long_as_it_takes_to_read(world: DashboardWorld) -> None:
    app = world.open("users", as_="root")
    app.text_input(key="add_name").set_value("dora")
    app.text_input(key="add_password").set_value("short")
    button(app, "Add").click().run()
    assert app.toast[0].proto.duration >= 10
    app = world.open("accounts")
    app.text_input(key="new_account_name").set_value("second")
    app.text_area(key="new_account_cookies").set_value("nothing")
    app.button(key="add_account").click().run()
    told = app.toast[0]
    assert told.proto.duration >= len(told.value) / 6


def test_role_password_and_lock(world: DashboardWorld) -> None:
    ada = world.users["ada"]
    world.session_of("ada")
    app = world.open("users", as_="root")
    app.selectbox(key=f"role_{ada.id}").set_value(Role.ADMIN).run()
    assert wiring.get_user_manager().by_name("ada", actor=Actor.system()).role is Role.ADMIN
    app.text_input(key=f"new_password_{ada.id}").set_value("quite another password")
    next(
        one for one in app.button if one.label == "Set password" and str(ada.id) in str(one.proto.form_id)
    ).click().run()
    assert not app.exception
    assert world.sign_in.sessions(actor=world.actor("ada")) == []
    with pytest.raises(SignInRefused):
        world.sign_in.sign_in("ada", PASSWORD, address="127.0.0.2")
    app.button(key=f"lock_{ada.id}").click().run()
    assert "disabled" in words_of(app)
    assert app.button(key=f"lock_{ada.id}").label == "Let in again"


def test_nobody_can_lock_or_demote_oneself(world: DashboardWorld) -> None:
    root = world.users["root"]
    app = world.open("users", as_="root")
    assert app.selectbox(key=f"role_{root.id}").disabled
    assert f"lock_{root.id}" not in [one.key for one in app.button]


def test_who_lost_the_role_changes_nothing_any_more(world: DashboardWorld) -> None:
    app = world.open("users", as_="root")
    world.add_user("second", Role.ADMIN)
    wiring.get_user_manager().set_role(world.users["root"].id, Role.OPERATOR, actor=world.actor("second"))
    world.forget_caches()
    app.text_input(key="add_name").set_value("mallory")
    button(app, "Add").click().run()
    assert "mallory" not in [user.name for user in wiring.get_user_manager().list(actor=Actor.system())]


def test_limits_are_changed_for_the_chosen_user(world: DashboardWorld) -> None:
    ada, bob = world.users["ada"], world.users["bob"]
    world.submit("ada")
    app = world.open("limits", as_="root")
    app.selectbox(key="limits_user").set_value(ada.id).run()
    app.number_input(key=f"limits_running_{ada.id}").set_value(2)
    app.number_input(key=f"limits_starts_{ada.id}").set_value(3)
    button(app, "Save").click().run()
    assert not app.exception
    own = wiring.get_limit_manager().show(ada.id, actor=Actor.system()).overrides
    assert (own.max_running, own.max_starts, own.weight) == (2, 3, None)
    assert "root changed the limits of ada" in words_of(app)
    app.selectbox(key="limits_user").set_value(bob.id).run()
    assert app.number_input(key=f"limits_running_{bob.id}").value is None
    assert wiring.get_limit_manager().show(bob.id, actor=Actor.system()).overrides.max_running is None


def test_a_reset_says_what_it_does_and_is_on_record(world: DashboardWorld) -> None:
    ada = world.users["ada"]
    world.submit("ada")
    assert wiring.get_fair_queue().claim() is not None
    app = world.open("limits", as_="root")
    app.selectbox(key="limits_user").set_value(ada.id).run()
    assert "Forget what ada started" in words_of(app)
    button(app, "Reset ada").click().run()
    assert wiring.get_limit_manager().show(ada.id, actor=Actor.system()).stats.starts == 0
    assert "root reset the limits of ada" in words_of(app)


def test_limits_without_redis_say_so_calmly(world: DashboardWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.session_of("root")
    monkeypatch.setenv("TOPN_REDIS_URL", "redis://127.0.0.1:1")
    world.start_anew()
    app = world.open("limits", as_="root")
    assert not app.exception
    assert "Redis cannot be reached" in words_of(app)


def test_programs_are_named_and_found_in_the_reader_s_language(world: DashboardWorld) -> None:
    log = AuditLog(wiring.get_database())
    for number, actor in enumerate((Actor.command_line(), Actor.system(), world.actor("bob"))):
        log.record(actor, "article.submit", "article", number)
    app = world.open("audit", as_="root", language="zh_CN")
    assert [row["actor"] for row in rows_of(app)[1:4]] == ["bob", "系统", "命令行"]
    app.text_input(key="audit_who").set_value("命令行").run()
    assert {row["actor"] for row in rows_of(app)} == {"命令行"}


def test_the_audit_log_is_narrowed_and_turned_over(world: DashboardWorld) -> None:
    log = AuditLog(wiring.get_database())
    for number in range(101):
        log.record(world.actor("bob"), "article.submit", "article", number)
    app = world.open("audit", as_="root")
    assert "article 100" in [row["target"] for row in rows_of(app)]
    button(app, "Older").click().run()
    assert "article 100" not in [row["target"] for row in rows_of(app)]
    button(app, "Newest").click().run()
    assert "article 100" in [row["target"] for row in rows_of(app)]
    app.selectbox(key="audit_did").set_value("account.add").run()
    assert {row["action"] for row in rows_of(app)} == {"added an account"}
    assert app.query_params["did"] == "account.add"
    linked = world.open("audit", as_="root", query={"did": "account.add", "who": "bob"}, language="zh_CN")
    assert {(row["actor"], row["action"]) for row in rows_of(linked)} == {("bob", "添加了账号")}
    app.text_input(key="audit_who").set_value("nobody").run()
    assert "Nothing fits" in words_of(app)


def test_details_are_told_in_words(world: DashboardWorld) -> None:
    wiring.get_user_manager().set_role(world.users["ada"].id, Role.ADMIN, actor=world.actor("root"))
    wiring.get_bulk_manager().carry_out(
        wiring.get_bulk_manager().plan(BulkChange(BulkAction.CANCEL), [world.submit("bob").id], actor=Actor.system()),
        actor=Actor.system(),
    )
    told = {row["action"]: row["detail"] for row in rows_of(world.open("audit", as_="root"))}
    assert told["changed a role"] == "role: administrator"
    assert told["cancelled many articles"] == "changed: 1 · left as they were: 0 · wanted: 1"
    told = {row["action"]: row["detail"] for row in rows_of(world.open("audit", as_="root", language="zh_CN"))}
    assert told["更改了角色"] == "角色:管理员"


def test_refusals_stand_in_the_audit_log(world: DashboardWorld) -> None:
    world.open("profile", as_="ada")
    task = world.submit("ada")
    with pytest.raises(NotFound):
        wiring.get_task_manager().get(task.id, actor=world.actor("bob"))
    app = world.open("audit", as_="root")
    app.toggle(key="audit_refused").set_value(True).run()
    (row,) = rows_of(app)
    assert (row["actor"], row["action"], row["refused"]) == ("bob", "looked at an article", "refused")


def rows_of(app: AppTest) -> list[dict[str, object]]:
    found: list[dict[str, object]] = app.dataframe[0].value.to_dict("records")
    return found
