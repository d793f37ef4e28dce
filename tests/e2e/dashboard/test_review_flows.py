"""An article that may be online: a person looks, gives one of the four answers in its drawer, and that is done."""

from __future__ import annotations

from typing import Any

import pytest

from core.store.records import ReviewAnswer, TaskView
from core.task_state import BlockReason, TaskStatus
from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.pages import drawer_of
from tests.e2e.dashboard.stage import ENDS, Person, Stage
from tests.e2e.dashboard.streamlit_tab import StreamlitTab
from tests.practice_site.faults import Fault

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ONLINE, LOST = Fault.PUBLISH_REPLY_LOST, Fault.PUBLISH_DROPPED
"""What became of the click. The page of the site told neither."""
CHECK_AGAIN, PUBLISH_AGAIN, GIVE_UP = "Check again", "It is not online: publish again", "Give up"
EXPLAINED = {
    CHECK_AGAIN: "Looks on the site once more.",
    PUBLISH_AGAIN: "Submits the draft again. If it is online after all, it will be there twice.",
    GIVE_UP: "Leaves it as it is. It may be online.",
}


def asked_about(stage: Stage, visitor: Visitor, person: Person, click: Fault) -> tuple[StreamlitTab, TaskView]:
    """The drawer of an article that waits for an answer, once the site tells of articles again."""
    task = stage.doubtful(person, "可能已经上线", click)
    assert (task.status, task.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW), stage.lab.story(task)
    stage.lab.site.clear_faults()
    tab = visitor(drawer_of(task), person.name)
    tab.sees("Please check: may be online", "Look on Zhihu whether it is online, then give one of the answers below.")
    return tab, task


def give_answer(tab: StreamlitTab, label: str) -> None:
    """It is explained first."""
    tab.press(label)
    tab.sees(EXPLAINED[label])
    tab.press_inside(label)
    tab.sees("Thank you. It goes on as you said.")


def post_of(stage: Stage, person: Person) -> dict[str, Any]:
    """The only one of this person on the site."""
    (post,) = stage.lab.site.posts(person.on_site)
    return post


def test_the_person_has_found_it_and_gives_its_link(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    tab, task = asked_about(stage, visitor, ada, ONLINE)
    post = post_of(stage, ada)
    link = f"{stage.lab.site.url}{post['url']}"
    tab.fill(f"review_link_{task.id}", "https://example.com/p/1")
    tab.press("It is online")
    tab.sees("“https://example.com/p/1” is not the address of an article.")
    assert stage.lab.status(task) is TaskStatus.BLOCKED
    tab.fill(f"review_link_{task.id}", link)
    tab.press("It is online")
    tab.sees("Open the article", f"Found online by {ada.name}")
    tab.sees_no("Is it online?")
    row = stage.lab.queries.get(task.id)
    assert (row.status, row.result_url, row.remote_id) == (TaskStatus.PUBLISHED, link, post["id"])
    assert link in tab.links()
    (record,) = stage.audited(task, "article.review")
    assert (record["by"], record["answer"], record["link"]) == (ada.name, ReviewAnswer.ONLINE, link)
    assert (post_of(stage, ada)["post_count"], post_of(stage, ada)["publish_requests"]) == (1, 1)


def test_it_is_looked_for_once_more_and_found(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    tab, task = asked_about(stage, visitor, ada, ONLINE)
    give_answer(tab, CHECK_AGAIN)
    tab.sees("Open the article", "The site was asked: it is online")
    row = stage.lab.queries.get(task.id)
    assert (row.status, row.remote_id) == (TaskStatus.PUBLISHED, post_of(stage, ada)["id"])
    assert (post_of(stage, ada)["post_count"], post_of(stage, ada)["publish_requests"]) == (1, 1)
    assert [record["answer"] for record in stage.audited(task, "article.review")] == [ReviewAnswer.CHECK_AGAIN]


@pytest.mark.parametrize(("click", "requests"), [(LOST, 2), (ONLINE, 1)], ids=["not-online", "online-after-all"])
def test_it_is_published_again_and_stands_there_once(
    stage: Stage, visitor: Visitor, click: Fault, requests: int
) -> None:
    """Also when the person was wrong: before the second click the draft itself says that it is published."""
    ada = stage.person("ada")
    tab, task = asked_about(stage, visitor, ada, click)
    assert len(stage.posts_of(ada)) == (click is ONLINE)
    give_answer(tab, PUBLISH_AGAIN)
    tab.sees("Open the article")
    row, post = stage.lab.queries.get(task.id), post_of(stage, ada)
    assert (row.status, row.remote_id, row.remote_draft_id) == (TaskStatus.PUBLISHED, post["id"], post["id"])
    assert (post["post_count"], post["publish_requests"]) == (1, requests)
    assert [record["answer"] for record in stage.audited(task, "article.review")] == [ReviewAnswer.PUBLISH_AGAIN]


def test_it_is_given_up_and_nothing_more_is_sent(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    tab, task = asked_about(stage, visitor, ada, LOST)
    give_answer(tab, GIVE_UP)
    tab.sees("Given up, may be online", f"Given up by {ada.name}, may be online")
    tab.sees_no("Is it online?")
    assert stage.lab.wait_for(task, *ENDS).status is TaskStatus.CANCELLED
    assert stage.posts_of(ada) == []
    assert [draft["publish_requests"] for draft in stage.lab.site.drafts(ada.on_site)] == [1]
    assert [record["answer"] for record in stage.audited(task, "article.review")] == [ReviewAnswer.GIVE_UP]
