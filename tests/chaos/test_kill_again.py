"""kill -9 of two workers in a row, of the supervisor while it hands on, and at moments that need the site's help."""

from __future__ import annotations

import os
import random
import signal
from typing import Any

import pytest

from core.task_state import BlockReason, TaskStatus
from tasks.failpoints import Failpoint
from tests.chaos.aftermath import Remains
from tests.chaos.crash_places import BEFORE_SUBMITTING, FROM_SUBMITTING_ON, crash_place
from tests.chaos.kill_matrix import is_plain
from tests.chaos.scene import Scene
from tests.practice_site.faults import Fault
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEED = 3
PAIRS = 3


def pairs() -> list[Any]:
    """Some of all pairs, always the same ones: as many whose first death comes before the click as after it."""
    rng = random.Random(SEED)  # noqa: S311  # chooses tests
    seconds = [where for where in Failpoint if crash_place(where).during is None]
    some = [
        pair
        for part in (BEFORE_SUBMITTING, FROM_SUBMITTING_ON)
        for pair in rng.sample([(one, two) for one in part if is_plain(crash_place(one)) for two in seconds], PAIRS)
    ]
    return [pytest.param(one, two, id=f"{one}-{two}") for one, two in some]


@pytest.mark.parametrize(("first", "second"), pairs())
def test_killed_twice_a_third_finishes(lab: WorkerLab, first: Failpoint, second: Failpoint) -> None:
    """The second comes to its place, or finds that the first was past it already and finishes."""
    scene = Scene(lab)
    scene.dies(first)
    scene.dies_or_finishes(second)
    done = scene.goes_on()
    assert done.status is TaskStatus.PUBLISHED, lab.story(scene.task)
    scene.check()
    assert scene.post()["publish_requests"] == 1
    assert done.crash_count <= len(scene.dead)


@pytest.mark.fault("11")
def test_killed_while_the_site_has_not_answered_the_click(lab: WorkerLab) -> None:
    scene = Scene(lab)
    lab.site.set_fault(Fault.PUBLISH_SLOW, scene.on_site, seconds=20)
    worker = scene.worker()

    def is_online_and_told() -> bool:
        """The page tells of its click by a connection of its own, which dies with the browser."""
        return [(draft["post_count"], draft["clicks"]) for draft in lab.site.drafts(scene.on_site)] == [(1, 1)]

    wait_until(is_online_and_told, 60, "it is online, and its click is counted")
    worker.kill()
    scene.is_killed(worker)
    assert scene.row.status is TaskStatus.RUNNING
    done = scene.goes_on()
    assert (done.status, done.crash_count) == (TaskStatus.PUBLISHED, 1), lab.story(scene.task)
    scene.check()
    assert (scene.post()["publish_requests"], scene.post()["clicks"]) == (1, 1)


@pytest.mark.fault("12")
@pytest.mark.parametrize(
    ("fault", "more", "status", "reason"),
    [
        (Fault.REFUSED, {}, TaskStatus.FAILED, None),
        (Fault.SESSION_EXPIRED_AFTER_OPEN, {}, TaskStatus.BLOCKED, BlockReason.NEEDS_LOGIN),
        (Fault.HTTP_ERROR, {"status": 502}, TaskStatus.RETRYING, None),
    ],
)
def test_killed_after_another_outcome_was_recorded(
    lab: WorkerLab, fault: Fault, more: dict[str, Any], status: TaskStatus, reason: BlockReason | None
) -> None:
    scene = Scene(lab)
    lab.site.set_fault(fault, scene.on_site, **more)
    scene.dies(Failpoint.AFTER_RECORD)
    assert (scene.row.status, scene.row.block_reason, scene.row.crash_count) == (status, reason, 0)
    if status is TaskStatus.RETRYING:
        # Nobody waits for the end of the back-off here.
        lab.store.reschedule(scene.task.id, None)
    done = scene.goes_on()
    assert done.status is (TaskStatus.PUBLISHED if status is TaskStatus.RETRYING else status), lab.story(scene.task)
    scene.check()
    assert (done.crash_count, len(lab.site.posts())) == (0, int(done.status is TaskStatus.PUBLISHED))


@pytest.mark.fault("15")
def test_the_supervisor_is_killed_while_it_hands_on(lab: WorkerLab) -> None:
    """The row of its dead worker waits, and the line still counts it as running."""
    scene = Scene(lab)
    scene.slow_site()
    options = ("run_workers.py", "--workers=1", "--drivers=1")
    supervisor = lab.run(*options, TOPN_FAILPOINT=f"{Failpoint.AFTER_RESCUE}:kill9:1")
    scene.wait_until_signed_in()
    (worker,) = lab.worker_processes()
    remains = Remains.of(lab, worker.pid)
    os.kill(worker.pid, signal.SIGKILL)
    scene.is_killed(supervisor)
    assert (scene.row.status, lab.queue.stats().running) == (TaskStatus.WAITING, 1)
    assert remains.left() == [], "a browser must not go on typing when the row is handed on"
    wait_until(lambda: lab.worker_processes() == [], 30, "no worker outlives its supervisor")
    lab.site.clear_faults()
    assert lab.run(*options, "--drain").wait(120) == 0, lab.output()
    scene.check()
    assert (scene.row.status, scene.row.crash_count) == (TaskStatus.PUBLISHED, 1), lab.story(scene.task)
