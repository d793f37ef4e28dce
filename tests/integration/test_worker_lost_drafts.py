"""A draft that is gone, was changed, or is an article already: one attempt at a time, at a scripted platform."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import AlreadyPublished, BrowserLost, DraftChanged, DraftLost, RetryLater
from core.publishing.publisher import StillDraft, Unknown
from core.store.records import ReviewAnswer, TaskView
from core.task_state import BlockReason, Checkpoint, TaskStatus
from tests.servers.scripted_platform import raising, raising_once
from tests.servers.worker_desk import WorkerDesk
from tests.servers.worker_lab import WorkerLab

pytestmark = pytest.mark.browser
NOT_SEEN = Unknown("not in the list", "https://example.com/creator")


@pytest.fixture
def task(ground: WorkerLab) -> TaskView:
    return ground.submit(ground.bare_account())


def test_a_draft_that_is_gone_is_written_anew(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.on_submit = raising_once(RetryLater("502", retry_after=0))
    desk.publish(task)
    desk.platform.on_submit = raising_once(DraftLost("gone"))
    row = desk.publish_again(task)
    assert (row.status, row.checkpoint) == (TaskStatus.RETRYING, Checkpoint.NONE)
    desk.platform.on_write = lambda draft_id: raising(DraftLost("gone"))() if draft_id else None
    assert desk.publish_again(task).status is TaskStatus.PUBLISHED
    assert (desk.platform.drafts, desk.platform.clicks) == (2, 1)


def test_a_draft_that_was_changed_is_written_anew_in_its_place(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.on_submit = raising_once(DraftChanged("changed on the site"))
    row = desk.publish(task)
    assert (row.status, row.checkpoint) == (TaskStatus.RETRYING, Checkpoint.NONE)
    assert desk.publish_again(task).status is TaskStatus.PUBLISHED
    assert (desk.platform.drafts, desk.platform.clicks) == (1, 1)


def test_a_draft_changed_while_the_click_may_still_arrive_is_for_a_person(desk: WorkerDesk, task: TaskView) -> None:
    """If he says that it is not online, it is written into the same draft: a new one might be a second article."""
    desk.platform.on_submit = raising_once(BrowserLost("tab crashed"))
    desk.publish(task)
    desk.platform.finds = [StillDraft()]
    desk.platform.on_submit = raising_once(DraftChanged("changed"), DraftChanged("changed"))
    row = desk.publish_again(task)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW), desk.lab.story(task)
    assert row.error_message is not None
    assert "answer “publish again”" in row.error_message
    entry = desk.lab.store.answer_review(task.id, ReviewAnswer.PUBLISH_AGAIN)
    assert entry is not None
    desk.lab.queue.push([entry])
    row = desk.publish(task)
    assert (row.status, row.checkpoint) == (TaskStatus.RETRYING, Checkpoint.NONE)
    assert desk.publish_again(task).status is TaskStatus.PUBLISHED
    assert (desk.platform.drafts, desk.platform.clicks) == (1, 1)


@pytest.fixture
def said_to_be_not_online(desk: WorkerDesk, task: TaskView) -> TaskView:
    """It was clicked at, and a person has answered: publish again. Should he err, a new draft is a second article."""
    desk.platform.submits = desk.platform.finds = [NOT_SEEN]  # type: ignore[assignment]
    desk.publish(task)
    entry = desk.lab.store.answer_review(task.id, ReviewAnswer.PUBLISH_AGAIN)
    assert entry is not None
    desk.lab.queue.push([entry])
    return task


def test_a_draft_lost_after_an_answer_is_for_a_person(desk: WorkerDesk, said_to_be_not_online: TaskView) -> None:
    desk.platform.on_submit = raising_once(DraftLost("it is gone"))
    row = desk.publish(said_to_be_not_online)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW)
    assert row.checkpoint is Checkpoint.SUBMITTING
    assert (desk.platform.drafts, desk.platform.clicks) == (1, 1)


def test_edited_after_an_answer_it_gets_no_second_draft(desk: WorkerDesk, said_to_be_not_online: TaskView) -> None:
    task = said_to_be_not_online
    desk.lab.store.edit(task.id, replace(desk.lab.queries.article(task.id), title="new"))
    desk.platform.on_write = lambda draft_id: raising(DraftLost("it is gone"))() if draft_id else None
    row = desk.publish(task)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW)
    assert row.error_message is not None
    assert "hand it in anew. What happened: it is gone" in row.error_message
    assert (desk.platform.drafts, desk.platform.clicks) == (1, 1)


def test_online_after_an_answer_it_is_for_a_person(desk: WorkerDesk, said_to_be_not_online: TaskView) -> None:
    task = said_to_be_not_online
    desk.lab.store.edit(task.id, replace(desk.lab.queries.article(task.id), title="new"))
    desk.platform.on_write = raising(AlreadyPublished("it has been published"))
    row = desk.publish(task)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW)
    assert row.error_message is not None
    assert row.error_message.startswith("What was submitted before is online by now")
    desk.lab.store.answer_review(task.id, ReviewAnswer.GIVE_UP)
    row = desk.lab.queries.get(task.id)
    assert row.status is TaskStatus.CANCELLED
    assert row.submitted_at is not None, "what is given up may be online, and nobody hands it in again unawares"
    assert (desk.platform.drafts, desk.platform.clicks) == (1, 1)
