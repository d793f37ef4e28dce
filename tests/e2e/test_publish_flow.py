"""From a row in line to a post on the site, through a real worker process and a real browser."""

from __future__ import annotations

import signal

import pytest

from core.cookie import cookies_from_json
from core.queue.heartbeats import Heartbeats
from core.store.records import AccountState
from core.task_state import BlockReason, Checkpoint, Mode, Step, TaskStatus
from tests.practice_site.faults import Fault
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

pytestmark = pytest.mark.browser

FINAL = (TaskStatus.PUBLISHED, TaskStatus.DRAFT_SAVED, TaskStatus.FAILED, TaskStatus.CANCELLED, TaskStatus.BLOCKED)


def test_articles_are_published_with_every_step_on_record(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    tasks = [lab.submit(account, f"文章 {number}") for number in range(3)]
    lab.worker()
    done = [lab.wait_for(task, *FINAL) for task in tasks]
    assert [task.status for task in done] == [TaskStatus.PUBLISHED] * 3
    assert [post["title"] for post in lab.site.posts(on_site)] == ["文章 0", "文章 1", "文章 2"]
    assert {post["post_count"] for post in lab.site.posts(on_site)} == {1}
    assert all(task.result_url == f"{lab.site.url}/p/{task.remote_id}" for task in done)
    steps = [event.detail.get("progress") for event in lab.queries.events(tasks[0].id) if event.kind == "step"]
    assert steps == [10, 20, 30, 50, 80]
    assert lab.kinds(tasks[0])[-4:] == ["drafted", "submitting", "step", "published"]


def test_the_log_names_task_user_and_worker(lab: WorkerLab) -> None:
    account, _ = lab.account()
    task = lab.submit(account)
    worker = lab.worker()
    lab.wait_for(task, *FINAL)
    line = lab.log_line("settled")
    assert (line["task_id"], line["user_id"]) == (task.id, account.user_id)
    assert f":{worker.pid}:" in line["worker_id"]


def test_mode_draft_ends_with_a_draft_and_no_post(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    task = lab.submit(account, mode=Mode.DRAFT)
    lab.worker()
    done = lab.wait_for(task, *FINAL)
    assert done.status is TaskStatus.DRAFT_SAVED
    assert done.result_url == f"{lab.site.url}/p/{done.remote_draft_id}/edit"
    assert lab.site.posts(on_site) == []
    assert len(lab.site.drafts(on_site)) == 1


@pytest.mark.fault("21")
def test_a_signed_out_account_blocks_its_articles_and_costs_no_retry(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.sign_out(on_site)
    first, second = lab.submit(account, "甲"), lab.submit(account, "乙")
    lab.worker()
    for task in (first, second):
        done = lab.wait_for(task, *FINAL)
        assert (done.status, done.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_LOGIN)
        assert done.retries_used == 0
    assert lab.accounts.get(account.id).state == AccountState.NEEDS_LOGIN
    picture = lab.queries.get(first.id).screenshot_path
    assert picture is not None
    assert (lab.data_dir / picture).read_bytes().startswith(b"\x89PNG")


@pytest.mark.fault("21")
@pytest.mark.parametrize(
    ("fault", "status", "reason"),
    [
        (Fault.UNHUMAN_AT_OPEN, TaskStatus.BLOCKED, BlockReason.NEEDS_HUMAN),
        (Fault.UNHUMAN_AT_PUBLISH, TaskStatus.BLOCKED, BlockReason.NEEDS_HUMAN),
        (Fault.SESSION_EXPIRED_AFTER_OPEN, TaskStatus.BLOCKED, BlockReason.NEEDS_LOGIN),
        (Fault.REFUSED, TaskStatus.FAILED, None),
    ],
)
def test_what_the_site_says_decides_and_no_retry_is_used(
    lab: WorkerLab, fault: Fault, status: TaskStatus, reason: BlockReason | None
) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(fault, on_site)
    task = lab.submit(account)
    lab.worker()
    done = lab.wait_for(task, *FINAL)
    assert (done.status, done.block_reason, done.retries_used) == (status, reason, 0)
    assert lab.site.posts(on_site) == []


@pytest.mark.fault("21")
def test_a_throttled_account_pauses_and_the_task_waits_with_it(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.RATE_LIMITED, on_site)
    task = lab.submit(account)
    lab.worker()
    waiting = lab.wait_for(task, TaskStatus.RETRYING, *FINAL)
    assert (waiting.status, waiting.retries_used) == (TaskStatus.RETRYING, 0)
    assert f"account:{account.id}" in lab.queue.stats().paused
    assert waiting.checkpoint is Checkpoint.DRAFTED


@pytest.mark.fault("21")
def test_a_broken_answer_is_tried_again_later(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.HTTP_ERROR, on_site, status=502)
    task = lab.submit(account)
    lab.worker()
    waiting = lab.wait_for(task, TaskStatus.RETRYING, *FINAL)
    assert (waiting.status, waiting.retries_used) == (TaskStatus.RETRYING, 1)
    assert waiting.run_at is not None


@pytest.mark.fault("19")
def test_a_lost_answer_is_looked_up_and_not_clicked_again(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.PUBLISH_REPLY_LOST, on_site)
    task = lab.submit(account)
    lab.worker()
    assert lab.wait_for(task, *FINAL).status is TaskStatus.PUBLISHED
    (post,) = lab.site.posts(on_site)
    assert (post["post_count"], post["publish_requests"]) == (1, 1)


@pytest.mark.fault("25")
def test_a_running_task_that_is_cancelled_stops_at_once(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.PAGE_SLOW, on_site, seconds=60)
    task = lab.submit(account)
    lab.worker()
    wait_until(lambda: lab.queries.get(task.id).progress >= Step.SIGNED_IN, 30, "it is signed in")
    lab.store.cancel(task.id)
    assert lab.wait_for(task, *FINAL, timeout=10).status is TaskStatus.CANCELLED
    assert lab.site.posts(on_site) == []


@pytest.mark.fault("24")
def test_sigterm_hands_back_and_another_worker_goes_on(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.PAGE_SLOW, on_site, seconds=60)
    task = lab.submit(account)
    worker = lab.worker()
    wait_until(lambda: lab.queries.get(task.id).progress >= Step.SIGNED_IN, 30, "it is signed in")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    handed_back = lab.queries.get(task.id)
    assert (handed_back.status, handed_back.crash_count) == (TaskStatus.WAITING, 0)
    assert lab.kinds(task)[-1] == "handed_back"
    lab.site.clear_faults()
    lab.worker()
    assert lab.wait_for(task, *FINAL).status is TaskStatus.PUBLISHED
    assert [post["post_count"] for post in lab.site.posts(on_site)] == [1]


def test_refreshed_cookies_are_stored_and_the_browser_stays_warm(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.worker()
    for number in range(3):
        lab.wait_for(lab.submit(account, f"文章 {number}"), *FINAL)
    data, version = lab.accounts.load_cookies(account.id)
    assert "BEC" in {cookie.name for cookie in cookies_from_json(data)}
    assert version == account.cookies_version
    assert len(lab.site.requests(on_site, "/api/v4/me")) == 1
    assert lab.accounts.get(account.id).state == AccountState.SIGNED_IN


def test_a_sign_in_that_the_site_changes_goes_on_in_the_next_worker(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.SESSION_ROTATES, on_site, times=1)
    first = lab.worker()
    assert lab.wait_for(lab.submit(account, "甲"), *FINAL).status is TaskStatus.PUBLISHED
    wait_until(lambda: lab.accounts.get(account.id).cookies_version > account.cookies_version, 10, "stored anew")
    first.send_signal(signal.SIGTERM)
    first.wait(30)
    lab.worker()
    assert lab.wait_for(lab.submit(account, "乙"), *FINAL).status is TaskStatus.PUBLISHED


def test_the_heartbeat_tells_what_a_worker_does(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.PAGE_SLOW, on_site, seconds=60)
    task = lab.submit(account)
    worker = lab.worker()
    heartbeats = Heartbeats(lab.redis, prefix=lab.environment["TOPN_REDIS_PREFIX"])

    def threads() -> list[object]:
        return [beat.facts["threads"] for beat in heartbeats.all() if beat.facts["threads"]]

    wait_until(lambda: threads() != [], 30, "a busy thread is shown")
    (beat,) = heartbeats.all()
    (thread,) = threads()
    assert beat.facts["pid"] == worker.pid
    assert f"'public_id': '{task.public_id}'" in str(thread)
    assert "'max': 1" in str(beat.facts["pool"])
    worker.send_signal(signal.SIGTERM)
    worker.wait(30)
    assert heartbeats.all() == []
