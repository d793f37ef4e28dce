"""A cancel in each moment of an attempt: what the worker makes of it."""

from __future__ import annotations

import threading

import pytest

from core.browser.webdriver_pool import WebDriverPool
from core.errors import TooLate
from core.store.records import TaskView
from core.task_state import TaskStatus
from tests.servers.local_process import wait_until
from tests.servers.worker_desk import WorkerDesk
from tests.servers.worker_lab import WorkerLab

pytestmark = pytest.mark.browser


@pytest.fixture
def task(ground: WorkerLab) -> TaskView:
    return ground.submit(ground.bare_account())


@pytest.mark.fault("25")
def test_a_cancel_before_the_click_wins(desk: WorkerDesk, task: TaskView) -> None:
    def cancelled_meanwhile(draft_id: str | None) -> None:
        desk.lab.store.cancel(task.id)

    desk.platform.on_write = cancelled_meanwhile
    assert desk.publish(task).status is TaskStatus.CANCELLED
    assert desk.platform.clicks == 0


@pytest.mark.fault("25")
def test_a_cancel_after_the_click_came_too_late(desk: WorkerDesk, task: TaskView) -> None:
    def too_late() -> None:
        with pytest.raises(TooLate, match="being submitted just now"):
            desk.lab.store.cancel(task.id)

    desk.platform.on_submit = too_late
    assert desk.publish(task).status is TaskStatus.PUBLISHED


def test_a_cancel_while_it_waits_for_a_browser_counts(
    ground: WorkerLab, task: TaskView, browsers: WebDriverPool
) -> None:
    desk = WorkerDesk(ground, browsers, lease_wait_seconds=60)
    desk.keeper.start()

    def cancel() -> None:
        wait_until(lambda: ground.status(task) is TaskStatus.RUNNING, 30, "it is running")
        ground.store.cancel(task.id)

    canceller = threading.Thread(target=cancel)
    canceller.start()
    with browsers.lease(999, timeout=30):
        row = desk.publish(task)
    canceller.join(30)
    desk.keeper.stop()
    assert (row.status, desk.platform.drafts) == (TaskStatus.CANCELLED, 0)
