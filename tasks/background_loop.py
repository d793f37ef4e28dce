"""The one shape of everything that runs beside the publishing threads: start, stop, _loop."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Collection

from core.errors import ServiceUnavailable
from core.telemetry import bind_facts, get_logger
from tasks.service_watch import ServiceWatch

logger = get_logger(__name__)


class BackgroundLoop(ABC):
    """Calls `tick` every `interval_seconds` in a thread of its own until stopped.

    A service that is away is logged once, and once more when it is back; any other error is logged each
    time. Neither ends the loop.
    """

    def __init__(self, name: str, interval_seconds: float, watch: ServiceWatch | None = None) -> None:
        self.name = name
        self.interval_seconds = interval_seconds
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)
        self._watch = watch or ServiceWatch()

    def start(self) -> None:
        """Begin. Once only."""
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """End after the current tick; wait at most `timeout` seconds for it."""
        self.stopping.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    @abstractmethod
    def tick(self) -> Collection[str]:
        """One round of work. The names of the services that have answered."""

    def _loop(self) -> None:
        bind_facts(loop=self.name)
        while not self.stopping.is_set():
            started = time.monotonic()
            self._tick_safely()
            self.stopping.wait(max(0.0, self.interval_seconds - (time.monotonic() - started)))

    def _tick_safely(self) -> None:
        try:
            services = self.tick()
        except ServiceUnavailable as error:
            self._watch.went_away(error)
        except Exception:
            # The edge of a loop: whatever went wrong, the next round must come.
            logger.exception("a round failed")
        else:
            self._watch.answered(*services)
