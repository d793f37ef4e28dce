"""The reply to a COMMIT is lost: the row is read again by its fence, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.errors import CommitInDoubt, LeaseLost, ServiceUnavailable
from core.store.database import Database
from core.store.records import HeldTask
from core.store.task_store import TaskStore
from core.task_state import Checkpoint, TaskStatus
from tests.integration.store.cutting_proxy import Cut, CuttingProxy
from tests.integration.store.store_world import OTHER, WORKER, StoreWorld
from tests.servers.local_process import wait_until
from tests.servers.mariadb_server import MariaDbServer

pytestmark = pytest.mark.fault("17")


@pytest.fixture
def proxy(mariadb_server: MariaDbServer) -> Iterator[CuttingProxy]:
    made = CuttingProxy(mariadb_server.port)
    yield made
    made.close()


@pytest.fixture
def behind(mariadb_server: MariaDbServer, proxy: CuttingProxy) -> Iterator[StoreWorld]:
    """A world whose connections go through the proxy."""
    direct = mariadb_server.create_database("behind_proxy")
    made = StoreWorld(direct.replace(f":{mariadb_server.port}/", f":{proxy.port}/"))
    yield made
    made.db.close()
    mariadb_server.drop_database("behind_proxy")


def take(world: StoreWorld, task_id: int, worker_id: str = WORKER) -> HeldTask | None:
    return world.store.take(task_id, worker_id=worker_id, claimed_ms=1)


def test_take_that_was_committed_is_found_again(behind: StoreWorld, proxy: CuttingProxy) -> None:
    task_id = behind.add_task()
    proxy.arm(Cut.AFTER)
    held = take(behind, task_id)
    assert proxy.has_cut
    assert held is not None
    assert (held.fence, held.attempt) == (1, 1)
    assert behind.kinds(task_id) == ["handed_in", "taken"]
    behind.store.hand_back(held, "x")


def test_take_that_was_not_committed_is_not_claimed(behind: StoreWorld, proxy: CuttingProxy) -> None:
    task_id = behind.add_task()
    proxy.arm(Cut.BEFORE)
    with pytest.raises(ServiceUnavailable):
        take(behind, task_id)
    wait_until(lambda: behind.view(task_id).status == TaskStatus.WAITING, 10, "the server gave up the transaction")
    assert behind.kinds(task_id) == ["handed_in"]
    held = take(behind, task_id)
    assert held is not None
    assert held.attempt == 1


def test_take_by_another_thread_of_the_same_worker_is_not_mistaken_for_mine(
    behind: StoreWorld, proxy: CuttingProxy, mariadb_server: MariaDbServer
) -> None:
    """Same worker, same fence: only the mark of the take tells them apart."""
    direct = Database(behind.url.replace(f":{proxy.port}/", f":{mariadb_server.port}/"))
    other_thread = TaskStore(direct, lease_seconds=30)
    task_id = behind.add_task()
    winner: list[HeldTask | None] = []
    proxy.arm(Cut.BEFORE, meanwhile=lambda: winner.append(other_thread.take(task_id, worker_id=WORKER, claimed_ms=2)))
    with pytest.raises(ServiceUnavailable):
        take(behind, task_id)
    assert winner[0] is not None
    assert behind.store.held(task_id, winner[0].fence, WORKER) == winner[0]
    direct.close()


def test_submitting_is_found_again_by_its_fence(behind: StoreWorld, proxy: CuttingProxy) -> None:
    held = behind.drafted()
    proxy.arm(Cut.AFTER)
    with pytest.raises(ServiceUnavailable):
        behind.store.begin_submitting(held)
    now = behind.store.held(held.id, held.fence, held.worker_id)
    assert now is not None
    assert now.checkpoint is Checkpoint.SUBMITTING
    assert now.submitted_at is not None
    with pytest.raises(LeaseLost):
        behind.store.begin_submitting(held)


def test_a_finish_whose_reply_was_lost_stands(behind: StoreWorld, proxy: CuttingProxy) -> None:
    held = behind.submitting()
    proxy.arm(Cut.AFTER)
    with pytest.raises(ServiceUnavailable):
        behind.store.finish_published(held, "777", "https://x/777")
    wait_until(lambda: behind.view(held).status == TaskStatus.PUBLISHED, 10, "the finish is committed")
    with pytest.raises(LeaseLost):
        behind.store.finish_published(held, "777", "https://x/777")
    assert behind.kinds(held).count("published") == 1


def test_an_intake_that_was_committed_is_found_again(behind: StoreWorld, proxy: CuttingProxy) -> None:
    assert behind.account_id
    proxy.arm(Cut.AFTER)
    task_id = behind.add_task()
    assert proxy.has_cut
    assert [view.id for view in behind.queries.list()] == [task_id]
    assert take(behind, task_id, OTHER) is not None


def test_an_intake_that_was_not_committed_is_refused(behind: StoreWorld, proxy: CuttingProxy) -> None:
    assert behind.account_id
    proxy.arm(Cut.BEFORE)
    with pytest.raises(ServiceUnavailable) as refused:
        behind.add_task()
    assert not isinstance(refused.value, CommitInDoubt)
    assert behind.queries.list() == []
