"""What a worker makes of the rows of a restored backup, and of a backup that is put back under it: real rows, a real
line and a real browser, at a scripted platform."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from core.errors import NeedsLogin
from core.publishing.publisher import Absent, Published, StillDraft, Unknown
from core.store.clock import later_sql
from core.store.history import DatabaseHistory
from core.store.models import DatabaseIdentity
from core.store.records import TaskView
from core.store.restored_rows import RestoredRows
from core.task_state import BlockReason, Checkpoint, Mode, TaskStatus
from tests.servers.database_backup import DatabaseBackup
from tests.servers.worker_desk import WorkerDesk
from tests.servers.worker_lab import WorkerLab

pytestmark = pytest.mark.browser
ONLINE = Published("7", "https://example.com/p/7")
UNKNOWN = Unknown("the site counts 5 articles and lists 4", "https://example.com/list")


def make_ready(lab: WorkerLab, *, seconds_ago: float = 60) -> None:
    """As `python -m core restored` does, so long ago."""
    since = DatabaseHistory(lab.db).state().newest.read_at - timedelta(hours=1)
    RestoredRows(lab.db).prepare(0, since, by="admin")
    DatabaseHistory(lab.db).acknowledge(None)
    with lab.db.write() as connection:
        connection.execute(update(DatabaseIdentity).values(restored_at=later_sql(-seconds_ago)))


@pytest.fixture
def task(ground: WorkerLab) -> TaskView:
    """Handed in before the backup; nothing more is known of it."""
    made = ground.submit(ground.bare_account())
    make_ready(ground)
    return made


def test_what_is_online_already_is_published_without_a_click(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.searches = [ONLINE]
    row = desk.publish(task)
    assert (row.status, row.remote_id, row.verify_since) == (TaskStatus.PUBLISHED, "7", None)
    assert (desk.platform.clicks, desk.platform.drafts) == (0, 0)


def test_what_the_whole_list_does_not_have_is_published_once(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.searches = [Absent()]
    row = desk.publish(task)
    assert (row.status, row.verify_since) == (TaskStatus.PUBLISHED, None)
    assert (desk.platform.clicks, desk.platform.questions) == (1, 1)
    assert "restore_settled" in desk.lab.kinds(task)


def test_what_nothing_shows_is_for_a_person_with_the_evidence(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.searches = [UNKNOWN]
    row = desk.publish(task)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW)
    assert "counts 5 articles and lists 4" in (row.error_message or "")
    evidence = desk.lab.queries.events(task.id)[-1].detail["evidence"]
    assert evidence["last_url"] == UNKNOWN.last_url
    assert "backup_at" in evidence
    assert desk.platform.clicks == 0


def test_a_moment_after_the_restoring_it_is_asked_again(desk: WorkerDesk, task: TaskView) -> None:
    make_ready(desk.lab, seconds_ago=-60)
    desk.platform.searches = [Absent()]
    row = desk.publish(task)
    assert (row.status, row.retries_used, row.error_class) == (TaskStatus.RETRYING, 0, "NotSeenYet")
    assert row.verify_since is not None
    make_ready(desk.lab)
    assert desk.publish_again(task).status is TaskStatus.PUBLISHED
    assert desk.platform.clicks == 1


def test_an_attempt_that_ends_before_the_look_leaves_it_to_the_next(desk: WorkerDesk, task: TaskView) -> None:
    def signed_out() -> None:
        raise NeedsLogin("signed out")

    desk.platform.on_check = signed_out
    row = desk.publish(task)
    assert row.block_reason is BlockReason.NEEDS_LOGIN
    assert row.verify_since is not None


def test_a_known_draft_is_gone_on_with(ground: WorkerLab, desk: WorkerDesk) -> None:
    task = ground.submit(ground.bare_account())
    held = ground.store.take(task.id, worker_id="host:2:x", claimed_ms=1)
    assert held is not None
    ground.store.record_draft_id(held, "draft-0")
    make_ready(ground)
    ground.queue.rebuild()
    desk.platform.finds, desk.platform.searches = [StillDraft()], [Absent()]
    row = desk.publish(task)
    assert (row.status, row.remote_id) == (TaskStatus.PUBLISHED, "draft-0")
    assert (desk.platform.drafts, desk.platform.clicks) == (0, 1)


def test_a_known_draft_that_was_published_since_is_not_clicked(ground: WorkerLab, desk: WorkerDesk) -> None:
    task = ground.submit(ground.bare_account())
    held = ground.store.take(task.id, worker_id="host:2:x", claimed_ms=1)
    assert held is not None
    ground.store.record_draft_id(held, "7")
    make_ready(ground)
    ground.queue.rebuild()
    desk.platform.finds = [ONLINE]
    row = desk.publish(task)
    assert (row.status, row.checkpoint, row.remote_id) == (TaskStatus.PUBLISHED, Checkpoint.PUBLISHED, "7")
    assert desk.platform.clicks == 0


def test_one_found_article_is_not_two(desk: WorkerDesk, task: TaskView) -> None:
    second = desk.lab.submit(desk.lab.accounts.get(task.account_id), task.title, is_pushed=False)
    make_ready(desk.lab)
    desk.platform.searches = [ONLINE]
    assert desk.publish(task).status is TaskStatus.PUBLISHED
    row = desk.publish_again(second)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW)
    assert task.public_id in (row.error_message or "")


def test_what_went_to_another_account_before_anybody_looked_is_for_a_person(
    ground: WorkerLab, desk: WorkerDesk
) -> None:
    """It may have been published on the account that it had."""
    account = ground.bare_account()
    task = ground.submit(account, is_pushed=False)
    cookies, _version = ground.accounts.load_cookies(account.id)
    ground.store.change_account(task.id, ground.accounts.add(account.user_id, "zhihu", "second", cookies))
    make_ready(ground)
    desk.platform.searches = [Absent()]
    row = desk.publish_again(task)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW)
    assert "another account" in (row.error_message or "")
    assert desk.platform.clicks == 0


def test_a_draft_for_its_owner_is_not_looked_for(ground: WorkerLab, desk: WorkerDesk) -> None:
    task = ground.submit(ground.bare_account(), mode=Mode.DRAFT)
    make_ready(ground)
    assert desk.publish(task).status is TaskStatus.DRAFT_SAVED
    assert desk.platform.questions == 0


def test_a_draft_that_is_turned_into_an_article_again_is_for_a_person(ground: WorkerLab, desk: WorkerDesk) -> None:
    task = ground.submit(ground.bare_account(), mode=Mode.DRAFT)
    make_ready(ground)
    ground.store.edit(task.id, ground.queries.article(task.id), mode=Mode.PUBLISH)
    desk.platform.searches = [Absent()]
    row = desk.publish(task)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW)
    assert desk.platform.clicks == 0


def test_a_backup_put_back_under_a_worker_stops_it(ground: WorkerLab, desk: WorkerDesk, tmp_path: Path) -> None:
    backup = DatabaseBackup(ground.environment["TOPN_DATABASE_URL"], tmp_path)
    task = ground.submit(ground.bare_account())
    watch = desk.parts.database
    assert watch.is_held, "nothing is taken before the first look"
    backup.make()
    assert desk.publish(task).status is TaskStatus.PUBLISHED
    watch.tick()
    assert not watch.is_held
    ground.db.close()
    backup.put_back()
    ground.queue.rebuild()
    row = desk.publish(task)
    assert (row.status, row.attempt) == (TaskStatus.WAITING, 0), "not even before the next look"
    watch.tick()
    assert watch.is_held
    assert "python -m core restored" in desk.held_because[-1]
    make_ready(ground, seconds_ago=0)
    watch.tick()
    assert not watch.is_held
    make_ready(ground)
    ground.queue.rebuild()
    desk.platform.searches = [Published("draft-1", "https://example.com/p/draft-1")]
    watch.tick()
    assert desk.publish(task).status is TaskStatus.PUBLISHED
    assert desk.platform.clicks == 1
    watch.stop()
