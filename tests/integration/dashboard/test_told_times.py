"""Every time that a page tells in short is told in full, with date and zone, when the pointer rests on it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from core.lane import PauseScope
from core.services.local_clock import in_zone
from core.settings import get_settings
from core.store.records import AccountState
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of
from tests.integration.dashboard.test_workers_page import WORKER, beat

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
CSV = b"title,content,account\nSpring,x,main\n"


def full(moment: datetime, *, seconds: bool = True) -> str:
    """As people read it who doubt nothing."""
    local = in_zone(moment, get_settings().zone)
    offset = f"{local:%z}"
    return f"{local:{'%Y-%m-%d %H:%M:%S' if seconds else '%Y-%m-%d %H:%M'}} (UTC{offset[:3]}:{offset[3:]})"


def help_at(app: AppTest, words: str) -> str:
    """The tooltip of the only text with these words."""
    assert not app.exception
    (found,) = [one for one in [*app.markdown, *app.caption] if words in str(one.value).replace("\\", "")]
    return str(found.proto.help).replace("  \n", "\n")


def test_when_an_article_goes(world: DashboardWorld) -> None:
    task = world.submit("ada", run_at=SOON)
    drawer = world.open("tasks", query={"task": task.public_id})
    assert help_at(drawer, "Scheduled for") == full(SOON)
    assert help_at(world.open("publish", query={"article": task.public_id}), "Scheduled for") == full(SOON)


@pytest.mark.parametrize("page", ["tasks", "publish"])
def test_since_and_until_when_an_article_is_paused(world: DashboardWorld, page: str) -> None:
    wiring.get_pause_manager().pause(PauseScope.EVERYTHING, actor=world.actor("root"), until=SOON)
    (pause,) = wiring.get_pause_store().list()
    task = world.submit("ada")
    parameter = {"tasks": "task", "publish": "article"}[page]
    told = help_at(world.open(page, query={parameter: task.public_id}), "Paused (by root")
    assert pause.until is not None
    assert [line.partition(" · ")[2] for line in told.split("\n")] == [full(pause.since), full(pause.until)]


def test_until_when_a_sign_in_is_good(world: DashboardWorld) -> None:
    account_id, ends = world.accounts["ada"], int(time.time()) + 3 * 86_400
    cookie = {"name": "z_c0", "value": "x", "domain": ".zhihu.com", "expirationDate": ends}
    cookies = json.dumps([cookie])
    wiring.get_account_manager().replace_cookies(account_id, cookies, actor=world.actor("ada"), probe=False)
    wiring.get_account_store().set_state(account_id, AccountState.SIGNED_IN)
    account = wiring.get_account_manager().get(account_id, actor=world.actor("ada"))
    assert account.checked_at is not None
    app = world.open("accounts")
    end = datetime.fromtimestamp(ends, UTC)
    told = help_at(app, "good until").split("\n")
    assert [line.partition(" · ")[2] for line in told] == [full(account.checked_at), full(end)]
    assert f"Its sign-in ends at {full(end, seconds=False)}" in words_of(app)
    app.text_area(key=f"cookies_{account_id}").set_value(cookies)
    next(button for button in app.button if button.label == "Look at them").click().run()
    assert help_at(app, "The new one") == full(end)


def test_since_and_until_when_something_is_paused(world: DashboardWorld) -> None:
    wiring.get_pause_manager().pause(PauseScope.EVERYTHING, actor=world.actor("root"), until=SOON)
    (pause,) = wiring.get_pause_store().list()
    assert pause.until is not None
    told = help_at(world.open("queue"), "paused by root")
    assert [line.partition(" · ")[2] for line in told.split("\n")] == [full(pause.since), full(pause.until)]


def test_since_when_a_worker_is_quiet_and_lives(world: DashboardWorld) -> None:
    quiet_at = time.time() - 90_000
    beat(world.submit("ada").id, quiet={"by": "root", "since": quiet_at})
    told = help_at(world.open("workers"), "process 42")
    assert told == f"{full(datetime.fromtimestamp(quiet_at, UTC))}\nStarted {full(datetime.fromtimestamp(1, UTC))}"
    assert WORKER.startswith("server-1")


def test_when_a_batch_was_handed_in(world: DashboardWorld) -> None:
    app = world.open("upload")
    app.file_uploader[0].upload("spring.csv", CSV, "text/csv").run()
    app.button(key="upload_send").click().run()
    (batch,) = wiring.get_batch_viewer().recent(actor=world.actor("ada"))
    world.forget_caches()
    assert help_at(world.open("upload"), "**spring") == full(batch.created_at)


def _session(world: DashboardWorld) -> list[datetime]:
    world.session_of("ada")
    (session,) = world.sign_in.sessions(actor=world.actor("ada"))
    return [session.created_at, session.last_seen_at]


def _token(world: DashboardWorld) -> list[datetime]:
    world.api_token("ada")
    (token,) = wiring.get_token_manager().list(actor=world.actor("ada"))
    return [token.created_at]


@pytest.mark.parametrize(("make", "words"), [(_session, "Signed in"), (_token, "**a test**")])
def test_when_one_signed_in_and_made_a_token(
    world: DashboardWorld, make: Callable[[DashboardWorld], list[datetime]], words: str
) -> None:
    moments = make(world)
    told = help_at(world.open("profile"), words)
    assert all(full(moment) in told for moment in moments)


def test_since_when_there_is_a_user(world: DashboardWorld) -> None:
    assert help_at(world.open("users", as_="root"), "**bob**") == full(world.users["bob"].created_at)
