"""Sums of what all workers measured."""

from __future__ import annotations

from redis import Redis

from core.queue.work_figures import BOUNDS_SECONDS, Histogram, Measure, WorkFigures


def of(*seconds: float) -> Histogram:
    histogram = Histogram()
    for one in seconds:
        histogram.observe(one)
    return histogram


def test_the_sums_of_several_workers(redis: Redis) -> None:
    figures = WorkFigures(redis, prefix="p:")
    assert figures.read() == {measure: Histogram() for measure in Measure}
    figures.add({Measure.TASK_WAIT: of(1, 3), Measure.BROWSER_LEASE_WAIT: of(0.2)})
    WorkFigures(redis, prefix="p:").add({Measure.TASK_WAIT: of(3, 4000), Measure.PUBLISH_DURATION: of()})
    found = figures.read()
    assert found[Measure.TASK_WAIT] == of(1, 3, 3, 4000)
    assert found[Measure.BROWSER_LEASE_WAIT] == of(0.2)
    assert found[Measure.PUBLISH_DURATION] == Histogram()
    assert redis.hlen("p:figures") <= len(Measure) * (len(BOUNDS_SECONDS) + 1)


def test_what_somebody_planted_counts_as_nothing(redis: Redis) -> None:
    figures = WorkFigures(redis, prefix="")
    redis.hset("figures", mapping={"task_wait:0": "many", "task_wait:sum": "inf", "other": "1"})
    assert figures.read()[Measure.TASK_WAIT] == Histogram()
    figures.add({Measure.TASK_WAIT: of(1)})
    redis.set("figures", "no hash")
    figures.add({Measure.TASK_WAIT: of(2)})
    assert figures.read()[Measure.TASK_WAIT] == of(2)
