"""What pages show alike to many, each read once for all who may see it: thirty open dashboards ask no more often than
one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core import wiring
from core.errors import ServiceUnavailable
from core.services.alerts import Alert, ServiceHealth
from core.services.limit_manager import UserStanding
from core.services.log_viewer import LogFilter, LogPage
from core.services.outcome_viewer import Outcomes
from core.services.queue_viewer import LineView
from core.services.worker_viewer import StoppedWorker, WorkerView
from core.store.batch_queries import BatchView
from core.store.pauses import PauseView
from core.store.queue_figures import Waits
from core.store.records import AccountView, Actor, TaskView
from core.task_state import TaskStatus
from dashboard.languages import sayer
from dashboard.shared_figures import shared
from dashboard.task_states import describe_all
from dashboard.visitor import REFRESH_SECONDS

FRESH_SECONDS = REFRESH_SECONDS - 0.1
"""A little less, so that every refresh may tell something new."""
SLOW_SECONDS = 10.0
"""Of figures about the last hour, which cost more to read and hardly change."""


@dataclass(frozen=True, slots=True)
class AccountsNow:
    """Accounts by rising id, and what is known beside each, by its id."""

    accounts: tuple[AccountView, ...]
    tasks: Mapping[int, Mapping[TaskStatus, int]]
    """How many of its articles have not ended, in each state."""
    ends: Mapping[int, datetime]
    """When its sign-in ends, where its cookies tell it."""


@dataclass(frozen=True, slots=True, eq=False)
class WorkerReading:
    """What one look at the workers told. It equals itself alone: what is made of it is made anew from the next."""

    workers: list[WorkerView] | None


def reader(actor: Actor) -> Actor:
    """In whose name shared figures are read: all administrators see the same, everybody else its own."""
    return Actor.system() if actor.is_admin else actor


def states(tasks: Sequence[TaskView], who: Actor, code: str, zone: str) -> tuple[str, ...]:
    """In the words of this language and the time of this zone. Not shared: what asks for it is."""
    return tuple(state.words for state in describe_all(tasks, who, zone=ZoneInfo(zone), say=sayer(code)))


@shared(FRESH_SECONDS)
def outcomes(who: Actor, since: datetime) -> Outcomes:
    """What ended since then, and what has not ended."""
    return wiring.get_outcome_viewer().outcomes(since, actor=who)


@shared(FRESH_SECONDS)
def worker_reading(who: Actor) -> WorkerReading:
    """What the workers do now."""
    try:
        return WorkerReading(wiring.get_worker_viewer().workers(actor=who))
    except ServiceUnavailable as error:
        if not error.service.endswith("Redis"):
            raise
        return WorkerReading(None)


def workers(who: Actor) -> list[WorkerView] | None:
    """None: Redis is away, so that nobody can tell."""
    return worker_reading(who).workers


@shared(FRESH_SECONDS)
def stopped_workers(who: Actor) -> list[StoppedWorker]:
    """Whose place is empty on purpose."""
    return wiring.get_worker_viewer().stopped(actor=who)


@shared(FRESH_SECONDS)
def line(who: Actor) -> LineView:
    """How it stands for each user."""
    return wiring.get_queue_viewer().line(actor=who)


@shared(SLOW_SECONDS)
def waits(who: Actor) -> Waits:
    """How long articles had waited before they were taken."""
    return wiring.get_queue_viewer().waits(actor=who)


@shared(FRESH_SECONDS)
def pauses(who: Actor) -> list[PauseView]:
    """What is held back, of what concerns them."""
    return wiring.get_queue_viewer().pauses(actor=who)


@shared(FRESH_SECONDS)
def standings(who: Actor) -> list[UserStanding]:
    """All users, against their limits."""
    return wiring.get_limit_manager().everybody(actor=who)


@shared(FRESH_SECONDS)
def accounts(who: Actor) -> AccountsNow:
    """All accounts, with what waits for each."""
    found = wiring.get_account_manager().list(actor=who)
    return AccountsNow(tuple(found), _open_by_account(who), wiring.get_account_manager().ends(found, actor=who))


@shared(SLOW_SECONDS)
def _open_by_account(who: Actor) -> Mapping[int, Mapping[TaskStatus, int]]:
    """Of a million articles it takes longer to count than all else on a page."""
    return wiring.get_task_lists().open_by_account(wiring.get_account_manager().list(actor=who), actor=who)


@shared(FRESH_SECONDS)
def batch(batch_id: int, who: Actor) -> BatchView:
    """One batch on its way. Raises NotFound."""
    return wiring.get_batch_viewer().get(batch_id, actor=who)


@shared(FRESH_SECONDS)
def batches(number: int, size: int, who: Actor) -> tuple[BatchView, ...]:
    """A page of batches, the newest first."""
    return tuple(wiring.get_batch_viewer().recent(actor=who, number=number, size=size))


@shared(FRESH_SECONDS)
def batch_count(who: Actor) -> int:
    """How many batches there are in all."""
    return wiring.get_batch_viewer().count(actor=who)


@shared(FRESH_SECONDS)
def logs(wanted: LogFilter, who: Actor, before: str | None, size: int) -> LogPage:
    """A page of the workers' lines."""
    return wiring.get_log_viewer().page(wanted, actor=who, before=before, size=size)


@shared(FRESH_SECONDS)
def health() -> ServiceHealth:
    """How the service does, the same for everybody."""
    return wiring.get_alert_viewer().health()


@shared(FRESH_SECONDS)
def alerts(who: Actor) -> list[Alert]:
    """What is wrong, of what concerns them."""
    return wiring.get_alert_viewer().alerts(health(), actor=who)
