"""The network between browser and site is cut before or after the site got the click; or the site is late with all it
says. There is one post, and no second click while the first may count."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.store.records import ReviewAnswer
from core.task_state import BlockReason, Step, TaskStatus
from tests.chaos.ending import stop_and_check
from tests.chaos.held_steps import HeldArticle, HeldArticles, HeldStep, step_named
from tests.chaos.toxic_proxy import Toxic, ToxicKind, ToxicProxy
from tests.practice_site.client import PracticeClient
from tests.practice_site.faults import Fault
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DROPPED = HeldStep("cut before it was published", {"fault": Fault.PUBLISH_DROPPED})
REPLY_LOST = HeldStep("cut after it was published", {"fault": Fault.PUBLISH_REPLY_LOST})
LATE = HeldStep("cut, and published later", {"fault": Fault.PUBLISH_LATE, "seconds": 2})

ANSWER_TOO_LATE = step_named("clicked")
ANSWER_LATE = HeldStep("the answer comes late", {"fault": Fault.PUBLISH_SLOW, "seconds": 3})
ALL_LAGS = HeldStep(
    "nothing shows it yet",
    {"fault": Fault.PUBLISH_REPLY_LOST},
    before=(
        {"fault": Fault.DRAFT_RECORD_LAGS, "seconds": 3},
        {"fault": Fault.LIST_LAGS, "seconds": 60},
        {"fault": Fault.UNDER_REVIEW, "seconds": 60},
    ),
)


@pytest.fixture
def network(lab: WorkerLab, practice_site: PracticeClient) -> Iterator[ToxicProxy]:
    """Between the browsers of the lab's workers and the site."""
    with ToxicProxy(int(practice_site.url.rsplit(":", 1)[1])) as proxy:
        lab.environment["TOPN_ZHIHU_WRITE_URL"] = lab.environment["TOPN_ZHIHU_HOME_URL"] = (
            f"http://127.0.0.1:{proxy.port}"
        )
        yield proxy
        lab.stop_programs()


def has_felt_it(article: HeldArticle) -> bool:
    """Whether its worker has noticed that the network is gone."""
    row = article.row
    return row.progress >= Step.VERIFYING or row.status in (TaskStatus.RETRYING, TaskStatus.BLOCKED)


@pytest.mark.fault("19")
def test_the_site_cuts_the_connection_around_the_click(lab: WorkerLab) -> None:
    held = HeldArticles(lab, [DROPPED, REPLY_LOST, LATE])
    worker = lab.worker(drivers=3, index=1, TOPN_VERIFY_SECONDS="8")
    dropped, reply_lost, late = held.articles
    # Only the one that the site never got is submitted again.
    dropped.check_published_once(clicks=2)
    reply_lost.check_published_once()
    late.check_published_once()
    stop_and_check(lab, worker)


@pytest.mark.fault("19")
@pytest.mark.parametrize(
    ("kind", "step_seconds"), [(ToxicKind.CUT, 60), (ToxicKind.RESET, 60), (ToxicKind.BLACK_HOLE, 8)]
)
def test_the_network_goes_while_a_page_opens_and_while_a_click_waits(
    lab: WorkerLab, network: ToxicProxy, kind: ToxicKind, step_seconds: int
) -> None:
    """A black hole tells nobody anything: there it is the deadline of the step that ends the wait."""
    held = HeldArticles(lab, [step_named("opening the page"), step_named("clicked")])
    environment = {**held.environment, "TOPN_STEP_SECONDS": str(step_seconds), "TOPN_VERIFY_SECONDS": "20"}
    worker = lab.worker(drivers=2, index=1, **environment)
    held.wait_until_held()
    network.set(Toxic(kind))
    for article in held.articles:
        article.wait(lambda: has_felt_it(article), "the worker has noticed")  # noqa: B023
    network.heal()
    for article in held.articles:
        article.check_published_once()
    stop_and_check(lab, worker)


@pytest.mark.fault("19")
def test_a_network_that_stays_away_after_the_click_is_for_a_person(lab: WorkerLab, network: ToxicProxy) -> None:
    held = HeldArticles(lab, [step_named("clicked")])
    (article,) = held.articles
    worker = lab.worker(drivers=1, index=1, **held.environment)
    held.wait_until_held()
    network.set(Toxic(ToxicKind.CUT))
    row = article.at_rest()
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW), lab.story(article.task)
    evidence = lab.queries.events(row.id)[-1].detail["evidence"]
    assert evidence["draft_url"].endswith(f"/p/{row.remote_draft_id}/edit")
    network.heal()
    entry = lab.store.answer_review(row.id, ReviewAnswer.CHECK_AGAIN, by="ada")
    assert entry is not None
    lab.queue.push([entry])
    article.check_published_once()
    stop_and_check(lab, worker)


@pytest.mark.fault("20")
def test_whatever_comes_late_there_is_no_second_click(lab: WorkerLab) -> None:
    """An answer past the deadline of the step, one before it, and a site that shows nothing for a while."""
    held = HeldArticles(lab, [ANSWER_TOO_LATE, ANSWER_LATE, ALL_LAGS])
    environment = {**held.environment, "TOPN_STEP_SECONDS": "10", "TOPN_VERIFY_SECONDS": "15"}
    worker = lab.worker(drivers=3, index=1, **environment)
    too_late, late, lagging = held.articles
    assert late.check_published_once().attempt == 1
    assert lagging.check_published_once().site_state == "under_review"
    assert too_late.check_published_once().attempt == 2
    errors = [event.detail.get("error_class") for event in lab.queries.events(too_late.task.id)]
    assert "DeadlinePassed" in errors, lab.story(too_late.task)
    stop_and_check(lab, worker)
