"""What is told of the service's troubles, and to whom."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.lane import PauseScope
from core.queue.heartbeats import Heartbeats
from core.queue.redis_client import connect
from core.services.alerts import Alert, AlertKind, AlertViewer, ServiceHealth
from core.store.database import Database
from core.store.records import Actor, Role
from core.task_state import BlockReason
from tests.integration.services.service_world import ADMIN, Services
from tests.servers.local_process import free_port

WELL: dict[str, Any] = {
    "host": "host-1",
    "room": {"disk_free_mb": 9000, "memory_free_mb": 900, "memory_needed_mb": 300},
}
STRANGER = Actor("stranger", Role.OPERATOR, 99_999)


def told(services: Services, actor: Actor = ADMIN) -> list[Alert]:
    return services.alerts.alerts(services.alerts.health(), actor=actor)


def kinds(services: Services, actor: Actor = ADMIN) -> list[AlertKind]:
    return [alert.kind for alert in told(services, actor)]


def beat(services: Services, worker_id: str = "host-1:1:a", **facts: Any) -> None:
    services.heartbeats.beat(worker_id, {**WELL, **facts}, 30)


def fail(services: Services, name: str, error_class: str) -> None:
    """An article of a new user fails now."""
    _, actor, _ = services.add_user(name)
    held = services.store.take(services.submit(actor).id, worker_id="host:1:a", claimed_ms=int(time.time() * 1000))
    assert held is not None
    services.store.fail(held, error_class=error_class, message=f"of {name}")


def test_all_is_well(services: Services) -> None:
    beat(services)
    assert told(services) == []


def test_nobody_publishes_and_it_is_urgent_once_something_waits(services: Services) -> None:
    assert told(services) == [Alert(AlertKind.NOBODY_PUBLISHES, is_urgent=False)]
    _, ada, _ = services.add_user("ada")
    services.submit(ada)
    assert told(services) == told(services, ada) == [Alert(AlertKind.NOBODY_PUBLISHES)]
    beat(services)
    assert told(services) == []
    services.heartbeats.forget("host-1:1:a")
    assert told(services) == [], "a restart takes less than a minute"
    assert 50 < services.redis.ttl("workers:alive") <= 60
    services.redis.delete("workers:alive")
    assert kinds(services) == [AlertKind.NOBODY_PUBLISHES]


def test_what_is_scheduled_for_later_does_not_wait(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    services.submit(ada, run_at=datetime.now(UTC) + timedelta(days=1))
    assert told(services) == [Alert(AlertKind.NOBODY_PUBLISHES, is_urgent=False)]


def test_what_is_paused_for_everybody_is_told_to_everybody(services: Services) -> None:
    _, ada, account = services.add_user("ada")
    beat(services)
    for scope, key in ((PauseScope.USER, str(ada.user_id)), (PauseScope.ACCOUNT, str(account.id))):
        services.pauses.pause(scope, key, actor=ADMIN)
    assert told(services) == told(services, ada) == []
    services.pauses.pause(PauseScope.PLATFORM, "zhihu", actor=ADMIN)
    assert told(services) == [Alert(AlertKind.SITE_PAUSED, names=("zhihu",), is_urgent=False)]
    services.pauses.pause(PauseScope.EVERYTHING, actor=ADMIN)
    services.submit(ada)
    both = [Alert(AlertKind.EVERYTHING_PAUSED, names=(ADMIN.name,)), Alert(AlertKind.SITE_PAUSED, names=("zhihu",))]
    assert told(services) == told(services, STRANGER) == both
    services.pauses.resume(PauseScope.EVERYTHING, actor=ADMIN)
    services.pauses.resume(PauseScope.PLATFORM, "zhihu", actor=ADMIN)
    assert told(services) == []


def test_all_quiet_or_stopped(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    beat(services, quiet={"by": "root", "since": 1.0})
    assert told(services) == []
    services.submit(ada)
    assert kinds(services) == [AlertKind.ALL_QUIET]
    beat(services, "host-1:2:b")
    assert told(services) == []
    for worker_id in ("host-1:1:a", "host-1:2:b"):
        services.heartbeats.forget(worker_id)
        services.stopped_workers.beat(worker_id, {}, 30)
    assert kinds(services) == [AlertKind.ALL_STOPPED]


def test_the_same_fault_on_three_accounts(services: Services) -> None:
    beat(services)
    for name in ("ada", "bo"):
        fail(services, name, "PageChanged")
        fail(services, f"{name}2", "Rejected" if name == "ada" else "Crashed")
    assert told(services) == []
    fail(services, "cy", "PageChanged")
    assert told(services) == [Alert(AlertKind.SAME_FAULT, 3, ("PageChanged",))]
    assert kinds(services, STRANGER) == [AlertKind.SAME_FAULT]


def test_what_needs_a_person_is_each_ones_own(services: Services) -> None:
    beat(services)
    _, ada, _ = services.add_user("ada")
    for _number in range(2):
        held = services.store.take(services.submit(ada).id, worker_id="host:1:a", claimed_ms=1_000)
        assert held is not None
        services.store.block(held, BlockReason.NEEDS_HUMAN, error_class="NeedsHuman", message="A check.")
    assert told(services) == told(services, ada) == [Alert(AlertKind.NEEDS_PERSON, 2)]
    assert told(services, STRANGER) == []


def test_disk_and_memory_are_for_administrators(services: Services) -> None:
    beat(services, room={"disk_free_mb": 10, "memory_free_mb": 200, "memory_needed_mb": 300})
    beat(services, "host-2:1:b", host="host-2", room={"disk_free_mb": 999, "memory_free_mb": 400})
    beat(services, "host-3:1:c", host="host-3", room="of another version")
    assert told(services) == [
        Alert(AlertKind.DISK_SHORT, 1000, ("host-1", "host-2")),
        Alert(AlertKind.MEMORY_SHORT, 1000, ("host-1",)),
    ]
    assert told(services, STRANGER) == []


def test_redis_away(services: Services) -> None:
    with connect(f"redis://127.0.0.1:{free_port()}/0") as nowhere:
        away = Heartbeats(nowhere, prefix="")
        viewer = AlertViewer(services.db, lambda: away, lambda: away, dict)
        assert viewer.alerts(viewer.health(), actor=STRANGER) == [Alert(AlertKind.REDIS_AWAY)]


def test_the_database_away(services: Services) -> None:
    db = Database(f"mysql+pymysql://x:y@127.0.0.1:{free_port()}/z")
    viewer = AlertViewer(db, lambda: services.heartbeats, lambda: services.stopped_workers, dict)
    assert viewer.health() == ServiceHealth(is_database_well=False)
    assert viewer.alerts(viewer.health(), actor=STRANGER) == [Alert(AlertKind.DATABASE_AWAY)]
    assert viewer.alerts(ServiceHealth(workers=1), actor=ADMIN) == [Alert(AlertKind.DATABASE_AWAY)]
    db.close()


def test_what_it_costs_does_not_grow(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three questions to the database and four to Redis, however many workers and users there are."""
    for number in range(20):
        beat(services, f"host-{number}:1:a")
    asked: list[str] = []

    def counted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def count(*args: Any, **kwargs: Any) -> Any:
            asked.append(name)
            return call(*args, **kwargs)

        return count

    monkeypatch.setattr(services.db, "read", counted("db", services.db.read))
    monkeypatch.setattr(services.redis, "pipeline", counted("redis", services.redis.pipeline))
    services.alerts.health()
    assert asked.count("db") == 3
    assert asked.count("redis") == 2
