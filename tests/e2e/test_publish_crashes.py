"""kill -9 of a worker at a checkpoint or between two: another goes on, and there is one post."""

from __future__ import annotations

import signal

import pytest

from core.queue.heartbeats import Heartbeats
from core.task_state import Step, TaskStatus
from tasks.failpoints import Failpoint
from tests.practice_site.faults import Fault
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FINAL = (TaskStatus.PUBLISHED, TaskStatus.FAILED, TaskStatus.CANCELLED, TaskStatus.BLOCKED)


def publish_with_a_crash(lab: WorkerLab, where: Failpoint) -> dict[str, object]:
    """One article, a worker that dies at `where`, another that goes on. The post."""
    account, on_site = lab.account()
    task = lab.submit(account)
    first = lab.worker(TOPN_FAILPOINT=f"{where}:kill9")
    first.wait(60)
    assert first.returncode == -9, lab.output()
    lab.worker()
    done = lab.wait_for(task, *FINAL)
    assert done.status is TaskStatus.PUBLISHED, lab.story(task)
    wait_until(lambda: lab.queue.stats().running == 0, 20, "its slot is free again")
    wait_until(lambda: not lab.processes_of(first.pid), 30, "the dead worker's browsers are gone")
    (post,) = lab.site.posts(on_site)
    return {**post, "crashes": done.crash_count, "kinds": lab.kinds(task), "drafts": len(lab.site.drafts(on_site))}


def test_after_the_claim_nothing_is_counted(lab: WorkerLab) -> None:
    post = publish_with_a_crash(lab, Failpoint.AFTER_CLAIM)
    assert (post["post_count"], post["crashes"]) == (1, 0)


def test_before_the_draft_id_is_saved_one_event_says_that_an_orphan_may_be_there(lab: WorkerLab) -> None:
    post = publish_with_a_crash(lab, Failpoint.AFTER_DRAFT_CREATED)
    assert (post["post_count"], post["crashes"], post["drafts"]) == (1, 1, 2)
    kinds = post["kinds"]
    assert isinstance(kinds, list)
    assert kinds.count("orphan_draft") == 1


@pytest.mark.parametrize("where", [Failpoint.AFTER_DRAFT_ID_SAVED, Failpoint.AFTER_WRITTEN, Failpoint.AFTER_DRAFTED])
def test_with_a_known_draft_the_same_draft_is_used(lab: WorkerLab, where: Failpoint) -> None:
    post = publish_with_a_crash(lab, where)
    assert (post["post_count"], post["crashes"], post["drafts"]) == (1, 1, 1)


def test_between_the_checkpoint_and_the_click_it_is_verified_then_submitted(lab: WorkerLab) -> None:
    post = publish_with_a_crash(lab, Failpoint.AFTER_SUBMITTING)
    assert (post["post_count"], post["publish_requests"]) == (1, 1)
    kinds = post["kinds"]
    assert isinstance(kinds, list)
    assert kinds.index("verified") < kinds.index("draft_reopened") < len(kinds) - 1


def test_after_the_click_it_is_verified_and_not_clicked_again(lab: WorkerLab) -> None:
    post = publish_with_a_crash(lab, Failpoint.AFTER_CLICK)
    assert (post["post_count"], post["publish_requests"], post["clicks"]) == (1, 1, 1)


def test_after_the_record_only_the_slot_is_left_and_frees_itself(lab: WorkerLab) -> None:
    post = publish_with_a_crash(lab, Failpoint.AFTER_RECORD)
    assert (post["post_count"], post["crashes"]) == (1, 0)


def test_a_stopped_worker_that_wakes_after_its_lease_changes_nothing(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    lab.site.set_fault(Fault.PAGE_SLOW, on_site, seconds=60)
    task = lab.submit(account)
    first = lab.worker()
    wait_until(lambda: lab.queries.get(task.id).progress >= Step.SIGNED_IN, 60, "it is signed in")
    first.send_signal(signal.SIGSTOP)
    lab.site.clear_faults()
    try:
        lab.worker(index=2)
        done = lab.wait_for(task, *FINAL)
    finally:
        first.send_signal(signal.SIGCONT)
    assert (done.status, done.crash_count) == (TaskStatus.PUBLISHED, 1)
    wait_until(lambda: any(line["event"] == "lease lost" for line in lab.log()), 20, "the first noticed")
    wait_until(lambda: any(line["event"] == "settled" for line in lab.log()), 20, "the first gave up")
    assert lab.queries.get(task.id).finished_at == done.finished_at
    assert [post["post_count"] for post in lab.site.posts(on_site)] == [1]


def test_a_thread_that_hangs_is_ended_with_its_process_and_the_task_goes_on(lab: WorkerLab) -> None:
    account, on_site = lab.account()
    task = lab.submit(account)
    lab.run(
        "run_workers.py",
        "--workers=1",
        "--drivers=1",
        TOPN_FAILPOINT=f"{Failpoint.AFTER_WRITTEN}:hang:1",
        TOPN_STEP_SECONDS="5",
    )
    done = lab.wait_for(task, *FINAL, timeout=120)
    assert (done.status, done.crash_count) == (TaskStatus.PUBLISHED, 1), lab.story(task)
    assert "worker 1 ended with code 75" in lab.output()
    assert [post["post_count"] for post in lab.site.posts(on_site)] == [1]


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
