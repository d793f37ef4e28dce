"""The connection to MariaDB breaks around a COMMIT of a real worker: done and unheard, or never done. The worker reads
its row again and does nothing twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.ending import stop_and_check
from tests.chaos.scene import Scene
from tests.integration.store.cutting_proxy import Cut, CuttingProxy
from tests.servers.mariadb_server import MariaDbServer
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def lab(lab_on_mariadb: WorkerLab) -> WorkerLab:
    return lab_on_mariadb


@pytest.fixture
def proxy(mariadb_server: MariaDbServer, lab: WorkerLab) -> Iterator[CuttingProxy]:
    """Between the workers and MariaDB."""
    made = CuttingProxy(mariadb_server.port)
    direct = lab.environment["TOPN_DATABASE_URL"]
    lab.environment["TOPN_DATABASE_URL"] = direct.replace(f":{mariadb_server.port}/", f":{made.port}/")
    yield made
    lab.stop_programs()
    made.close()


@pytest.mark.fault("17")
@pytest.mark.parametrize("cut", [Cut.AFTER, Cut.BEFORE])
@pytest.mark.parametrize("kind", ["taken", "draft_created", "drafted", "submitting", "published"])
def test_around_this_commit_nothing_is_done_twice(lab: WorkerLab, proxy: CuttingProxy, kind: str, cut: Cut) -> None:
    proxy.arm(cut, holding=f"INSERT INTO task_events.*'{kind}'")
    scene = Scene(lab)
    worker = scene.worker()
    done, story = scene.at_rest(), lab.story(scene.task)
    assert proxy.has_cut
    assert (done.status, done.crash_count, done.retries_used) == ("published", 0, 0), story
    kinds = scene.kinds()
    assert [kinds.count(one) for one in ("draft_created", "drafted", "submitting", "published")] == [1] * 4, story
    # A take that was not committed goes back to the line, and is no attempt.
    assert (done.attempt, kinds.count("taken")) == (1, 1), story
    post = scene.post()
    assert (post["post_count"], post["publish_requests"], post["clicks"]) == (1, 1, 1)
    stop_and_check(lab, worker)
