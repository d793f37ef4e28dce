"""One attempt at a time, with real rows, a real line and a real browser, at a scripted platform: what the worker
makes of everything that can happen."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from core.browser.webdriver_pool import WebDriverPool
from core.errors import (
    BrowserLost,
    NeedsHuman,
    NeedsLogin,
    Rejected,
    RetryLater,
    SiteBusy,
    TooLate,
)
from core.publishing.publisher import Published, Refused, StillDraft, Unknown
from core.store.accounts import AccountStore
from core.store.records import AccountState, TaskView
from core.store.task_store import TaskStore
from core.store.vault import Vault
from core.task_state import MAX_CRASHES, BlockReason, Checkpoint, Mode, TaskStatus
from tests.servers.local_process import wait_until
from tests.servers.scripted_platform import raising, raising_once
from tests.servers.worker_desk import WORKER_ID, WorkerDesk
from tests.servers.worker_lab import WorkerLab

pytestmark = pytest.mark.browser
NOT_SEEN = Unknown("not in the list", "https://example.com/creator")


@pytest.fixture
def task(ground: WorkerLab) -> TaskView:
    return ground.submit(ground.bare_account())


def test_published(desk: WorkerDesk, task: TaskView) -> None:
    done = desk.publish(task)
    assert (done.status, done.site_state, done.attempt) == (TaskStatus.PUBLISHED, "public", 1)
    assert desk.lab.queue.stats().running == 0
    account = desk.lab.accounts.get(task.account_id)
    assert (account.state, account.remote_name) == (AccountState.SIGNED_IN, "Ada on the site")


def test_mode_draft_clicks_nothing(desk: WorkerDesk) -> None:
    task = desk.lab.submit(desk.lab.bare_account(), mode=Mode.DRAFT)
    assert desk.publish(task).status is TaskStatus.DRAFT_SAVED
    assert desk.platform.clicks == 0


def test_a_row_that_may_not_go_any_more_gives_its_turn_back(desk: WorkerDesk, task: TaskView) -> None:
    desk.lab.store.cancel(task.id)
    assert desk.publish(task).status is TaskStatus.CANCELLED
    stats = desk.lab.queue.stats()
    assert (stats.waiting, stats.running) == (0, 0)


def test_a_turn_that_was_given_to_another_is_not_used(desk: WorkerDesk, task: TaskView) -> None:
    claim = desk.lab.queue.claim()
    assert claim is not None
    assert desk.lab.queue.give_back(claim)
    desk.worker.run(claim)
    row = desk.lab.queries.get(task.id)
    assert (row.status, row.attempt, row.first_claimed_ms) == (TaskStatus.WAITING, 0, None)
    assert desk.platform.drafts == 0


def test_without_a_free_browser_nothing_has_happened(
    ground: WorkerLab, task: TaskView, browsers: WebDriverPool
) -> None:
    desk = WorkerDesk(ground, browsers, lease_wait_seconds=1)
    with browsers.lease(999, timeout=30):
        row = desk.publish(task)
    assert (row.status, row.attempt, row.first_claimed_ms, row.retries_used) == (TaskStatus.WAITING, 0, None, 0)
    stats = desk.lab.queue.stats()
    assert (stats.waiting, stats.running) == (1, 0)
    assert desk.publish(task).status is TaskStatus.PUBLISHED


def test_a_passing_fault_uses_a_retry_and_goes_on_with_the_same_draft(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.on_submit = raising_once(RetryLater("502", retry_after=0))
    row = desk.publish(task)
    assert (row.status, row.retries_used, row.checkpoint) == (TaskStatus.RETRYING, 1, Checkpoint.DRAFTED)
    assert desk.publish_again(task).status is TaskStatus.PUBLISHED
    assert (desk.platform.drafts, desk.platform.clicks) == (1, 1)


def test_without_a_retry_left_it_has_failed(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.on_write = raising(RetryLater("502", retry_after=0))
    desk.publish(task)
    for _ in range(task.max_retries):
        row = desk.publish_again(task)
    assert (row.status, row.retries_used, row.error_class) == (TaskStatus.FAILED, task.max_retries, "RetryLater")


@pytest.mark.fault("21")
def test_a_busy_site_pauses_the_account_and_uses_no_retry(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.on_write = raising(SiteBusy("操作过于频繁", retry_after=120))
    row = desk.publish(task)
    assert (row.status, row.retries_used, row.error_class) == (TaskStatus.RETRYING, 0, "SiteBusy")
    assert f"account:{task.account_id}" in desk.lab.queue.stats().paused


@pytest.mark.fault("21")
def test_a_signed_out_account_blocks_and_the_next_article_does_not_even_ask(desk: WorkerDesk, task: TaskView) -> None:
    asked: list[None] = []

    def refuse() -> None:
        asked.append(None)
        raise NeedsLogin("signed out")

    desk.platform.on_check = refuse
    assert desk.publish(task).block_reason is BlockReason.NEEDS_LOGIN
    second = desk.lab.submit(desk.lab.accounts.get(task.account_id), "乙")
    assert desk.publish(second).block_reason is BlockReason.NEEDS_LOGIN
    assert len(asked) == 1


def test_an_account_that_needs_a_human_knocks_no_more_until_its_owner_tries_again(
    desk: WorkerDesk, task: TaskView
) -> None:
    asked: list[None] = []

    def refuse() -> None:
        asked.append(None)
        raise NeedsHuman("安全验证")

    desk.platform.on_check = refuse
    assert desk.publish(task).block_reason is BlockReason.NEEDS_HUMAN
    second = desk.lab.submit(desk.lab.accounts.get(task.account_id), "乙")
    assert desk.publish(second).block_reason is BlockReason.NEEDS_HUMAN
    assert len(asked) == 1
    desk.platform.on_check = lambda: None
    entry = desk.lab.store.retry_by_hand(task.id)
    assert entry is not None
    desk.lab.queue.push([entry])
    assert desk.publish(task).status is TaskStatus.PUBLISHED


def test_a_sign_in_of_somebody_else_publishes_nothing(desk: WorkerDesk, task: TaskView) -> None:
    desk.lab.accounts.set_state(task.account_id, AccountState.UNCHECKED, remote_id="7", remote_name="Bob")
    row = desk.publish(task)
    assert (row.status, row.block_reason, desk.platform.drafts) == (TaskStatus.BLOCKED, BlockReason.NEEDS_LOGIN, 0)
    assert "belong to Ada on the site, this account is Bob" in str(row.error_message)
    account = desk.lab.accounts.get(task.account_id)
    assert (account.state, account.remote_id) == (AccountState.NEEDS_LOGIN, "7")


def test_a_fresh_sign_in_is_not_overruled_by_what_was_said_of_the_old_one(desk: WorkerDesk, task: TaskView) -> None:
    def replaced_meanwhile() -> None:
        data, _ = desk.lab.accounts.load_cookies(task.account_id)
        desk.lab.accounts.replace_cookies(task.account_id, data)
        raise NeedsLogin("signed out")

    desk.platform.on_check = replaced_meanwhile
    row = desk.publish(task)
    assert (row.status, row.retries_used) == (TaskStatus.RETRYING, 0)
    assert desk.lab.accounts.get(task.account_id).state == AccountState.UNCHECKED


def test_refused_is_failed_with_a_picture(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.on_write = raising(Rejected("the title is forbidden"))
    row = desk.publish(task)
    assert (row.status, row.error_message) == (TaskStatus.FAILED, "the title is forbidden")
    assert row.screenshot_path is not None
    assert (desk.lab.data_dir / row.screenshot_path).read_bytes().startswith(b"\x89PNG")


def test_a_refused_click_leaves_a_draft_that_may_be_edited(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.submits = [Refused("内容违规")]
    row = desk.publish(task)
    assert (row.status, row.error_message, row.checkpoint) == (TaskStatus.FAILED, "内容违规", Checkpoint.DRAFTED)


def test_an_unknown_error_may_pass(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.on_write = raising(ZeroDivisionError("oops"))
    row = desk.publish(task)
    assert (row.status, row.error_class, row.retries_used) == (TaskStatus.RETRYING, "ZeroDivisionError", 1)


@pytest.mark.fault("26")
def test_a_lost_browser_counts_as_a_crash_and_three_are_the_end(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.on_write = raising(BrowserLost("tab crashed"))
    row = desk.publish(task)
    assert (row.status, row.crash_count, row.retries_used) == (TaskStatus.RETRYING, 1, 0)
    for _ in range(MAX_CRASHES - 1):
        row = desk.publish_again(task)
    assert (row.status, row.crash_count) == (TaskStatus.FAILED, MAX_CRASHES)


@pytest.mark.fault("26")
def test_three_crashes_after_the_click_may_have_come_are_for_a_person(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.on_submit = raising(BrowserLost("tab crashed"))
    assert desk.publish(task).checkpoint is Checkpoint.SUBMITTING
    desk.platform.on_check = raising(BrowserLost("tab crashed"))
    for _ in range(MAX_CRASHES - 1):
        row = desk.publish_again(task)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW), desk.lab.story(task)
    assert (row.crash_count, desk.platform.clicks) == (MAX_CRASHES, 0)


def test_found_after_an_unknown_answer_it_is_not_clicked_again(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.submits = [NOT_SEEN]
    desk.platform.finds = [NOT_SEEN, Published("7", "https://example.com/p/7")]
    row = desk.publish(task)
    assert (row.status, row.remote_id) == (TaskStatus.PUBLISHED, "7")
    assert (desk.platform.clicks, desk.platform.questions) == (1, 2)


def test_never_seen_it_is_for_a_person_with_the_evidence(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.submits = desk.platform.finds = [NOT_SEEN]  # type: ignore[assignment]
    row = desk.publish(task)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW)
    assert row.screenshot_path is not None
    evidence = desk.lab.queries.events(task.id)[-1].detail["evidence"]
    assert evidence["last_url"] == "https://example.com/creator"
    assert evidence["draft_url"] == "https://example.com/p/draft-1/edit"
    assert desk.platform.clicks == 1


def test_a_draft_that_stayed_one_is_submitted_again_and_only_once_an_attempt(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.submits = [NOT_SEEN]
    desk.platform.finds = [StillDraft()]
    assert desk.publish(task).status is TaskStatus.RETRYING
    assert desk.platform.clicks == 1
    desk.platform.submits = [Published("7", "https://example.com/p/7")]
    assert desk.publish_again(task).status is TaskStatus.PUBLISHED
    assert (desk.platform.drafts, desk.platform.clicks) == (1, 2)
    assert "resubmitting" in desk.lab.kinds(task)


@pytest.fixture
def still_a_draft(desk: WorkerDesk, task: TaskView) -> TaskView:
    """A task whose first click led to nothing yet."""
    desk.platform.submits = [NOT_SEEN]
    desk.platform.finds = [StillDraft()]
    assert desk.publish(task).status is TaskStatus.RETRYING
    return task


def test_a_second_submission_that_fails_leaves_it_as_one_that_may_be_online(
    desk: WorkerDesk, still_a_draft: TaskView
) -> None:
    """The first click may still be on its way: whoever cancelled or edited the task now would be told a lie."""
    desk.platform.on_submit = raising_once(RetryLater("502", retry_after=0))
    row = desk.publish_again(still_a_draft)
    assert (row.status, row.checkpoint, desk.platform.clicks) == (TaskStatus.RETRYING, Checkpoint.SUBMITTING, 1)
    with pytest.raises(TooLate):
        desk.lab.store.cancel(still_a_draft.id)
    with pytest.raises(TooLate):
        desk.lab.store.edit(still_a_draft.id, desk.lab.queries.article(still_a_draft.id))
    desk.platform.submits = [Published("7", "https://example.com/p/7")]
    assert desk.publish_again(still_a_draft).status is TaskStatus.PUBLISHED


def test_a_second_submission_that_is_refused_is_for_a_person(desk: WorkerDesk, still_a_draft: TaskView) -> None:
    desk.platform.submits = [Refused("内容违规")]
    row = desk.publish_again(still_a_draft)
    assert (row.status, row.block_reason, row.checkpoint) == (
        TaskStatus.BLOCKED,
        BlockReason.NEEDS_REVIEW,
        Checkpoint.SUBMITTING,
    )
    assert row.error_message == "内容违规"


def test_a_site_that_never_publishes_ends_with_a_person(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.submits = [NOT_SEEN]
    desk.platform.finds = [StillDraft()]
    row = desk.publish(task)
    attempts = 1
    while row.status is TaskStatus.RETRYING:
        row = desk.publish_again(task)
        attempts += 1
        assert attempts < 10, desk.lab.story(task)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW)


def test_where_two_clicks_may_be_two_articles_a_person_decides(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.one_article_per_draft = False
    desk.platform.submits = [NOT_SEEN]
    desk.platform.finds = [StillDraft()]
    row = desk.publish(task)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW)
    assert desk.platform.clicks == 1


def test_an_article_that_another_task_owns_is_for_a_person(desk: WorkerDesk, task: TaskView) -> None:
    desk.platform.submits = [Published("7", "https://example.com/p/7")]
    assert desk.publish(task).status is TaskStatus.PUBLISHED
    second = desk.lab.submit(desk.lab.accounts.get(task.account_id), "乙")
    row = desk.publish(second)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW)
    assert task.public_id in (row.error_message or "")


def test_whoever_lost_the_task_writes_nothing(desk: WorkerDesk, task: TaskView) -> None:
    def rescued_meanwhile(draft_id: str | None) -> None:
        ended = TaskStore(desk.lab.db, lease_seconds=0)
        ended.renew_leases(WORKER_ID, [(task.id, 1)])
        wait_until(lambda: bool(ended.expired()), 5, "the lease has ended")
        assert ended.rescue(ended.expired()[0]) is not None

    desk.platform.on_write = rescued_meanwhile
    row = desk.publish(task)
    assert (row.status, row.crash_count, row.remote_draft_id) == (TaskStatus.WAITING, 1, None)
    assert desk.platform.clicks == 0


def test_a_sign_in_that_no_key_opens_is_for_a_person(desk: WorkerDesk, task: TaskView) -> None:
    strange = AccountStore(desk.lab.db, Vault([Fernet.generate_key().decode()]))
    strange.replace_cookies(task.account_id, b"[]")
    row = desk.publish(task)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_LOGIN)
    assert "opens with none of the secret keys" in (row.error_message or "")
