"""Who publishes: the worker processes, what their threads do now, and their browsers. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from core.queue.heartbeats import TTL_SECONDS, Heartbeat, Heartbeats, OrderKind
from core.services.access import Access
from core.store.audit import AuditLog
from core.store.database import Database
from core.store.records import Actor, TaskView
from core.store.task_pages import TaskPages
from core.store.users import UserStore


@dataclass(frozen=True, slots=True)
class BusyThread:
    """`task` None: somebody else's article."""

    task: TaskView | None
    step_seconds: float


@dataclass(frozen=True, slots=True)
class BrowserPool:
    """The browsers of one process, or of all."""

    max: int = 0
    idle: int = 0
    busy: int = 0
    waiting: int = 0
    created: int = 0
    retired: dict[str, int] = field(default_factory=dict)
    """How many ended, by reason."""
    wait_p50_seconds: float = 0.0
    wait_p95_seconds: float = 0.0
    memory_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody wanted of a worker."""

    kind: OrderKind
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkerView:
    """One process. `silent_seconds`: since its last sign of life. `quiet`: since when and by whom it takes nothing
    new. `pending`: what it was told and has not seen yet."""

    worker_id: str
    host: str
    pid: int
    state: str
    started_at: datetime
    silent_seconds: float
    threads: tuple[BusyThread, ...]
    pool: BrowserPool
    is_supervised: bool = False
    quiet: Told | None = None
    pending: Told | None = None


@dataclass(frozen=True, slots=True)
class StoppedWorker:
    """A place that stays empty because somebody stopped its worker. `stopped` None: nobody knows who. `pending`: it
    is about to be filled again."""

    worker_id: str
    host: str
    pid: int
    browsers: int
    stopped: Told | None
    pending: Told | None


class WorkerViewer:
    """Everybody may see how the service does; which article a thread works at, only its owner and administrators."""

    def __init__(self, db: Database, heartbeats: Callable[[], Heartbeats], stopped: Callable[[], Heartbeats]) -> None:
        self._heartbeats = heartbeats
        self._stopped = stopped
        self._pages = TaskPages(db)
        self._access = Access(UserStore(db), AuditLog(db))

    def workers(self, *, actor: Actor) -> list[WorkerView]:
        """Every living process. Raises ServiceUnavailable when Redis is away."""
        beats = self._heartbeats().all()
        ids = [thread["task_id"] for beat in beats for thread in _threads(beat)]
        tasks = {task.id: task for task in self._pages.by_ids(ids) if self._access.may_see(actor, task.user_id)}
        return [_worker(beat, tasks) for beat in beats]

    def stopped(self, *, actor: Actor) -> list[StoppedWorker]:
        """Whose place is empty on purpose. Raises ServiceUnavailable."""
        return [_stopped(beat) for beat in self._stopped().all()]


def sum_of(pools: list[BrowserPool]) -> BrowserPool:
    """All processes together; of the waits the longest, as percentiles cannot be added."""
    retired: dict[str, int] = {}
    for pool in pools:
        for reason, number in pool.retired.items():
            retired[reason] = retired.get(reason, 0) + number
    return BrowserPool(
        max=sum(pool.max for pool in pools),
        idle=sum(pool.idle for pool in pools),
        busy=sum(pool.busy for pool in pools),
        waiting=sum(pool.waiting for pool in pools),
        created=sum(pool.created for pool in pools),
        retired=retired,
        wait_p50_seconds=max((pool.wait_p50_seconds for pool in pools), default=0.0),
        wait_p95_seconds=max((pool.wait_p95_seconds for pool in pools), default=0.0),
        memory_bytes=sum(pool.memory_bytes for pool in pools),
    )


def _threads(beat: Heartbeat) -> list[dict[str, Any]]:
    threads: Any = beat.facts.get("threads", [])
    return [thread for thread in threads if isinstance(thread, dict) and "task_id" in thread]


def _worker(beat: Heartbeat, tasks: dict[int, TaskView]) -> WorkerView:
    facts: dict[str, Any] = dict(beat.facts)
    pool = facts.get("pool") or {}
    return WorkerView(
        worker_id=beat.worker_id,
        host=str(facts.get("host", "?")),
        pid=int(facts.get("pid", 0)),
        state=str(facts.get("state", "running")),
        started_at=datetime.fromtimestamp(float(facts.get("started_at", 0)), UTC),
        silent_seconds=max(TTL_SECONDS - beat.expires_in_seconds, 0.0),
        threads=tuple(
            BusyThread(tasks.get(thread["task_id"]), float(thread.get("step_seconds", 0))) for thread in _threads(beat)
        ),
        pool=BrowserPool(
            max=pool.get("max", 0),
            idle=pool.get("idle", 0),
            busy=pool.get("busy", 0),
            waiting=pool.get("waiting", 0),
            created=pool.get("created", 0),
            retired=pool.get("retired", {}),
            wait_p50_seconds=pool.get("lease_wait_p50_seconds", 0.0),
            wait_p95_seconds=pool.get("lease_wait_p95_seconds", 0.0),
            memory_bytes=pool.get("memory_bytes", 0),
        ),
        is_supervised=bool(facts.get("is_supervised")),
        quiet=_told(OrderKind.QUIET, facts.get("quiet")),
        pending=_pending(beat, facts.get("obeyed_at")),
    )


def _stopped(beat: Heartbeat) -> StoppedWorker:
    facts: dict[str, Any] = dict(beat.facts)
    return StoppedWorker(
        worker_id=beat.worker_id,
        host=str(facts.get("host", "?")),
        pid=int(facts.get("pid", 0)),
        browsers=int(facts.get("browsers", 0)),
        stopped=_told(OrderKind.STOP, facts),
        pending=_pending(beat, None),
    )


def _told(kind: OrderKind, facts: Any) -> Told | None:
    """From what a sign of life says of it."""
    if not isinstance(facts, dict) or not facts.get("since"):
        return None
    return Told(kind, str(facts.get("by")), datetime.fromtimestamp(float(facts["since"]), UTC))


def _pending(beat: Heartbeat, obeyed_at: float | None) -> Told | None:
    order = beat.order
    if order is None or order.at == obeyed_at:
        return None
    return Told(order.kind, order.by, datetime.fromtimestamp(order.at, UTC))


def running_for(worker: WorkerView) -> timedelta:
    """Since its start, by this machine's clock."""
    return datetime.now(UTC) - worker.started_at
