"""The page Workers and browsers: who publishes, and nothing of what others publish."""

from __future__ import annotations

import re
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core import wiring
from core.browser.pool_stats import PoolStats
from core.queue.heartbeats import OrderKind
from core.services.worker_viewer import BrowserPool, sum_of
from core.store.audit import AuditFilter
from core.store.records import Actor
from dashboard import shared_figures
from dashboard.figures import FRESH_SECONDS
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of

WORKER = "server-1:42:aa"
LIVES_SECONDS = 600.0
"""Without another beat: longer than a page takes on a busy machine."""


def beat(task_id: int, **more: Any) -> None:
    """As a worker process tells of itself."""
    thread = {"thread": "t", "task_id": task_id, "public_id": "p", "step": "writing", "step_seconds": 4.2}
    pool = PoolStats(max=4, idle=1, busy=2, waiting=0, created=7, retired={"idle": 3}, memory_bytes=300 * 1024 * 1024)
    facts: dict[str, Any] = {
        "host": "server-1", "pid": 42, "state": "running", "started_at": 1.0, "threads": [thread], "pool": asdict(pool),
        "is_supervised": True, **more,
    }  # fmt: skip
    wiring.get_heartbeats().beat(WORKER, facts, LIVES_SECONDS)


@pytest.mark.parametrize(
    ("language", "idle", "urgent"),
    [("en", "No worker runs.", "Publishing service is down"), ("zh_CN", "没有运行中的发布进程。", "发布服务未运行")],
)
def test_nobody_publishes(world: DashboardWorld, language: str, idle: str, urgent: str) -> None:
    told = words_of(world.open("workers", language=language))
    assert (told.count(idle), told.count(urgent)) == (1, 0), "nothing waits yet"
    world.submit("ada")
    world.forget_caches()
    told = words_of(world.open("workers", language=language))
    assert (told.count(idle), told.count(urgent)) == (1, 1)


@pytest.mark.parametrize(("who", "title"), [("ada", "Of ada"), ("root", "Of ada"), ("bob", "Another user's article")])
def test_what_each_thread_does_for_whom(world: DashboardWorld, who: str, title: str) -> None:
    beat(world.submit("ada", "Of ada").id)
    app = world.open("workers", as_=who)
    assert list(app.dataframe[0].value["Article"]) == [title]
    told = words_of(app)
    assert "Browsers in use 2 / 4" in told
    assert "not needed: 3" in told
    assert "server\\-1" in told


def test_how_long_is_told_in_chinese(world: DashboardWorld) -> None:
    beat(world.submit("ada").id)
    app = world.open("workers", language="zh_CN")
    assert list(app.dataframe[0].value["本步已用"]) == ["4.2 秒"]
    assert re.search(r"已运行 \d+ 天 \d+ 小时", words_of(app))


def orders(app: AppTest) -> set[str]:
    """What can be chosen for this worker: in its menu, or by a button."""
    keys = [str(button.key) for button in app.button]
    chosen = {option for menu in app.menu_button for option in menu.options}
    return chosen | {key.removesuffix(f"_{WORKER}") for key in keys if key.endswith(WORKER)}


def choose(app: AppTest, kind: OrderKind) -> None:
    """In the menu of the worker, and then in the dialog that says what it means."""
    app.menu_button(key=f"orders_{WORKER}").set_value(kind).run()
    assert given() is None, "nothing happens before the dialog's button"
    app.button(key=f"{kind}_{WORKER}").click().run()
    assert not app.exception


def given() -> OrderKind | None:
    order = wiring.get_heartbeats().order_of(WORKER)
    return order.kind if order else None


@pytest.mark.parametrize("kind", [OrderKind.QUIET, OrderKind.STOP])
def test_an_administrator_tells_a_worker_what_to_do(world: DashboardWorld, kind: OrderKind) -> None:
    beat(world.submit("ada").id)
    app = world.open("workers", as_="root")
    assert orders(app) == {"Take nothing new", "Stop this worker"}
    choose(app, kind)
    assert given() is kind
    assert f"{kind}_{WORKER}" not in orders(app), "the dialog is closed"
    assert "It has not answered yet" in words_of(app)
    newest = wiring.get_audit_viewer().entries(AuditFilter(), actor=Actor.system())[0]
    assert (newest.actor_name, newest.action, newest.target) == ("root", f"worker.{kind}", WORKER)


def test_a_quiet_one_says_since_when_and_by_whom_and_can_be_resumed(world: DashboardWorld) -> None:
    beat(world.submit("ada").id, state="quiet", quiet={"by": "root", "since": 1.0}, obeyed_at=1.0)
    told = words_of(world.open("workers", as_="ada"))
    assert "Takes nothing new since 1970-01-01" in told
    assert "root wants it so" in told
    app = world.open("workers", as_="root")
    assert orders(app) == {"Take articles again", "Stop this worker"}
    choose(app, OrderKind.RESUME)
    assert given() is OrderKind.RESUME


@pytest.mark.parametrize(("language", "words"), [("en", "All workers were stopped"), ("zh_CN", "都已被停止")])
def test_a_stopped_one_can_be_started_again(world: DashboardWorld, language: str, words: str) -> None:
    facts: dict[str, Any] = {"host": "server-1", "pid": 42, "browsers": 2, "by": "root", "since": 1.0}
    wiring.get_stopped_workers().beat(WORKER, facts, LIVES_SECONDS)
    world.submit("ada")
    assert orders(world.open("workers", as_="ada")) == set()
    app = world.open("workers", as_="root", language=language)
    assert words_of(app).count(words) == 1
    assert orders(app) == {"start"}
    app.button(key=f"start_{WORKER}").click().run()
    order = wiring.get_stopped_workers().order_of(WORKER)
    assert order is not None
    assert order.kind is OrderKind.START


def test_an_operator_tells_no_worker_anything(world: DashboardWorld) -> None:
    beat(world.submit("ada").id)
    assert orders(world.open("workers", as_="ada")) == set()


@pytest.mark.parametrize(
    ("p50", "p95", "words"),
    [(0.0, 0.0, None), (0.01, 0.02, None), (0.01, 2.0, "half under 0.1 s, 95 % under 2.0 s")],
)
def test_how_long_a_browser_was_waited_for(world: DashboardWorld, p50: float, p95: float, words: str | None) -> None:
    pool = PoolStats(
        max=4, idle=1, busy=2, waiting=0, created=7, lease_wait_p50_seconds=p50, lease_wait_p95_seconds=p95
    )
    beat(world.submit("ada").id, pool=asdict(pool))
    told = words_of(world.open("workers", as_="root"))
    assert "Browsers: 2 in use" in told
    assert ("waits for a browser" in told) is (words is not None)
    assert (words or "") in told


def test_the_browsers_of_all() -> None:
    one = BrowserPool(max=2, busy=1, retired={"idle": 1}, wait_p95_seconds=0.5)
    two = BrowserPool(max=3, idle=3, retired={"idle": 2, "age": 1}, wait_p95_seconds=2.0)
    assert sum_of([one, two]) == BrowserPool(max=5, busy=1, idle=3, retired={"idle": 3, "age": 1}, wait_p95_seconds=2.0)


def test_the_table_is_as_new_as_the_rest_of_the_page(world: DashboardWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reading it is made of has grown old and was made anew; the table of the old one would still be kept."""
    clock = SimpleNamespace(monotonic=lambda: 0.0)
    monkeypatch.setattr(shared_figures, "time", clock)
    beat(world.submit("ada", "The first").id)
    app = world.open("workers")
    assert list(app.dataframe[0].value["Article"]) == ["The first"]
    beat(world.submit("ada", "The second").id)
    clock.monotonic = lambda: FRESH_SECONDS
    assert list(app.run().dataframe[0].value["Article"]) == ["The second"]
