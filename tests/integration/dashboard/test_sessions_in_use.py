"""Who works in a page stays signed in, though a page asks for nothing over HTTP; an empty chair does not."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from core import wiring
from core.store.clock import later_sql
from core.store.models import UserSession
from tests.integration.dashboard.dashboard_world import DashboardWorld

HOUR = 3600


def run_as_a_part() -> None:
    import streamlit as st  # noqa: PLC0415 - AppTest runs the body as a script

    from dashboard.visitor import callback, fragment, page  # noqa: PLC0415

    kinds = {
        "page": lambda: page(lambda actor: None),
        "fragment": fragment()(lambda actor: None),
        "callback": callback(lambda actor: None),
    }
    kinds[st.query_params["kind"]]()


def grow_old(session_id: int) -> datetime:
    """As if nobody had used the session for an hour; when it was used last."""
    statement = update(UserSession).where(UserSession.id == session_id).values(last_seen_at=later_sql(-HOUR))
    wiring.get_database().run_write(lambda connection: connection.execute(statement))
    return last_seen(session_id)


def last_seen(session_id: int) -> datetime:
    session = wiring.get_sign_in().session(session_id)
    assert session is not None
    return session.last_seen_at


@pytest.mark.parametrize(("kind", "is_at_work"), [("page", True), ("callback", True), ("fragment", False)])
def test_what_a_person_does_keeps_the_session(world: DashboardWorld, kind: str, is_at_work: bool) -> None:
    session_id = world.session_of("ada")
    long_ago = grow_old(session_id)
    app = AppTest.from_function(run_as_a_part, default_timeout=30)
    app.user = {"user_id": str(world.users["ada"].id), "session_id": str(session_id)}
    app.query_params["kind"] = kind
    app.run()
    assert not app.exception
    assert (last_seen(session_id) > long_ago) is is_at_work


def test_a_session_is_marked_by_the_gate_and_not_each_time(world: DashboardWorld) -> None:
    token, session_id = world.token_of("ada"), world.session_of("ada")
    long_ago = grow_old(session_id)
    world.sign_in.visitor(token)
    marked = last_seen(session_id)
    assert marked > long_ago
    world.sign_in.visitor(token)
    assert last_seen(session_id) == marked


def test_a_locked_out_user_has_no_session(world: DashboardWorld) -> None:
    token, session_id = world.token_of("ada"), world.session_of("ada")
    wiring.get_user_manager().set_disabled(world.users["ada"].id, is_disabled=True, actor=world.actor("root"))
    assert wiring.get_sign_in().session(session_id) is None
    assert wiring.get_sign_in().visitor(token) is None
