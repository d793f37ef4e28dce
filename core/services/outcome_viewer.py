"""What became of articles lately, and what still has to become something. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.store.database import Database
from core.store.outcome_figures import Failures, OutcomeFigures, Times
from core.store.records import Actor
from core.store.task_queries import TaskQueries
from core.task_state import OPEN_STATUSES, TaskStatus


@dataclass(frozen=True, slots=True)
class Outcomes:
    """`unfinished`: how many are in each state that is not an end."""

    unfinished: dict[TaskStatus, int]
    published: int
    failed: int


@dataclass(frozen=True, slots=True)
class Trend:
    """How it went in each stretch of time, which `begins` then: how many came online, and their times."""

    begins: tuple[datetime, ...]
    published: tuple[int, ...]
    times: tuple[Times, ...]


class OutcomeViewer:
    """An operator sees its own, an administrator everything."""

    def __init__(self, db: Database) -> None:
        self._queries = TaskQueries(db)
        self._figures = OutcomeFigures(db)

    def outcomes(self, since: datetime, *, actor: Actor) -> Outcomes:
        """What ended since then, and what has not ended."""
        only = _only(actor)
        return Outcomes(
            unfinished=self._queries.counts(only, statuses=tuple(OPEN_STATUSES)),
            published=self._figures.published(since, only),
            failed=self._figures.failed(since, only),
        )

    def failures(self, since: datetime, *, actor: Actor) -> tuple[Failures, ...]:
        """What failed since then by reason, the most frequent first."""
        return tuple(self._figures.failures(since, _only(actor)))

    def trend(self, begin: datetime, stretch: timedelta, number: int, *, actor: Actor) -> Trend:
        """So many stretches of time from `begin` on, also those in which nothing came online."""
        begins = [begin + place * stretch for place in range(number)]
        stretches = [(moment, moment + stretch) for moment in begins]
        return Trend(
            begins=tuple(begins),
            published=tuple(self._figures.published_in(stretches, _only(actor))),
            times=tuple(self._figures.times_in(stretches, _only(actor))),
        )


def _only(actor: Actor) -> int | None:
    return None if actor.is_admin else actor.user_id or 0
