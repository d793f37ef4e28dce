"""A part of the browser is killed while it works: it is replaced, and the article goes on from its checkpoint."""

from __future__ import annotations

import pytest

from tests.chaos.ending import stop_and_check
from tests.chaos.held_steps import HeldArticles, HeldStep, each_step
from tests.servers.browser_family import BrowserPart, browser_families
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.fault("14")
@each_step
def test_killed_in_a_step_it_goes_on(lab: WorkerLab, step: HeldStep) -> None:
    """Three articles in three browsers: of one the browser is killed, of one its driver, of one its renderers."""
    held = HeldArticles(lab, [step] * len(BrowserPart))
    worker = lab.worker(drivers=len(BrowserPart), index=1, **held.environment)
    held.wait_until_held()
    families = browser_families(lab)
    assert len(families) == len(BrowserPart)
    for family, part in zip(families, BrowserPart, strict=True):
        processes = family.part(part)
        assert processes != [], f"no {part}"
        for process in processes:
            process.kill()
    for article in held.articles:
        done, story = article.check_published_once(), lab.story(article.task)
        assert (done.crash_count, done.retries_used) == (1, 0), story
        (crash,) = [event.detail for event in lab.queries.events(done.id) if event.detail.get("crashes")]
        assert crash["error_class"] == "BrowserLost", story
    stop_and_check(lab, worker)
