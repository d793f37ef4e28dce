"""An article that brings its browser down each time is given up on, with the story of each crash; one that may be
online by then is for a person. The others are not affected."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.store.records import ReviewAnswer
from core.task_state import BlockReason, TaskStatus
from tasks.failpoints import Failpoint
from tests.chaos.ending import stop_and_check
from tests.chaos.held_steps import HeldArticles, HeldStep
from tests.chaos.scene import Scene
from tests.conftest import require_program
from tests.practice_site.faults import Fault
from tests.servers.worker_lab import WorkerLab
from tests.site_fixtures import BROWSERS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WELL = HeldStep("well", {"fault": Fault.LIST_LAGS})


@pytest.fixture
def small_browser(tmp_path: Path) -> str:
    """The usual browser with little memory for scripts, so that a page that eats it up has soon done so."""
    usual = require_program(*BROWSERS)
    program = tmp_path / Path(usual).name
    program.write_text(f'#!/bin/sh\nexec {usual} --js-flags=--max-old-space-size=64 "$@"\n')
    program.chmod(0o700)
    return str(program)


@pytest.mark.fault("26")
def test_an_article_that_crashes_its_browser_three_times_has_failed(lab: WorkerLab, small_browser: str) -> None:
    bad_account, on_site = lab.account("bad")
    lab.site.set_fault(Fault.PAGE_CRASHES, on_site)
    bad = lab.submit(bad_account, "坏文章")
    others = HeldArticles(lab, [WELL] * 3)
    worker = lab.worker(drivers=2, index=1, TOPN_BROWSER=small_browser)
    done = lab.wait_for(bad, TaskStatus.FAILED, TaskStatus.PUBLISHED, TaskStatus.BLOCKED)
    story = lab.story(bad)
    assert (done.status, done.error_class, done.crash_count) == (TaskStatus.FAILED, "Crashed", 3), story
    crashes = [event.detail for event in lab.queries.events(bad.id) if event.detail.get("crashes")]
    assert [crash["crashes"] for crash in crashes] == [1, 2, 3], story
    assert all("tab crashed" in (crash.get("last_error") or crash["error_message"]) for crash in crashes), story
    for other in others.articles:
        row = other.check_published_once()
        assert (row.attempt, row.crash_count, row.retries_used) == (1, 0, 0), lab.story(other.task)
    stop_and_check(lab, worker)


@pytest.mark.fault("26")
def test_what_may_be_online_after_three_crashes_is_for_a_person(lab: WorkerLab) -> None:
    scene = Scene(lab)
    scene.dies(Failpoint.AFTER_CLICK)
    for _ in range(2):
        scene.dies(Failpoint.AFTER_SIGNIN)
    last = scene.worker()
    row, story = scene.at_rest(), lab.story(scene.task)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW), story
    assert (row.error_class, row.crash_count) == ("Crashed", 3), story
    evidence = lab.queries.events(row.id)[-1].detail["evidence"]
    assert evidence["draft_id"] == row.remote_draft_id
    entry = lab.store.answer_review(row.id, ReviewAnswer.CHECK_AGAIN, by="ada")
    assert entry is not None
    lab.queue.push([entry])
    lab.wait_for(scene.task, TaskStatus.PUBLISHED)
    assert scene.post()["publish_requests"] == 1
    scene.check()
    stop_and_check(lab, last)
