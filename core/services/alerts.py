"""What is wrong with the service as a whole, and what of it concerns whom. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from core.errors import ServiceUnavailable
from core.lane import PauseScope
from core.queue.heartbeats import Heartbeat, Heartbeats
from core.services.doctor import MIN_DISK_MB
from core.store.database import Database
from core.store.outcome_figures import OutcomeFigures
from core.store.pauses import PauseStore
from core.store.records import Actor
from core.store.task_queries import TaskQueries
from core.task_state import TaskStatus

FAULTS_OVER = timedelta(hours=1)
MANY_ACCOUNTS = 3
"""The same failure on so many accounts is hardly the fault of one article."""


class AlertKind(StrEnum):
    """What can be wrong, the gravest first."""

    DATABASE_AWAY = "database_away"
    """Nothing can be handed in, published or shown."""
    REDIS_AWAY = "redis_away"
    """Nothing starts."""
    NOBODY_PUBLISHES = "nobody_publishes"
    """No worker has lived for a minute."""
    ALL_STOPPED = "all_stopped"
    """Somebody has stopped every worker."""
    ALL_QUIET = "all_quiet"
    """Every worker was told to take nothing new, and articles wait."""
    EVERYTHING_PAUSED = "everything_paused"
    """By `names`."""
    SITE_PAUSED = "site_paused"
    """Of the platforms `names`."""
    SAME_FAULT = "same_fault"
    """`number` accounts failed with the same kind of fault, `names`, within the last hour."""
    NEEDS_PERSON = "needs_person"
    """`number` articles go on only when a person has done something."""
    DISK_SHORT = "disk_short"
    """On the machines `names`."""
    MEMORY_SHORT = "memory_short"
    """On the machines `names`: no new browser starts there."""


FOR_ADMINS = frozenset({AlertKind.DISK_SHORT, AlertKind.MEMORY_SHORT})
"""Nobody else can do anything about them, nor need know the machines."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that is wrong. `is_urgent`: somebody has to do something now, on whichever page."""

    kind: AlertKind
    number: int = 0
    names: tuple[str, ...] = ()
    is_urgent: bool = True


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """How the service does, the same for everybody: read once for all who look."""

    is_database_well: bool = True
    is_redis_well: bool = True
    workers: int = 0
    quiet_workers: int = 0
    stopped_workers: int = 0
    was_worker_alive: bool = False
    """Whether any worker lived within the last minute."""
    has_waiting: bool = False
    """Whether any article may go now."""
    paused_by: tuple[str, ...] = ()
    """Who holds back everything."""
    paused_sites: tuple[str, ...] = ()
    faults: tuple[tuple[str, int], ...] = ()
    """Kind of fault → accounts, where these are many."""
    hosts_without_disk: tuple[str, ...] = ()
    hosts_without_memory: tuple[str, ...] = ()


class AlertViewer:
    """`health` may be kept for seconds and shared; `alerts` makes of it what this actor may know."""

    def __init__(
        self,
        db: Database,
        heartbeats: Callable[[], Heartbeats],
        stopped: Callable[[], Heartbeats],
        own_room: Callable[[], dict[str, Any]],
    ) -> None:
        """`own_room`: host and free disk of this machine, which need not be one that publishes."""
        self._heartbeats = heartbeats
        self._stopped = stopped
        self._own_room = own_room
        self._figures = OutcomeFigures(db)
        self._queries = TaskQueries(db)
        self._pauses = PauseStore(db)

    def health(self) -> ServiceHealth:
        """Looks at everything once. What cannot be asked is told as away, not raised."""
        try:
            pauses = self._pauses.general()
            known = ServiceHealth(
                has_waiting=self._queries.has_due(),
                paused_by=tuple(sorted({one.by for one in pauses if one.scope is PauseScope.EVERYTHING})),
                paused_sites=tuple(sorted({one.key for one in pauses if one.scope is PauseScope.PLATFORM})),
                faults=self._faults(),
            )
        except ServiceUnavailable:
            return ServiceHealth(is_database_well=False)
        try:
            beats, stopped = self._heartbeats().all(), self._stopped().all()
            was_alive = bool(beats) or self._heartbeats().were_alive_lately()
        except ServiceUnavailable:
            return replace(known, is_redis_well=False)
        rooms = [*(_room(beat) for beat in beats), self._own_room()]
        return replace(
            known,
            workers=len(beats),
            quiet_workers=sum(bool(beat.facts.get("quiet")) for beat in beats),
            stopped_workers=len(stopped),
            was_worker_alive=was_alive,
            hosts_without_disk=_short(rooms, "disk_free_mb", MIN_DISK_MB),
            hosts_without_memory=_short(rooms, "memory_free_mb", None),
        )

    def alerts(self, health: ServiceHealth, *, actor: Actor) -> list[Alert]:
        """The gravest first."""
        if not health.is_database_well:
            return [Alert(AlertKind.DATABASE_AWAY)]
        found = [
            *_of_workers(health),
            *_of_pauses(health),
            *_of_site(health),
            *self._of_persons(actor),
            *_of_machines(health),
        ]
        return [alert for alert in found if actor.is_admin or alert.kind not in FOR_ADMINS]

    def _faults(self) -> tuple[tuple[str, int], ...]:
        accounts: dict[str, set[int]] = {}
        for group in self._figures.failures(datetime.now(UTC) - FAULTS_OVER):
            accounts.setdefault(group.error_class, set()).update(group.accounts)
        many = [(name, len(concerned)) for name, concerned in accounts.items() if len(concerned) >= MANY_ACCOUNTS]
        return tuple(sorted(many, key=lambda fault: -fault[1]))

    def _of_persons(self, actor: Actor) -> list[Alert]:
        """An operator's own articles, an administrator's all."""
        only = None if actor.is_admin else actor.user_id or 0
        try:
            number = self._queries.counts(only, statuses=(TaskStatus.BLOCKED,))[TaskStatus.BLOCKED]
        except ServiceUnavailable:
            return [Alert(AlertKind.DATABASE_AWAY)]
        return [Alert(AlertKind.NEEDS_PERSON, number)] if number else []


def _of_workers(health: ServiceHealth) -> list[Alert]:
    """There are five cases:
    1. Redis is away: nobody can tell who publishes.
    2. A worker takes articles: all is well.
    3. Workers live, and all of them are quiet: somebody may have forgotten it.
    4. None lives, and one was stopped on purpose.
    5. None has lived for a minute.
    """
    if not health.is_redis_well:
        return [Alert(AlertKind.REDIS_AWAY)]
    if health.workers > health.quiet_workers:
        return []
    if health.workers:
        return [Alert(AlertKind.ALL_QUIET)] if health.has_waiting else []
    if health.stopped_workers:
        return [Alert(AlertKind.ALL_STOPPED, is_urgent=health.has_waiting)]
    return [] if health.was_worker_alive else [Alert(AlertKind.NOBODY_PUBLISHES, is_urgent=health.has_waiting)]


def _of_pauses(health: ServiceHealth) -> list[Alert]:
    """What was forgotten is noticed here; a pause that holds nothing up yet is no hurry."""
    kinds = ((AlertKind.EVERYTHING_PAUSED, health.paused_by), (AlertKind.SITE_PAUSED, health.paused_sites))
    return [Alert(kind, names=names, is_urgent=health.has_waiting) for kind, names in kinds if names]


def _of_site(health: ServiceHealth) -> list[Alert]:
    return [Alert(AlertKind.SAME_FAULT, number, (name,)) for name, number in health.faults]


def _of_machines(health: ServiceHealth) -> list[Alert]:
    kinds = (
        (AlertKind.DISK_SHORT, health.hosts_without_disk),
        (AlertKind.MEMORY_SHORT, health.hosts_without_memory),
    )
    return [Alert(kind, MIN_DISK_MB, hosts) for kind, hosts in kinds if hosts]


def _room(beat: Heartbeat) -> dict[str, Any]:
    room = beat.facts.get("room")
    return {**(room if isinstance(room, dict) else {}), "host": str(beat.facts.get("host", "?"))}


def _short(rooms: Sequence[dict[str, Any]], free: str, needed_mb: int | None) -> tuple[str, ...]:
    """The hosts that have less than they need. Another version's worker may tell nothing of it."""
    found = set()
    for room in rooms:
        has, needs = room.get(free), needed_mb if needed_mb is not None else room.get("memory_needed_mb")
        if isinstance(has, int | float) and isinstance(needs, int | float) and has < needs:
            found.add(str(room.get("host", "?")))
    return tuple(sorted(found))
