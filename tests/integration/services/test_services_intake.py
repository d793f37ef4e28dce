"""Handing in while the database is lost: what is in is never reported as refused, and what is on record happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.errors import CommitInDoubt, ServiceUnavailable
from core.services.csv_import import parse_csv
from core.store.records import Actor
from tests.integration.services.service_world import ADMIN, ZONE, Services
from tests.servers.lossy_database import LossyDatabase

HandIn = Callable[[Services, Actor], object]


def one(services: Services, actor: Actor) -> object:
    return services.submit(actor).public_id


def file(services: Services, actor: Actor) -> object:
    parsed = parse_csv(b"title,content,account\nOne,Text,main\nTwo,Text,main\n", zone=ZONE)
    return [task.public_id for task in services.tasks.submit_batch(parsed, actor=actor).tasks]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[LossyDatabase]:
    made = LossyDatabase(f"sqlite:///{tmp_path / 'lossy.sqlite3'}")
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def services(db: LossyDatabase, redis_client: Redis) -> Services:
    return Services(db, redis_client)


def stored(services: Services) -> list[str]:
    return [task.public_id for task in reversed(services.tasks.list(actor=ADMIN))]


def on_record(services: Services, action: str) -> int:
    return sum(entry.action == action for entry in services.audit.entries())


@pytest.mark.fault("17")
@pytest.mark.parametrize(("hand_in", "action"), [(one, "article.submit"), (file, "batch.submit")])
def test_accepted_although_the_answer_was_lost(
    services: Services, db: LossyDatabase, hand_in: HandIn, action: str
) -> None:
    _, ada, _ = services.add_user("ada")
    db.lose()
    accepted = hand_in(services, ada)
    assert accepted in (stored(services), *stored(services))
    assert on_record(services, action) == 1
    assert services.queue.stats().waiting == len(stored(services)), "they are in line"


@pytest.mark.fault("17")
def test_refused_if_it_was_not_committed(services: Services, db: LossyDatabase) -> None:
    _, ada, _ = services.add_user("ada")
    db.lose(is_committed=False)
    with pytest.raises(ServiceUnavailable) as refused:
        services.submit(ada)
    assert not isinstance(refused.value, CommitInDoubt)
    assert stored(services) == []
    assert on_record(services, "article.submit") == 0


def test_who_hands_in_is_told_when_nobody_can_tell(services: Services, db: LossyDatabase) -> None:
    _, ada, _ = services.add_user("ada")
    db.lose(writes=4)
    with pytest.raises(CommitInDoubt, match="may have been accepted: look for it before you hand it in again"):
        services.submit(ada)
    assert len(stored(services)) == 1


@pytest.mark.parametrize("hand_in", [one, file])
def test_nothing_is_accepted_that_cannot_be_put_on_record(
    services: Services, db: LossyDatabase, hand_in: HandIn
) -> None:
    _, ada, _ = services.add_user("ada")
    with db.write() as connection:
        connection.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'no room'); END")
        )
    with pytest.raises(DBAPIError, match="no room"):
        hand_in(services, ada)
    assert stored(services) == []
