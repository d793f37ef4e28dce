"""Says once that a service went away and once that it is back, however many threads notice."""

from __future__ import annotations

import threading

from core.errors import ServiceUnavailable
from core.telemetry import get_logger

DATABASE = "database"
REDIS = "Redis"
"""As `ServiceUnavailable` names them."""

logger = get_logger(__name__)


class ServiceWatch:
    """One per process, shared by the publishing threads and the background loops."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._away: set[str] = set()

    def went_away(self, error: ServiceUnavailable) -> None:
        """A call failed because of `error`."""
        with self._lock:
            is_news = error.service not in self._away
            self._away.add(error.service)
        if is_news:
            logger.warning("waiting for a service", service=error.service, reason=error.reason, remedy=error.remedy)

    def answered(self, *services: str) -> None:
        """A call went through that needs these services."""
        if not self._away:
            return
        with self._lock:
            back = self._away.intersection(services)
            self._away -= back
        for service in sorted(back):
            logger.info("the service is back", service=service)
