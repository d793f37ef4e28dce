"""There is always an administrator who can sign in."""

from __future__ import annotations

import pytest

from core import wiring
from core.errors import InvalidInput
from core.store.records import Actor, Role
from core.store.users import UserStore
from tests.integration.dashboard.dashboard_world import DashboardWorld


def test_the_first_administrator_takes_a_free_name(world: DashboardWorld) -> None:
    assert world.sign_in.make_first_admin() is None
    world.add_user("Admin", Role.OPERATOR)
    world.add_user("admin2", Role.OPERATOR)
    # The services refuse this; a database of earlier days may hold it.
    UserStore(wiring.get_database()).set_disabled(world.users["root"].id)
    made = world.sign_in.make_first_admin()
    assert made is not None
    name, password = made
    assert name == "admin3"
    assert world.sign_in.sign_in(name, password, address="127.0.0.1")
    assert world.sign_in.make_first_admin() is None


def test_the_last_administrator_is_not_locked_out(world: DashboardWorld) -> None:
    users, root = wiring.get_user_manager(), world.users["root"]
    with pytest.raises(InvalidInput, match="last administrator"):
        users.set_disabled(root.id, is_disabled=True, actor=world.actor("root"))
    users.set_disabled(root.id, is_disabled=False, actor=world.actor("root"))
    other = world.add_user("other", Role.ADMIN)
    users.set_disabled(root.id, is_disabled=True, actor=world.actor("other"))
    with pytest.raises(InvalidInput, match="last administrator"):
        users.set_disabled(other.id, is_disabled=True, actor=Actor.system())
