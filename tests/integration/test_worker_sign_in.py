"""What the timeline says about a sign-in: no more than the site has proved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.browser.webdriver_pool import WebDriverPool
from core.errors import NeedsLogin
from core.store.records import AccountState, TaskView
from core.task_state import BlockReason, TaskStatus
from tasks.held_row import HeldRow
from tasks.outcome import AttemptEnd
from tests.servers.worker_desk import WORKER_ID, WorkerDesk
from tests.servers.worker_lab import WorkerLab

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(ground: WorkerLab, tmp_path: Path) -> Iterator[WorkerDesk]:
    pool = WebDriverPool(1, worker_id=WORKER_ID, run_dir=tmp_path / "run", min_free_memory_mb=0, warm_contexts=1)
    yield WorkerDesk(ground, pool)
    pool.close(10)


def is_kept(lab: WorkerLab, task: TaskView) -> list[bool]:
    events = lab.queries.events(task.id)
    return [event.detail["is_kept"] for event in events if event.detail.get("step") == "signed_in"]


def test_a_sign_in_is_told_only_when_the_site_was_asked(desk: WorkerDesk, ground: WorkerLab) -> None:
    """A warm context is not asked: its session may have ended since, as the next step finds."""
    account = ground.bare_account()
    first, second = ground.submit(account), ground.submit(account)
    desk.publish(first)
    assert is_kept(ground, first) == [False]

    def signed_out(*_: object) -> None:
        raise NeedsLogin("The site no longer knows this account.")

    desk.platform.on_write = signed_out
    after = desk.publish(second)
    assert after.block_reason is BlockReason.NEEDS_LOGIN
    assert is_kept(ground, second) == [True]


def test_a_sign_in_that_the_site_refuses_is_not_told(desk: WorkerDesk, ground: WorkerLab) -> None:
    def signed_out(*_: object) -> None:
        raise NeedsLogin("The site no longer knows this account.")

    desk.platform.on_check = signed_out
    task = ground.submit(ground.bare_account())
    assert desk.publish(task).block_reason is BlockReason.NEEDS_LOGIN
    assert is_kept(ground, task) == []


def test_a_sign_in_that_comes_while_the_old_one_is_given_up_counts(
    desk: WorkerDesk, ground: WorkerLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever handed it in has resumed what waited for it, and would never hear of this article."""
    account = ground.bare_account()
    ground.accounts.set_state(account.id, AccountState.NEEDS_LOGIN, error_message="signed out")
    task = ground.submit(account)
    settle = desk.parts.settlement.settle

    def sign_in_first(row: HeldRow, end: AttemptEnd) -> bool:
        data, _version = ground.accounts.load_cookies(account.id)
        ground.accounts.replace_cookies(account.id, data)
        return settle(row, end)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(desk.parts.settlement, "settle", sign_in_first)
        assert desk.publish(task).status is TaskStatus.RETRYING
    assert ground.accounts.get(account.id).state == AccountState.UNCHECKED
    assert desk.publish_again(task).status is TaskStatus.PUBLISHED
