"""What a restored backup is known by, and what becomes of its rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import LeaseLost, NotPossible
from core.store.history import DatabaseHistory, HistoryMark
from core.store.records import Actor, ReviewAnswer, StoredArticle
from core.store.restored_rows import PAGE, RestoredRows
from core.task_state import BlockReason, Checkpoint, Mode, TaskStatus
from tests.integration.store.store_world import OTHER, WORKER, Draft, StoreWorld
from tests.servers.database_backup import DatabaseBackup

SINCE = datetime(2026, 1, 31, 2, tzinfo=UTC)


@pytest.fixture
def backup(world: StoreWorld, tmp_path: Path) -> DatabaseBackup:
    return DatabaseBackup(world.url, tmp_path)


def put_back(world: StoreWorld, backup: DatabaseBackup) -> None:
    world.db.close()
    backup.put_back()


def prepare(world: StoreWorld, since: datetime = SINCE) -> tuple[int, int]:
    """All pages; how many rows were marked and released."""
    rows, after_id, marked, released = RestoredRows(world.db), 0, 0, 0
    while True:
        page = rows.prepare(after_id, since, by="admin")
        marked, released = marked + page.marked, released + page.released
        if page.last_id is None:
            return marked, released
        after_id = page.last_id


def test_a_database_holds_its_own_past(world: StoreWorld) -> None:
    history = DatabaseHistory(world.db)
    empty = history.state().newest
    assert empty.event_id == 0
    world.add_task()
    mark = history.state().newest
    world.add_task()
    assert history.holds(empty)
    assert history.holds(mark)


def test_a_restored_backup_does_not_hold_what_came_after_it(world: StoreWorld, backup: DatabaseBackup) -> None:
    history = DatabaseHistory(world.db)
    world.add_task()
    before = history.state().newest
    backup.make()
    world.add_task()
    after = history.state().newest
    put_back(world, backup)
    assert history.holds(before)
    assert not history.holds(after)
    for _ in range(3):
        world.add_task()
    assert history.state().newest.event_id > after.event_id
    assert not history.holds(after), "however much it has grown since"


def test_another_database_is_told_by_its_name(world: StoreWorld) -> None:
    history = DatabaseHistory(world.db)
    now = history.state().newest
    assert not history.holds(HistoryMark("another", 0, None, now.read_at))


def test_once_somebody_has_said_so_earlier_marks_count_no_more(world: StoreWorld, backup: DatabaseBackup) -> None:
    history = DatabaseHistory(world.db)
    backup.make()
    world.add_task()
    lost = history.state().newest
    put_back(world, backup)
    history.acknowledge(lost)
    assert history.holds(lost)
    ahead = HistoryMark("x", 999, lost.event_at, lost.read_at + timedelta(hours=1))
    assert not history.holds(ahead)
    history.acknowledge(ahead)
    assert history.holds(ahead), "the clock of the lost database may have been ahead"


def test_a_mark_survives_being_written_down(world: StoreWorld) -> None:
    history = DatabaseHistory(world.db)
    for mark in (history.state().newest, HistoryMark("x", 7, SINCE, SINCE)):
        assert HistoryMark.from_text(mark.to_text()) == mark
    for garbage in (None, "", "null", "[]", '{"event": 1}', '{"database": "x", "event": "y"}', "7"):
        assert HistoryMark.from_text(garbage) is None


def test_nothing_is_taken_from_a_database_that_was_put_back(world: StoreWorld, backup: DatabaseBackup) -> None:
    history = DatabaseHistory(world.db)
    task_id = world.add_task()
    backup.make()
    held = world.take(task_id)
    world.store.fail(held, error_class="x", message="x")
    remembered = history.state().newest
    put_back(world, backup)
    assert world.view(task_id).status is TaskStatus.WAITING
    assert world.store.take(task_id, worker_id=OTHER, claimed_ms=1, remembered=remembered) is None
    history.acknowledge(remembered)
    fresh = history.state().newest
    assert world.store.take(task_id, worker_id=OTHER, claimed_ms=1, remembered=fresh) is not None


def test_what_was_added_after_the_restoring_does_not_count(world: StoreWorld, backup: DatabaseBackup) -> None:
    history = DatabaseHistory(world.db)
    world.take(world.add_task())
    world.add_task()
    in_backup = world.queries.events(1)[-1].at
    backup.make()
    world.add_task()
    lost = history.state().newest
    put_back(world, backup)
    world.add_task()
    found = history.lost_since(lost)
    assert found is not None
    assert found <= in_backup
    assert history.lost_since(None) == found, "the newest event of a worker, where nothing is remembered"


def test_without_any_worker_it_is_what_was_remembered_last(world: StoreWorld, backup: DatabaseBackup) -> None:
    history = DatabaseHistory(world.db)
    assert history.lost_since(None) is None
    first, second = world.add_task(), world.add_task()
    backup.make()
    world.add_task()
    lost = history.state().newest
    put_back(world, backup)
    assert history.lost_since(lost) == world.queries.events(second)[0].at
    assert history.lost_since(None) == world.queries.events(first)[0].at


def test_every_unfinished_row_is_marked_and_nothing_runs(world: StoreWorld) -> None:
    waiting, cancelled = world.add_task(), world.add_task()
    world.store.cancel(cancelled)
    failed, blocked, running = world.take(world.add_task()), world.take(world.add_task()), world.drafted()
    world.store.fail(failed, error_class="x", message="x")
    world.store.block(blocked, BlockReason.NEEDS_LOGIN, error_class="x", message="x")
    published = world.drafted()
    world.store.begin_submitting(published)
    world.store.finish_published(published, "1", "https://example.com/p/1")
    draft_only = world.take(world.add_task(mode=Mode.DRAFT))
    assert sum(RestoredRows(world.db).counts().values()) == 5, "a mere draft is not looked for"
    assert prepare(world) == (5, 2)
    marked = [waiting, cancelled, failed.id, blocked.id, running.id]
    assert [world.view(task_id).verify_since for task_id in marked] == [SINCE] * 5
    assert [world.kinds(task_id)[-1] for task_id in marked] == ["restored"] * 5
    assert world.view(published).verify_since is None
    assert world.view(draft_only).verify_since == SINCE, "it may be turned into an article again"
    assert "restored" not in world.kinds(draft_only)
    for released in (running, draft_only):
        view = world.view(released)
        assert (view.status, view.crash_count) == (TaskStatus.WAITING, 0)
    with pytest.raises(LeaseLost):
        world.store.begin_submitting(running)


def test_twice_does_no_harm(world: StoreWorld) -> None:
    task_id = world.add_task()
    assert prepare(world) == (1, 0)
    assert RestoredRows(world.db).counts() == {}
    assert prepare(world, SINCE + timedelta(hours=1)) == (0, 0)
    assert world.view(task_id).verify_since == SINCE
    assert world.kinds(task_id).count("restored") == 1


def test_a_running_task_that_its_owner_cancelled_stays_cancelled(world: StoreWorld) -> None:
    held = world.take(world.add_task())
    world.store.cancel(held.id)
    prepare(world)
    assert world.view(held).status is TaskStatus.CANCELLED
    assert world.view(held).verify_since == SINCE, "a retry by hand must look first"


def test_many_rows_go_page_by_page(sqlite_world: StoreWorld) -> None:
    world = sqlite_world
    world.intake.insert([world.new_task() for _ in range(PAGE + 3)], actor=Actor.system())
    assert RestoredRows(world.db).counts() == {TaskStatus.WAITING: PAGE + 3}
    first = RestoredRows(world.db).prepare(0, SINCE, by="admin")
    assert (first.marked, first.last_id is None) == (PAGE, False)
    assert prepare(world) == (3, 0)


def marked_task(world: StoreWorld) -> int:
    task_id = world.add_task()
    prepare(world)
    DatabaseHistory(world.db).acknowledge(None)
    return task_id


def test_the_worker_is_told(world: StoreWorld) -> None:
    held = world.take(marked_task(world))
    assert held.verify_since == SINCE
    assert 0 <= held.restored_seconds_ago < 60
    assert not held.was_edited_since


def test_found_on_the_site_it_is_published_without_a_click(world: StoreWorld) -> None:
    held = world.take(marked_task(world))
    world.store.finish_published(held, "7", "https://example.com/p/7")
    view = world.view(held)
    assert (view.status, view.checkpoint, view.submitted_at) == (TaskStatus.PUBLISHED, Checkpoint.PUBLISHED, None)
    assert view.verify_since is None


def test_only_what_may_be_online_is_found(world: StoreWorld) -> None:
    held = world.take(world.add_task())
    with pytest.raises(LeaseLost):
        world.store.finish_published(held, "7", "https://example.com/p/7")


def test_once_it_was_looked_for_it_goes_on_as_ever(world: StoreWorld) -> None:
    held = world.take(marked_task(world))
    world.store.settle_restore(held, "not there")
    assert world.view(held).verify_since is None
    assert world.kinds(held)[-1] == "restore_settled"
    world.store.record_draft_id(held, "d-1")
    world.store.record_drafted(held, Draft())
    world.store.begin_submitting(held)


def test_it_is_not_edited_before_it_was_looked_for(world: StoreWorld) -> None:
    task_id = marked_task(world)
    article = StoredArticle("别的标题", "正文", "markdown", None, (), None)
    with pytest.raises(NotPossible, match="before the backup was restored"):
        world.store.edit(task_id, article)
    world.store.settle_restore(world.take(task_id), "not there")
    world.store.release_worker(WORKER)
    world.store.edit(task_id, article)


def test_a_mere_draft_may_be_edited_and_stays_marked(world: StoreWorld) -> None:
    task_id = world.add_task(mode=Mode.DRAFT)
    since = world.queries.events(task_id)[0].at - timedelta(seconds=1)
    prepare(world, since)
    DatabaseHistory(world.db).acknowledge(None)
    article = StoredArticle("别的标题", "正文", "markdown", None, (), None)
    world.store.edit(task_id, article, mode=Mode.PUBLISH)
    assert world.view(task_id).verify_since == since
    with pytest.raises(NotPossible, match="before the backup was restored"):
        world.store.edit(task_id, article)
    held = world.take(task_id)
    assert held.was_edited_since


def test_a_mere_draft_that_fails_is_no_question_for_a_person(world: StoreWorld) -> None:
    task_id = world.add_task(mode=Mode.DRAFT)
    prepare(world)
    DatabaseHistory(world.db).acknowledge(None)
    held = world.take(task_id)
    world.store.fail(held, error_class="x", message="x")
    assert world.view(held).status is TaskStatus.FAILED


def test_an_edit_between_the_restoring_and_the_marking_shows(world: StoreWorld) -> None:
    task_id = world.add_task()
    world.store.edit(task_id, StoredArticle("别的标题", "正文", "markdown", None, (), None))
    prepare(world, world.queries.events(task_id)[0].at - timedelta(seconds=1))
    assert world.take(task_id).was_edited_since


def test_a_change_of_account_between_the_restoring_and_the_marking_shows(world: StoreWorld) -> None:
    moved, stays = world.add_task(), world.add_task()
    world.store.change_account(moved, world.another_account)
    prepare(world, world.queries.events(moved)[0].at - timedelta(seconds=1))
    assert world.take(moved).was_moved_since
    assert not world.take(stays).was_moved_since


def test_a_change_of_account_that_the_backup_knows_is_none_since(world: StoreWorld) -> None:
    task_id = world.add_task()
    world.store.change_account(task_id, world.another_account)
    prepare(world, world.queries.events(task_id)[-1].at)
    assert not world.take(task_id).was_moved_since


def test_given_up_by_the_machine_it_is_for_a_person(world: StoreWorld) -> None:
    held = world.take(marked_task(world))
    world.store.fail(held, error_class="x", message="x")
    view = world.view(held)
    assert (view.status, view.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW)


def test_given_up_by_a_person_it_may_be_online_all_the_same(world: StoreWorld) -> None:
    held = world.take(marked_task(world))
    world.store.block(held, BlockReason.NEEDS_REVIEW, error_class="x", message="x")
    world.store.answer_review(held.id, ReviewAnswer.GIVE_UP)
    assert world.queries.events(held.id)[-1].detail["may_be_online"] is True


@pytest.mark.parametrize("answer", [ReviewAnswer.CHECK_AGAIN, ReviewAnswer.PUBLISH_AGAIN])
def test_a_person_who_has_looked_is_believed(world: StoreWorld, answer: ReviewAnswer) -> None:
    held = world.take(marked_task(world))
    world.store.block(held, BlockReason.NEEDS_REVIEW, error_class="x", message="x")
    world.store.answer_review(held.id, answer)
    looks_again = answer is ReviewAnswer.CHECK_AGAIN
    assert (world.view(held).verify_since is not None) == looks_again
