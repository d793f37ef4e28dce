"""What the threads of this process have measured since its last sign of life."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from core.queue.work_figures import Histogram, Histograms, Measure, WorkFigures
from tasks.background_loop import BackgroundLoop
from tasks.service_watch import REDIS, ServiceWatch

READ_SECONDS = 5.0


class WorkMeter:
    """One per process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._measured: dict[Measure, Histogram] = {}

    def observe(self, measure: Measure, seconds: float) -> None:
        """Something took so long. A clock that was set back counts as no time."""
        with self._lock:
            self._measured.setdefault(measure, Histogram()).observe(max(seconds, 0.0))

    @contextmanager
    def taken(self) -> Iterator[Histograms]:
        """What was measured so far, to be handed on. What goes wrong there brings it back."""
        with self._lock:
            measured, self._measured = self._measured, {}
        try:
            yield measured
        except BaseException:
            self._bring_back(measured)
            raise

    def _bring_back(self, measured: Histograms) -> None:
        with self._lock:
            for measure, histogram in measured.items():
                kept = self._measured.setdefault(measure, Histogram())
                kept.sum_seconds += histogram.sum_seconds
                kept.buckets = [one + other for one, other in zip(kept.buckets, histogram.buckets, strict=True)]


class MeterReader(BackgroundLoop):
    """Hands on what the meter shows. What Redis cannot take now is kept for the next round."""

    def __init__(self, meter: WorkMeter, figures: Callable[[], WorkFigures], watch: ServiceWatch) -> None:
        super().__init__("meter-reader", READ_SECONDS, watch)
        self._meter = meter
        self._figures = figures

    def tick(self) -> Collection[str]:
        """One round trip, and none when nothing was measured."""
        with self._meter.taken() as measured:
            if measured:
                self._figures().add(measured)
                return (REDIS,)
        return ()

    def stop(self, timeout: float = 10.0) -> None:
        """End; what was measured since the last round goes along."""
        super().stop(timeout)
        self._tick_safely()
