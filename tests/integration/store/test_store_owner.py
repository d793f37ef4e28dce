"""What the owner of a task may do with it, and when it is too late."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select

from core.errors import Conflict, InvalidInput, NotFound, NotPossible, TooLate
from core.lane import PauseScope
from core.store.models import Article
from core.store.pauses import PauseStore
from core.store.records import AccountState, Actor, CancelResult, HeldTask, NewBatch, NewPicture, ReviewAnswer
from core.store.task_changes import RESUMED_AT_ONCE
from core.task_state import Action, BlockReason, Checkpoint, TaskStatus
from tests.integration.store.store_world import OTHER, WORKER, StoreWorld


def block(world: StoreWorld, reason: BlockReason, *, is_submitted: bool = False) -> int:
    held = world.submitting() if is_submitted else world.drafted()
    world.store.block(held, reason, error_class="X", message="x")
    return held.id


def fail(world: StoreWorld, *, is_submitted: bool = False) -> int:
    held = world.submitting() if is_submitted else world.drafted()
    world.store.fail(held, error_class="X", message="x")
    return held.id


def test_cancel_what_is_not_running_at_once(world: StoreWorld) -> None:
    retrying = world.take(world.add_task())
    world.store.retry_later(retrying, delay_seconds=9, error_class="X", message="x", uses_retry=True)
    for task_id in (world.add_task(), retrying.id, block(world, BlockReason.NEEDS_LOGIN)):
        assert world.store.cancel(task_id, by="wang") is CancelResult.CANCELLED
        assert world.view(task_id).status == TaskStatus.CANCELLED
        assert world.queries.events(task_id)[-1].detail["by"] == "wang"
        assert world.store.take(task_id, worker_id=WORKER, claimed_ms=1) is None


def test_cancel_comes_too_late(world: StoreWorld) -> None:
    held = world.submitting()
    with pytest.raises(TooLate, match="being submitted"):
        world.store.cancel(held.id)
    world.store.hand_back(held, "x")
    with pytest.raises(TooLate, match="submitted"):
        world.store.cancel(held.id)
    world.store.finish_published(world.take(held.id), "1", "https://x/1")
    with pytest.raises(NotPossible, match=r"is published\. To take it back, delete it") as refusal:
        world.store.cancel(held.id)
    assert not isinstance(refusal.value, TooLate)
    for task_id in (fail(world), 0):
        with pytest.raises((NotPossible, NotFound)):
            world.store.cancel(task_id)


def test_cancel_again_once_the_draft_is_a_draft_again(world: StoreWorld) -> None:
    held = world.submitting()
    world.store.reopen_draft(held)
    assert world.store.cancel(held.id) is CancelResult.REQUESTED


def test_reschedule(world: StoreWorld) -> None:
    task_id = world.add_task()
    at = datetime.now(UTC) + timedelta(days=1)
    world.store.reschedule(task_id, at)
    assert world.view(task_id).run_at == at
    assert world.queries.entry(task_id) is None
    world.store.reschedule(task_id, None)
    assert world.queries.entry(task_id) is not None
    held = world.take(task_id)
    with pytest.raises(TooLate):
        world.store.reschedule(task_id, None)
    world.store.retry_later(held, delay_seconds=600, error_class="X", message="x", uses_retry=True)
    world.store.reschedule(task_id, None)
    assert world.queries.entry(task_id) is not None


def test_reprioritise(world: StoreWorld) -> None:
    task_id = world.add_task()
    world.store.reprioritise(task_id, 9)
    entry = world.queries.entry(task_id)
    assert entry is not None
    assert entry.priority == 9


def test_edit_adds_a_version_and_the_old_draft_is_written_again(world: StoreWorld) -> None:
    task_id = block(world, BlockReason.NEEDS_LOGIN)
    data = b"\x89PNG" + bytes(70_000)
    cover = NewPicture(hashlib.sha256(data).hexdigest(), "image/png", data)
    changed = replace(world.queries.article(task_id), title="新标题", topics=("a", "b"))
    world.store.edit(task_id, changed, cover=cover, by="wang")
    stored = world.queries.article(task_id)
    assert (stored.title, stored.topics, stored.cover_sha256) == ("新标题", ("a", "b"), cover.sha256)
    assert world.queries.picture(cover.sha256) == cover
    view = world.view(task_id)
    assert (view.checkpoint, view.remote_draft_id) == (Checkpoint.NONE, "d-1")
    with world.db.read() as connection:
        titles = connection.scalars(select(Article.title).order_by(Article.version)).all()
    assert titles == ["标题 😀", "新标题"]
    world.store.edit(task_id, stored)
    assert world.queries.article(task_id) == stored


def test_edit_is_refused_once_submitted(world: StoreWorld) -> None:
    article = world.queries.article(world.add_task())
    running = world.drafted()
    for task_id in (fail(world, is_submitted=True), running.id):
        with pytest.raises(NotPossible):
            world.store.edit(task_id, article)
    refused = world.submitting()
    world.store.reopen_draft(refused, "refused by the site")
    world.store.fail(refused, error_class="Rejected", message="word 3")
    world.store.edit(refused.id, article)


def test_retry_by_hand_keeps_the_draft_and_verifies_first(world: StoreWorld) -> None:
    task_id = block(world, BlockReason.NEEDS_REVIEW, is_submitted=True)
    world.store.answer_review(task_id, ReviewAnswer.GIVE_UP)
    world.sql("UPDATE publish_tasks SET retries_used = 3, crash_count = 3")
    entry = world.store.retry_by_hand(task_id, by="wang")
    assert entry is not None
    assert entry.is_resumed
    view = world.view(task_id)
    assert (view.status, view.retries_used, view.crash_count) == (TaskStatus.WAITING, 0, 0)
    assert (view.checkpoint, view.remote_draft_id, view.error_class) == (Checkpoint.SUBMITTING, "d-1", None)
    assert view.finished_at is None
    assert world.take(task_id, OTHER).submitted_at is not None


def test_retry_by_hand_of_what_never_started(world: StoreWorld) -> None:
    task_id = world.add_task()
    world.store.cancel(task_id)
    entry = world.store.retry_by_hand(task_id)
    assert entry is not None
    assert not entry.is_resumed


def test_retry_by_hand_only_where_it_makes_sense(world: StoreWorld) -> None:
    review = block(world, BlockReason.NEEDS_REVIEW, is_submitted=True)
    for task_id in (world.add_task(), world.drafted().id, review):
        with pytest.raises(NotPossible):
            world.store.retry_by_hand(task_id)
    human = block(world, BlockReason.NEEDS_HUMAN)
    assert world.store.retry_by_hand(human) is not None
    assert world.view(human).status == TaskStatus.WAITING


def test_retry_after_a_human_check_lets_the_account_knock_again(world: StoreWorld) -> None:
    human = block(world, BlockReason.NEEDS_HUMAN)
    world.accounts.set_state(world.account_id, AccountState.NEEDS_HUMAN, error_message="a captcha")
    world.store.retry_by_hand(human)
    account = world.accounts.get(world.account_id)
    assert (account.state, account.error_message) == (AccountState.UNCHECKED, None)


def test_retry_of_what_is_due_later_has_no_place_in_line_yet(world: StoreWorld) -> None:
    task_id = fail(world)
    world.store.reschedule(task_id, datetime.now(UTC) + timedelta(days=1))
    assert world.store.retry_by_hand(task_id) is None
    assert world.view(task_id).status == TaskStatus.WAITING


def test_retry_while_the_batch_is_paused_has_no_place_in_line(world: StoreWorld) -> None:
    batch = NewBatch(world.user_id, "a file", "0" * 64)
    (one,) = world.intake.insert([world.new_task()], batch=batch, actor=Actor.system())
    world.store.cancel(one.task_id)
    batch_id = world.view(one.task_id).batch_id
    PauseStore(world.db).add(PauseScope.BATCH, str(batch_id), by="wang", reason=None, seconds=None)
    assert world.store.retry_by_hand(one.task_id) is None
    assert world.view(one.task_id).status == TaskStatus.WAITING


def test_a_fresh_sign_in_resumes_the_tasks_of_its_account(world: StoreWorld) -> None:
    login, human = block(world, BlockReason.NEEDS_LOGIN), block(world, BlockReason.NEEDS_HUMAN)
    review = block(world, BlockReason.NEEDS_REVIEW, is_submitted=True)
    other_account = world.accounts.add(world.user_id, "zhihu", "second", b"[]").id
    elsewhere = world.drafted(world.add_task(account_id=other_account))
    world.store.block(elsewhere, BlockReason.NEEDS_LOGIN, error_class="X", message="x")
    entries = world.store.resume_account(world.account_id, by="wang")
    assert [(entry.task_id, entry.is_resumed) for entry in entries] == [(login, True), (human, True)]
    assert world.view(review).status == TaskStatus.BLOCKED
    assert world.view(elsewhere).status == TaskStatus.BLOCKED
    assert world.view(login).retries_used == 0
    assert world.store.resume_account(world.account_id) == []


@pytest.mark.parametrize("reason", [BlockReason.NEEDS_LOGIN, BlockReason.NEEDS_HUMAN])
def test_a_fresh_sign_in_meanwhile_resumes_what_was_about_to_ask_for_it(world: StoreWorld, reason: BlockReason) -> None:
    held = world.drafted()
    version = world.accounts.get(world.account_id).cookies_version
    world.accounts.replace_cookies(world.account_id, b"[]")
    assert world.store.resume_account(world.account_id) == []

    def give_up(its: HeldTask, cookies_version: int) -> Action:
        return world.store.block(its, reason, error_class="X", message="x", cookies_version=cookies_version)

    assert give_up(held, version) is Action.RETRY_LATER
    assert [entry.task_id for entry in world.queries.due_entries(10)] == [held.id]
    assert world.view(held).retries_used == 0
    again = world.take(held.id)
    assert give_up(again, version + 1) is Action.BLOCK


def test_thousands_that_wait_for_a_sign_in_leave_room_for_workers(world: StoreWorld) -> None:
    """Short transactions of a few statements: a lease is renewed in between."""
    number = 2 * RESUMED_AT_ONCE + 50
    tasks = [world.new_task(title=f"t{place}") for place in range(number)]
    ids = [one.task_id for one in world.intake.insert(tasks, actor=Actor.system())]
    world.sql("UPDATE publish_tasks SET status = 'blocked', block_reason = 'needs_login'")
    said: list[str] = []
    event.listen(world.db.engine, "before_cursor_execute", lambda _c, _u, statement, *_: said.append(statement))
    event.listen(world.db.engine, "commit", lambda _: said.append("COMMIT"))
    entries = world.store.resume_account(world.account_id, by="wang")
    assert [entry.task_id for entry in entries] == ids
    assert said.count("COMMIT") == 4
    assert len(said) < 30
    assert world.queries.counts()[TaskStatus.WAITING] == number
    assert [world.kinds(task_id) for task_id in (ids[0], ids[-1])] == [["handed_in", "resumed"]] * 2
    assert world.queries.events(ids[-1])[-1].detail == {"by": "wang"}


def test_answer_it_is_online(world: StoreWorld) -> None:
    task_id = block(world, BlockReason.NEEDS_REVIEW, is_submitted=True)
    with pytest.raises(InvalidInput, match="link"):
        world.store.answer_review(task_id, ReviewAnswer.ONLINE)
    assert world.store.answer_review(task_id, ReviewAnswer.ONLINE, "https://x/p/5", remote_id="5") is None
    view = world.view(task_id)
    assert (view.status, view.result_url, view.remote_id) == (TaskStatus.PUBLISHED, "https://x/p/5", "5")


def test_answer_it_is_online_but_that_is_another_article(world: StoreWorld) -> None:
    owner = world.submitting()
    world.store.finish_published(owner, "5", "https://x/p/5")
    task_id = block(world, BlockReason.NEEDS_REVIEW, is_submitted=True)
    with pytest.raises(Conflict, match=owner.public_id):
        world.store.answer_review(task_id, ReviewAnswer.ONLINE, "https://x/p/5", remote_id="5")
    assert world.view(task_id).status == TaskStatus.BLOCKED


def test_answer_it_is_online_but_another_is_writing_it(world: StoreWorld) -> None:
    other = world.take(world.add_task())
    world.store.record_draft_id(other, "77")
    task_id = block(world, BlockReason.NEEDS_REVIEW, is_submitted=True)
    with pytest.raises(Conflict, match=other.public_id):
        world.store.answer_review(task_id, ReviewAnswer.ONLINE, "https://x/p/77", remote_id="77")
    assert world.view(task_id).status == TaskStatus.BLOCKED
    world.store.fail(other, error_class="Rejected", message="no")
    world.store.answer_review(task_id, ReviewAnswer.ONLINE, "https://x/p/77", remote_id="77")
    assert world.queries.events(task_id)[-1].detail["is_own_draft"] is False


def test_answer_check_again(world: StoreWorld) -> None:
    task_id = block(world, BlockReason.NEEDS_REVIEW, is_submitted=True)
    assert world.store.answer_review(task_id, ReviewAnswer.CHECK_AGAIN) is not None
    assert world.take(task_id).checkpoint is Checkpoint.SUBMITTING


def test_answer_publish_again(world: StoreWorld) -> None:
    task_id = block(world, BlockReason.NEEDS_REVIEW, is_submitted=True)
    assert world.store.answer_review(task_id, ReviewAnswer.PUBLISH_AGAIN, by="wang") is not None
    held = world.take(task_id)
    assert (held.checkpoint, held.submitted_at, held.remote_draft_id) == (Checkpoint.DRAFTED, None, "d-1")
    world.store.begin_submitting(held)


def test_answer_publish_again_without_a_draft_writes_anew(world: StoreWorld) -> None:
    task_id = block(world, BlockReason.NEEDS_REVIEW, is_submitted=True)
    world.sql("UPDATE publish_tasks SET remote_draft_id = NULL")
    world.store.answer_review(task_id, ReviewAnswer.PUBLISH_AGAIN)
    assert world.take(task_id).checkpoint is Checkpoint.NONE


def test_answer_give_up(world: StoreWorld) -> None:
    task_id = block(world, BlockReason.NEEDS_REVIEW, is_submitted=True)
    assert world.store.answer_review(task_id, ReviewAnswer.GIVE_UP, by="wang") is None
    view = world.view(task_id)
    assert (view.status, view.submitted_at is not None) == (TaskStatus.CANCELLED, True)
    assert world.queries.events(task_id)[-1].detail == {"by": "wang", "answer": "give_up", "may_be_online": True}


def test_what_was_never_submitted_is_given_up_without_a_doubt(world: StoreWorld) -> None:
    task_id = block(world, BlockReason.NEEDS_REVIEW)
    world.store.answer_review(task_id, ReviewAnswer.GIVE_UP)
    assert world.queries.events(task_id)[-1].detail["may_be_online"] is False


@pytest.mark.parametrize("answer", list(ReviewAnswer))
def test_an_answer_that_nobody_waits_for(sqlite_world: StoreWorld, answer: ReviewAnswer) -> None:
    task_id = block(sqlite_world, BlockReason.NEEDS_LOGIN)
    with pytest.raises(NotPossible, match="asks for no answer"):
        sqlite_world.store.answer_review(task_id, answer, "https://x/1")
