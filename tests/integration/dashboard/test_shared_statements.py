"""What pages show alike to many is read once: ten open dashboards send the database as many statements as one."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from core import wiring
from core.lane import PauseScope
from core.store.records import Actor, Role
from dashboard import shared_figures, visitor
from tests.integration.dashboard.dashboard_world import DashboardWorld
from tests.integration.dashboard.test_workers_page import beat

READERS = 10
LONG_SECONDS = 3600.0
"""Longer than anything is kept."""
PAGES = ("overview", "upload", "tasks", "queue", "accounts", "workers", "limits", "logs")
"""All that refresh by themselves and show the same to several people."""


class Refreshes:
    """Counts what the parts of pages ask the database, all of which refresh by themselves here, while the clock of what
    they share stands still. Who looks is asked for each session, and together with all others: that is not counted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.statements: list[str] = []
        self.parts = 0
        self._is_in_part = False
        self.now = 0.0
        monkeypatch.setattr(shared_figures, "time", self)
        monkeypatch.setattr(visitor, "_run", functools.partial(self._run, visitor._run))  # noqa: SLF001
        self._engine = wiring.get_database().engine
        event.listen(self._engine, "before_cursor_execute", self._count)

    def monotonic(self) -> float:
        return self.now

    def of(self, dashboards: Sequence[AppTest]) -> Counter[str]:
        """The statements of one refresh of each, all of them at a moment when what was told before has grown old."""
        self.now += LONG_SECONDS
        self.statements, self.parts = [], 0
        for dashboard in dashboards:
            assert not dashboard.run().exception
        assert self.parts >= len(dashboards), "something refreshes by itself"
        return Counter(self.statements)

    def close(self) -> None:
        event.remove(self._engine, "before_cursor_execute", self._count)

    def _run(self, run: Callable[..., None], draw: Callable[[Actor], None], *, part: str, **more: Any) -> None:
        is_part = part != visitor.WHOLE_PAGE

        def counted(actor: Actor) -> None:
            before, self._is_in_part = self._is_in_part, is_part
            self.parts += is_part
            try:
                draw(actor)
            finally:
                self._is_in_part = before

        run(counted, part=part, **more)

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if self._is_in_part:
            self.statements.append(statement)


@pytest.fixture
def refreshes(world: DashboardWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[Refreshes]:
    counting = Refreshes(monkeypatch)
    yield counting
    counting.close()


def fill(world: DashboardWorld) -> None:
    """Something to see on every page: what waits, what runs, a batch, a pause, a worker."""
    world.add_user("second", Role.ADMIN)
    running = world.submit("ada", "On its way")
    assert wiring.get_task_store().take(running.id, worker_id="server-1:42:aa", claimed_ms=1_000) is not None
    for name in ("ada", "bob"):
        world.submit(name, "In line")
    wiring.get_pause_manager().pause(PauseScope.EVERYTHING, actor=world.actor("root"))
    beat(running.id)


def test_ten_readers_ask_no_more_than_one(world: DashboardWorld, refreshes: Refreshes) -> None:
    fill(world)
    dashboards = [world.open(as_=("root", "second")[number % 2]) for number in range(READERS)]
    for page in PAGES:
        for dashboard in dashboards:
            dashboard.switch_page(f"app_pages/{page}.py")
        by_one, by_all = refreshes.of(dashboards[:1]), refreshes.of(dashboards)
        assert by_one or page == "logs", "lines of the log come from Redis alone"
        assert by_all == by_one, page
