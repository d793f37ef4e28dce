"""Why articles wait, for a whole list at the price of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from core.errors import NotFound
from core.lane import AccountLimits, PauseScope
from core.queue.queue_stats import WaitReason
from core.services.csv_import import parse_csv
from core.store.records import Actor, Role
from tests.integration.services.service_world import ADMIN, ZONE, Services


@contextmanager
def counted_statements(services: Services) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(services.db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(services.db.engine, "before_cursor_execute", note)


def test_a_page_costs_as_many_questions_as_one_article(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    rows = "".join(f"title {number},x\n" for number in range(100))
    services.tasks.submit_batch(parse_csv(f"title,content\n{rows}".encode(), zone=ZONE), actor=ada)
    page = services.tasks.list(actor=ada)
    with counted_statements(services) as for_one:
        services.tasks.waits(page[:1], actor=ada)
    with counted_statements(services) as for_all:
        assert len(services.tasks.waits(page, actor=ada)) == 100
    assert len(for_all) == len(for_one) == 2, "BEGIN and one question"


def test_the_reason_of_each_article(services: Services) -> None:
    _, ada, account = services.add_user("ada")
    _, bo, bos = services.add_user("bo")
    first, second = services.submit(ada, "first"), services.submit(ada, "second")
    other = services.submit(bo)
    cancelled = services.submit(bo, "cancelled")
    services.tasks.cancel(cancelled.id, actor=bo)
    services.limits.set_account(AccountLimits(account.id, gap_seconds=60), actor=ADMIN)
    until = datetime.now(UTC) + timedelta(hours=1)
    services.pauses.pause(PauseScope.ACCOUNT, str(bos.id), actor=bo, until=until)
    services.pauses.pause(PauseScope.USER, str(bos.user_id), actor=ADMIN, reason="the longer one")
    claim = services.queue.claim()
    assert claim is not None
    assert services.queue.claim() is None
    waits = services.tasks.waits(services.tasks.list(actor=ADMIN), actor=ADMIN)
    assert waits.keys() == {first.id, second.id, other.id}
    parked = waits[second.id].parked
    assert parked is not None
    assert (parked.reason, waits[second.id].pause) == (WaitReason.ACCOUNT_GAP, None)
    pause = waits[other.id].pause
    assert pause is not None
    assert (pause.by, pause.reason, pause.until, pause.is_of_site) == ("command line", "the longer one", None, False)
    with pytest.raises(NotFound):
        services.tasks.waits([second], actor=bo)


def test_a_paused_batch_is_the_reason_of_its_articles_alone(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    batch = services.tasks.submit_batch(parse_csv(b"title,content\none,x\n", zone=ZONE), actor=ada).batch_id
    alone = services.submit(ada, "alone")
    services.pauses.pause(PauseScope.BATCH, str(batch), actor=ada)
    waits = services.tasks.waits(services.tasks.list(actor=ada), actor=ada)
    assert waits[alone.id].pause is None
    assert sum(wait.pause is not None for wait in waits.values()) == 1


def test_about_when_its_turn_comes(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    started = [services.submit(ada, f"started {number}") for number in range(6)]
    waiting = [services.submit(ada, f"waiting {number}") for number in range(3)]
    assert services.tasks.wait_facts(waiting[2], actor=ada).starts_about is None
    for number, task in enumerate(started):
        services.queue.remove(task.id, task.user_id, task.account_id)
        assert services.store.take(task.id, worker_id="w:1:a", claimed_ms=1_000_000 + number * 30_000)
    facts = services.tasks.wait_facts(waiting[2], actor=ada)
    assert (facts.ahead, services.tasks.wait_facts(waiting[0], actor=ada).starts_about) == (2, None)
    assert facts.starts_about is not None
    assert 50 < (facts.starts_about - datetime.now(UTC)).total_seconds() <= 60


def test_who_paused_what_is_nobody_elses_business(services_on_both: Services) -> None:
    services = services_on_both
    scopes = (PauseScope.USER, PauseScope.ACCOUNT, PauseScope.BATCH)
    # Ids of another kind that are the same number must not be mistaken for one's own.
    services.users.add("first", actor=ADMIN)
    things: dict[str, dict[PauseScope, str]] = {}
    for name in ("ada", "bob"):
        user, actor, account = services.add_user(name)
        batch = services.tasks.submit_batch(parse_csv(b"title,content\none,x\n", zone=ZONE), actor=actor).batch_id
        things[name] = dict(zip(scopes, (str(user.id), str(account.id), str(batch)), strict=True))
        for scope, key in things[name].items():
            services.pauses.pause(scope, key, actor=actor, reason=f"{name}'s reason")
    services.pauses.pause(PauseScope.EVERYTHING, actor=ADMIN)
    services.pauses.pause(PauseScope.PLATFORM, "zhihu", actor=ADMIN)
    bob = Actor("bob", Role.OPERATOR, int(things["bob"][PauseScope.USER]))
    seen = services.tasks.queue_stats(actor=bob).pauses
    assert {(pause.scope, pause.key) for pause in seen} == {
        *things["bob"].items(),
        (PauseScope.EVERYTHING, ""),
        (PauseScope.PLATFORM, "zhihu"),
    }
    assert len(services.tasks.queue_stats(actor=ADMIN).pauses) == 8
