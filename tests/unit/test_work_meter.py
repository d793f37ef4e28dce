"""What a process measures, until it is handed on."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest

from core.queue.work_figures import BOUNDS_SECONDS, Histogram, Measure, cumulative
from tasks.work_meter import WorkMeter


def test_buckets_hold_what_is_at_most_their_end() -> None:
    histogram = Histogram()
    for seconds in (0.0, 0.1, 0.11, 1800, 1801):
        histogram.observe(seconds)
    ends = dict(cumulative(histogram.buckets))
    assert (ends["0.1"], ends["0.25"], ends["1800.0"], ends["+Inf"]) == (2, 3, 4, 5)
    assert histogram.sum_seconds == pytest.approx(3601.21)


def test_the_buckets_reach_half_an_hour_and_beyond() -> None:
    assert list(BOUNDS_SECONDS) == sorted(BOUNDS_SECONDS)
    assert BOUNDS_SECONDS[-2:] == (1800, math.inf)


def test_what_is_taken_is_gone_and_comes_back_when_it_could_not_be_handed_on() -> None:
    meter = WorkMeter()
    meter.observe(Measure.TASK_WAIT, 3)
    meter.observe(Measure.TASK_WAIT, -1)
    with suppress(ConnectionError), meter.taken():
        meter.observe(Measure.TASK_WAIT, 4)
        raise ConnectionError
    with meter.taken() as measured:
        assert sum(measured[Measure.TASK_WAIT].buckets) == 3
        assert measured[Measure.TASK_WAIT].sum_seconds == 7
    with meter.taken() as measured:
        assert measured == {}
