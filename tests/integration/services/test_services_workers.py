"""Telling workers what to do: which one is meant, and that it is on record."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput, NotFound
from core.queue.heartbeats import OrderKind
from tests.integration.services.service_world import ADMIN, Services

IDS = ("host-1:42:aa", "host-1:43:bb", "host-2:42:cc")


@pytest.fixture(autouse=True)
def beats(services: Services) -> None:
    for worker_id in IDS:
        services.heartbeats.beat(worker_id, {}, 30)


@pytest.mark.parametrize(("name", "meant"), [("host-1:42:aa", IDS[0]), ("host-2:42", IDS[2]), ("43", IDS[1])])
def test_a_worker_has_several_names(services: Services, name: str, meant: str) -> None:
    assert services.workers.quiet(name, actor=ADMIN).worker_id == meant
    told = {beat.worker_id: beat.order.kind for beat in services.heartbeats.all() if beat.order}
    assert told == {meant: OrderKind.QUIET}
    newest = services.audit.entries(limit=1)[0]
    assert (newest.action, newest.kind, newest.target) == ("worker.quiet", "worker", meant)


def test_a_name_that_fits_several_is_refused(services: Services) -> None:
    with pytest.raises(InvalidInput, match="host-1:42, host-2:42"):
        services.workers.stop("42", actor=ADMIN)
    assert all(beat.order is None for beat in services.heartbeats.all())


@pytest.mark.parametrize("name", ["host-1", "4", "", "host-3:42", "aa"])
def test_what_is_no_name(services: Services, name: str) -> None:
    with pytest.raises(NotFound):
        services.workers.stop(name, actor=ADMIN)


def test_only_a_stopped_one_can_be_started(services: Services) -> None:
    with pytest.raises(NotFound):
        services.workers.start(IDS[0], actor=ADMIN)
    services.stopped_workers.beat("host-1:41:dd", {}, 30)
    services.workers.start("host-1:41", actor=ADMIN)
    order = services.stopped_workers.order_of("host-1:41:dd")
    assert order is not None
    assert (order.kind, order.by) == (OrderKind.START, "command line")
