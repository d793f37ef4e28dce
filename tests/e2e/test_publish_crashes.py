"""kill -9 of a worker at a checkpoint or between two: another goes on, and there is one post."""

from __future__ import annotations

import pytest

from core.task_state import TaskStatus
from tasks.failpoints import Failpoint
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
