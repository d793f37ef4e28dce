"""Owners cancel while their articles are in every step: what is recorded is what has become of each."""

from __future__ import annotations

import pytest

from core.errors import NotPossible
from core.store.records import CancelResult
from core.task_state import TaskStatus
from tests.chaos.ending import stop_and_check
from tests.chaos.held_steps import HELD_STEPS, HeldArticles
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.fault("25")
def test_a_cancel_stops_what_is_not_submitted_and_is_refused_for_the_rest(lab: WorkerLab) -> None:
    held = HeldArticles(lab, HELD_STEPS)
    worker = lab.worker(drivers=len(HELD_STEPS), index=1, **held.environment)
    held.wait_until_held()
    too_late = [article for article in held.articles if article.step.is_submitted or article.step.is_late]
    for article in held.articles:
        if article in too_late:
            with pytest.raises(NotPossible):
                lab.store.cancel(article.task.id, by="ada")
        else:
            assert lab.store.cancel(article.task.id, by="ada") is CancelResult.REQUESTED
    for article in held.articles:
        if article not in too_late:
            assert article.at_rest().status is TaskStatus.CANCELLED, lab.story(article.task)
            assert article.posts() == []
    lab.site.let_go()
    for article in too_late:
        assert article.check_published_once().attempt == 1
    stop_and_check(lab, worker)
