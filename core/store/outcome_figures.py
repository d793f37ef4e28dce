"""What became of articles lately: how many came online, how long they waited and took, and what failed why.

Everything is read by the index (status, finished_at, user_id): a count walks through the index alone, and of the rows
themselves so many are looked at as a percentile or a list needs, however many there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, union_all

from core.store.database import Database
from core.store.models import PublishTask
from core.store.percentiles import percentile
from core.task_state import TaskStatus

SAMPLE = 100
"""So many articles of one bar of a chart are looked at for its times, the last to end."""
MOST_FAILURES = 5_000
"""So many of the newest failures are told apart by reason."""

Stretch = tuple[datetime, datetime]
"""From the first moment on, up to but without the second."""


@dataclass(frozen=True, slots=True)
class Times:
    """Of the articles that came online in one stretch of time; None: there were none."""

    wait_p50_seconds: float | None = None
    wait_p95_seconds: float | None = None
    publish_p50_seconds: float | None = None
    publish_p95_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Failures:
    """Articles that failed for the same reason in the same words."""

    error_class: str
    message: str
    tasks: int
    accounts: frozenset[int]


class OutcomeFigures:
    """Of all users, or of one."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def published(self, since: datetime, user_id: int | None = None) -> int:
        """How many came online since then."""
        statement = select(func.count()).where(_ended(TaskStatus.PUBLISHED, since, None, user_id))
        with self._db.read() as connection:
            return connection.scalar(statement) or 0

    def published_in(self, stretches: Sequence[Stretch], user_id: int | None = None) -> list[int]:
        """How many came online in each stretch, in one question."""
        counts = [
            select(literal(place).label("place"), func.count().label("tasks")).where(
                _ended(TaskStatus.PUBLISHED, begin, end, user_id)
            )
            for place, (begin, end) in enumerate(stretches)
        ]
        with self._db.read() as connection:
            found = {row.place: row.tasks for row in connection.execute(union_all(*counts))}
        return [found[place] for place in range(len(stretches))]

    def times_in(self, stretches: Sequence[Stretch], user_id: int | None = None) -> list[Times]:
        """How long articles waited and took that came online in each stretch, in one question. Of the last `SAMPLE`
        of each."""
        samples = [_sample(place, begin, end, user_id) for place, (begin, end) in enumerate(stretches)]
        waits: dict[int, list[float]] = {}
        durations: dict[int, list[float]] = {}
        with self._db.read() as connection:
            for row in connection.execute(union_all(*samples)):
                waits.setdefault(row.place, []).append(waited_seconds(row.created_at, row.run_at, row.first_claimed_ms))
                taken = datetime.fromtimestamp((row.first_claimed_ms or 0) / 1000, UTC)
                durations.setdefault(row.place, []).append(max((row.finished_at - taken).total_seconds(), 0.0))
        return [_times(waits.get(place, []), durations.get(place, [])) for place in range(len(stretches))]

    def failures(self, since: datetime, user_id: int | None = None) -> list[Failures]:
        """What failed since then, the most frequent reason first."""
        statement = (
            select(PublishTask.error_class, PublishTask.error_message, PublishTask.account_id)
            .where(_ended(TaskStatus.FAILED, since, None, user_id))
            .order_by(PublishTask.finished_at.desc())
            .limit(MOST_FAILURES)
        )
        tasks: Counter[tuple[str, str]] = Counter()
        accounts: dict[tuple[str, str], set[int]] = {}
        with self._db.read() as connection:
            for row in connection.execute(statement):
                reason = (row.error_class or "", row.error_message or "")
                tasks[reason] += 1
                accounts.setdefault(reason, set()).add(row.account_id)
        return [Failures(*reason, number, frozenset(accounts[reason])) for reason, number in tasks.most_common()]

    def failed(self, since: datetime, user_id: int | None = None) -> int:
        """How many failed since then."""
        statement = select(func.count()).where(_ended(TaskStatus.FAILED, since, None, user_id))
        with self._db.read() as connection:
            return connection.scalar(statement) or 0


def waited_seconds(created_at: datetime, run_at: datetime | None, first_claimed_ms: int | None) -> float:
    """From the moment an article might go until a worker took it."""
    taken = datetime.fromtimestamp((first_claimed_ms or 0) / 1000, UTC)
    # A retry moves `run_at` behind the first start: then only the moment of handing in is known.
    begin = run_at if run_at is not None and created_at < run_at <= taken else created_at
    return max((taken - begin).total_seconds(), 0.0)


def _ended(status: TaskStatus, begin: datetime, end: datetime | None, user_id: int | None) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [PublishTask.status == status, PublishTask.finished_at >= begin]
    if end is not None:
        conditions.append(PublishTask.finished_at < end)
    if user_id is not None:
        conditions.append(PublishTask.user_id == user_id)
    return and_(*conditions)


def _sample(place: int, begin: datetime, end: datetime, user_id: int | None) -> Select[Any]:
    newest = (
        select(PublishTask.created_at, PublishTask.run_at, PublishTask.first_claimed_ms, PublishTask.finished_at)
        .where(_ended(TaskStatus.PUBLISHED, begin, end, user_id))
        .order_by(PublishTask.finished_at.desc())
        .limit(SAMPLE)
        .subquery()
    )
    return select(literal(place).label("place"), newest)


def _times(waits: list[float], durations: list[float]) -> Times:
    waits.sort()
    durations.sort()
    return Times(
        percentile(waits, 0.5), percentile(waits, 0.95), percentile(durations, 0.5), percentile(durations, 0.95)
    )
