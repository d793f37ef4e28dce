"""`/metrics` for Prometheus, computed when it is asked for, from the database and the workers' signs of life.

It needs the token of an administrator: `Authorization: Bearer topn_…`. No figure names a user.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from http import HTTPStatus

import anyio.to_thread
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core import wiring
from core.errors import ServiceUnavailable
from core.queue.heartbeats import JSON
from core.queue.work_figures import Measure, cumulative
from core.store.ended_counts import FOR_GOOD
from core.task_state import FINAL_STATUSES, TaskStatus
from dashboard.bearer import bearer

logger = logging.getLogger(__name__)

POOL_STATES = ("idle", "busy", "waiting", "max")
HISTOGRAMS = {
    Measure.TASK_WAIT: (
        "topn_task_wait_seconds",
        "From the moment an article may go until a worker takes it for the first time.",
    ),
    Measure.PUBLISH_DURATION: (
        "topn_publish_duration_seconds",
        "From the taking of an article until it is online, of the attempt that brought it there.",
    ),
    Measure.BROWSER_LEASE_WAIT: (
        "topn_browser_lease_wait_seconds",
        "From asking for a browser until having one.",
    ),
}


class TopnCollector(Collector):
    """Reads everything once per scrape, and of a million finished articles only those that are new."""

    def collect(self) -> Iterator[Metric]:
        """Database first; what Redis knows is left out while it is away, and `topn_redis_up` says so."""
        counts = _counts()
        tasks = GaugeMetricFamily("topn_tasks", "Articles by state.", labels=["status"])
        finished = CounterMetricFamily("topn_tasks_finished", "Articles that came to an end.", labels=["status"])
        for status in TaskStatus:
            tasks.add_metric([status.value], counts[status])
            if status in FINAL_STATUSES:
                finished.add_metric([status.value], counts[status])
        yield from (tasks, finished)
        try:
            in_redis = [*_of_line(), *_of_workers(), *_of_work()]
        except ServiceUnavailable:
            in_redis = []
        yield GaugeMetricFamily("topn_redis_up", "Whether Redis answers.", value=int(bool(in_redis)))
        yield from in_redis


def _counts() -> dict[TaskStatus, int]:
    others = tuple(status for status in TaskStatus if status not in FOR_GOOD)
    return {**wiring.get_ended_counts().counts(), **wiring.get_task_queries().counts(statuses=others)}


def _of_line() -> Iterable[Metric]:
    line = wiring.get_fair_queue().stats()
    yield GaugeMetricFamily("topn_queue_waiting", "Articles in line.", value=line.waiting)
    yield GaugeMetricFamily("topn_queue_running", "Slots taken.", value=line.running)
    yield GaugeMetricFamily("topn_queue_users_ready", "Users whose turn may come.", value=line.ready_users)
    yield GaugeMetricFamily("topn_queue_users_held_back", "Users that must wait.", value=line.parked_users)


def _of_work() -> Iterable[Metric]:
    for measure, histogram in wiring.get_work_figures().read().items():
        name, words = HISTOGRAMS[measure]
        yield HistogramMetricFamily(name, words, buckets=cumulative(histogram.buckets), sum_value=histogram.sum_seconds)


def _of_workers() -> Iterable[Metric]:
    beats = wiring.get_heartbeats().all()
    browsers = GaugeMetricFamily("topn_browsers", "Browsers of all workers by state.", labels=["state"])
    pools = [beat.facts.get("pool") for beat in beats]
    for state in POOL_STATES:
        browsers.add_metric([state], sum(_figure(pool, state) for pool in pools))
    memory = sum(_figure(pool, "memory_bytes") for pool in pools)
    yield GaugeMetricFamily("topn_workers", "Worker processes alive.", value=len(beats))
    yield browsers
    yield GaugeMetricFamily("topn_browser_memory_bytes", "Memory of all browsers.", value=memory)


def _figure(pool: JSON, name: str) -> float:
    """Another version's worker may tell something else: that counts as nothing."""
    value = pool.get(name) if isinstance(pool, dict) else None
    return value if isinstance(value, int | float) else 0


def metrics_routes() -> list[Route]:
    """For `st.App`."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(TopnCollector())

    async def metrics(request: Request) -> Response:
        try:
            actor = await anyio.to_thread.run_sync(bearer, request.headers)
            if actor is None or not actor.is_admin:
                status = HTTPStatus.UNAUTHORIZED if actor is None else HTTPStatus.FORBIDDEN
                return PlainTextResponse("Send the token of an administrator.\n", status)
            body = await anyio.to_thread.run_sync(generate_latest, registry)
        except ServiceUnavailable as error:
            logger.warning("%s", error)
            return PlainTextResponse(f"{error.fact}\n", HTTPStatus.SERVICE_UNAVAILABLE)
        return Response(body, media_type=CONTENT_TYPE_LATEST)

    return [Route("/metrics", metrics)]
