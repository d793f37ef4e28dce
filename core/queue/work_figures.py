"""How long things took, counted in buckets by all workers together. They add what they measured with each sign of
life; `/metrics` reads the sums, whose number does not grow with the articles."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from redis import Redis

from core.queue.redis_client import LineDamaged, guarded

BOUNDS_SECONDS: tuple[float, ...] = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, math.inf)
"""Upper ends of the buckets, up to half an hour and beyond."""
SUM = "sum"


class Measure(StrEnum):
    """What is measured."""

    TASK_WAIT = "task_wait"
    """From the moment an article may go until a worker takes it for the first time."""
    PUBLISH_DURATION = "publish_duration"
    """From the taking of an article until it is online, of the attempt that brought it there."""
    BROWSER_LEASE_WAIT = "browser_lease_wait"
    """From asking for a browser until having one."""


@dataclass(slots=True)
class Histogram:
    """Counts of one measure: in each bucket alone, not of all below it."""

    buckets: list[int] = field(default_factory=lambda: [0] * len(BOUNDS_SECONDS))
    sum_seconds: float = 0.0

    def observe(self, seconds: float) -> None:
        """One more."""
        self.buckets[bisect_left(BOUNDS_SECONDS, seconds)] += 1
        self.sum_seconds += seconds


Histograms = Mapping[Measure, Histogram]


class WorkFigures:
    """One hash in Redis. When Redis is flushed it begins anew, as counters may."""

    def __init__(self, redis: Redis, *, prefix: str) -> None:
        self._redis = redis
        self._name = f"{prefix}figures"

    def add(self, measured: Histograms) -> None:
        """In one round trip. Raises ServiceUnavailable: then none or all of it was added."""
        try:
            self._add(measured)
        except LineDamaged:
            # Somebody has put something else under this name: begin anew.
            with guarded(self._redis):
                self._redis.delete(self._name)
            self._add(measured)

    def _add(self, measured: Histograms) -> None:
        with guarded(self._redis), self._redis.pipeline(transaction=True) as pipe:
            for measure, histogram in measured.items():
                for place, number in enumerate(histogram.buckets):
                    if number:
                        pipe.hincrby(self._name, f"{measure}:{place}", number)
                if any(histogram.buckets):
                    pipe.hincrbyfloat(self._name, f"{measure}:{SUM}", histogram.sum_seconds)
            pipe.execute()

    def read(self) -> dict[Measure, Histogram]:
        """All measures, also those nobody has measured yet. Raises ServiceUnavailable."""
        with guarded(self._redis):
            found = cast("dict[str, str]", self._redis.hgetall(self._name))
        places = range(len(BOUNDS_SECONDS))
        return {
            measure: Histogram(
                [round(_number(found.get(f"{measure}:{place}"))) for place in places],
                _number(found.get(f"{measure}:{SUM}")),
            )
            for measure in Measure
        }


def cumulative(buckets: Sequence[int]) -> list[tuple[str, float]]:
    """As Prometheus takes them: upper end → how many up to it."""
    total, found = 0, []
    for bound, number in zip(BOUNDS_SECONDS, buckets, strict=True):
        total += number
        found.append(("+Inf" if math.isinf(bound) else str(float(bound)), float(total)))
    return found


def _number(text: str | None) -> float:
    try:
        number = float(text or 0)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0
