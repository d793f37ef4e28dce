"""What an administrator has told this worker process. It is kept here: Redis may forget it."""

from __future__ import annotations

from typing import Any

from core.queue.heartbeats import OrderKind, WorkerOrder
from core.telemetry import get_logger

EXIT_ORDERED = 76
"""A worker that was told to stop ends with this: its supervisor does not start another in its place."""

logger = get_logger(__name__)


class StandingOrders:
    """Asked by the publishing threads, told by the heartbeat."""

    def __init__(self) -> None:
        self._last: WorkerOrder | None = None
        self._quiet: WorkerOrder | None = None
        self._has_to_stop = False

    @property
    def is_quiet(self) -> bool:
        """Whether nothing new is taken."""
        return self._quiet is not None

    @property
    def has_to_stop(self) -> bool:
        """Whether this process is to end."""
        return self._has_to_stop

    def obey(self, order: WorkerOrder | None) -> bool:
        """Whether this was news."""
        if order is None or order == self._last:
            return False
        self._last = order
        match order.kind:
            case OrderKind.QUIET:
                self._quiet = self._quiet or order
                logger.warning("takes nothing new, as told", by=order.by)
            case OrderKind.RESUME:
                self._quiet = None
                logger.warning("takes articles again, as told", by=order.by)
            case OrderKind.STOP:
                self._has_to_stop = True
                logger.warning("stops, as told", by=order.by)
            case OrderKind.START:
                logger.info("runs already", by=order.by)
        return True

    def facts(self) -> dict[str, Any]:
        """For the sign of life: since when and by whom it is quiet, and which order it has seen."""
        quiet = self._quiet
        return {
            "quiet": None if quiet is None else {"by": quiet.by, "since": quiet.at},
            "obeyed_at": None if self._last is None else self._last.at,
        }
