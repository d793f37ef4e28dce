"""The places of a supervisor whose workers an administrator has stopped: shown in Redis, and filled again when
somebody says so."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from core.errors import ServiceUnavailable
from core.queue.heartbeats import BEAT_SECONDS, TTL_SECONDS, Heartbeats, OrderKind, WorkerOrder
from core.telemetry import get_logger
from tasks.background_loop import BackgroundLoop
from tasks.service_watch import REDIS, ServiceWatch
from tasks.worker_process import WorkerProcess

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StoppedPlace:
    """A place that stays empty. `order` None: nobody knows any more who wanted it so."""

    place: WorkerProcess
    order: WorkerOrder | None


class StoppedPlaces(BackgroundLoop):
    """One per supervisor. `worker_id`: of the worker that was stopped, under which its place is known from then on."""

    def __init__(self, heartbeats: Callable[[], Heartbeats], watch: ServiceWatch) -> None:
        super().__init__("stopped-places", BEAT_SECONDS, watch)
        self._heartbeats = heartbeats
        self._places: dict[str, StoppedPlace] = {}

    def keep(self, place: WorkerProcess, order: WorkerOrder | None) -> None:
        """Its worker has ended as it was told to."""
        place.is_kept_empty = True
        self._places[place.worker_id] = StoppedPlace(place, order)

    def tick(self) -> Collection[str]:
        """Say which places are empty, and look whether one is to be filled."""
        for worker_id, stopped in list(self._places.items()):
            order = self._heartbeats().beat(worker_id, _facts(stopped), TTL_SECONDS)
            if order is not None and order.kind is OrderKind.START:
                self._heartbeats().forget(worker_id)
                del self._places[worker_id]
                logger.warning("a stopped worker is started again", place=stopped.place.index, by=order.by)
                stopped.place.is_kept_empty = False
        return (REDIS,) if self._places else ()

    def stop(self, timeout: float = 10.0) -> None:
        """The supervisor ends: nobody can fill these places any more."""
        super().stop(timeout)
        for worker_id in self._places:
            # It runs out by itself.
            with suppress(ServiceUnavailable):
                self._heartbeats().forget(worker_id)


def _facts(stopped: StoppedPlace) -> dict[str, Any]:
    order = stopped.order
    return {
        "host": socket.gethostname(),
        "pid": int(stopped.place.worker_id.split(":")[1]),
        "supervisor_pid": os.getpid(),
        "browsers": stopped.place.drivers,
        "by": order.by if order else None,
        "since": order.at if order else None,
    }
