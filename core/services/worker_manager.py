"""Tells worker processes to be quiet, to go on, to stop, and to be started again. For administrators; on record."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from core.errors import Fault, InvalidInput, NotFound
from core.queue.heartbeats import Heartbeat, Heartbeats, OrderKind, WorkerOrder
from core.services.access import Access
from core.store.audit import AuditLog
from core.store.database import Database
from core.store.records import Actor
from core.store.users import UserStore


class WorkerManager:
    """A worker is named by its id, by host and process (`host:4711`) or, if that is clear, by the process alone.

    A worker sees what it is told within two seconds, at its next sign of life. Every call raises NotAllowed, NotFound,
    InvalidInput for a name that fits several, and ServiceUnavailable when Redis is away.
    """

    def __init__(self, db: Database, heartbeats: Callable[[], Heartbeats], stopped: Callable[[], Heartbeats]) -> None:
        self._heartbeats = heartbeats
        self._stopped = stopped
        self._access = Access(UserStore(db), AuditLog(db))

    def quiet(self, worker: str, *, actor: Actor) -> Heartbeat:
        """It takes nothing new and finishes what it holds."""
        return self._tell(self._heartbeats(), worker, OrderKind.QUIET, actor)

    def resume(self, worker: str, *, actor: Actor) -> Heartbeat:
        """It takes articles again."""
        return self._tell(self._heartbeats(), worker, OrderKind.RESUME, actor)

    def stop(self, worker: str, *, actor: Actor) -> Heartbeat:
        """It ends gracefully: what is submitted is finished, the rest goes back into line. Its supervisor leaves its
        place empty until it is told to start it again, or is started anew itself."""
        return self._tell(self._heartbeats(), worker, OrderKind.STOP, actor)

    def start(self, worker: str, *, actor: Actor) -> Heartbeat:
        """Fill the place of a stopped worker again. It is named as it was."""
        return self._tell(self._stopped(), worker, OrderKind.START, actor)

    def _tell(self, heartbeats: Heartbeats, worker: str, kind: OrderKind, actor: Actor) -> Heartbeat:
        self._access.require_admin(actor, f"worker.{kind}", "worker", worker, doing=f"{kind} a worker")
        beat = _named(worker, heartbeats.all())
        # On record first: what nobody can write down is not done.
        self._access.record(actor, f"worker.{kind}", "worker", beat.worker_id)
        heartbeats.give_order(beat.worker_id, WorkerOrder(kind, actor.name, time.time()))
        return beat


def _named(worker: str, beats: Sequence[Heartbeat]) -> Heartbeat:
    found = [beat for beat in beats if worker in _names(beat.worker_id)]
    if not found:
        raise NotFound("worker", worker)
    if len(found) > 1:
        names = ", ".join(":".join(beat.worker_id.split(":")[:2]) for beat in found)
        raise InvalidInput([Fault(worker, f"fits several workers: {names}.", "Name one of these.")])
    return found[0]


def _names(worker_id: str) -> tuple[str, ...]:
    host, _, rest = worker_id.partition(":")
    pid = rest.partition(":")[0]
    return worker_id, f"{host}:{pid}", pid
