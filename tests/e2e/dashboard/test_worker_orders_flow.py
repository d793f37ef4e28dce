"""Orders to a worker on the page Workers: asked first, carried out, and the page goes on."""

from __future__ import annotations

import pytest

from core.task_state import TaskStatus
from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.stage import ENDS, Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]


EFFECT = "It finishes what it holds and takes nothing new, until somebody lets it go on."


def test_what_was_asked_is_not_asked_again_after_the_page_was_left(visitor: Visitor) -> None:
    tab = visitor("/queue")
    tab.follow("Workers and browsers")
    tab.choose_in_menu("Tell it", "Take nothing new")
    tab.sees(EFFECT)
    tab.front().back()
    tab.sees("Users take turns")
    tab.sees_no(EFFECT)
    tab.follow("Workers and browsers")
    tab.sees("Tell it")
    tab.settle()
    assert EFFECT not in tab.text()


def test_a_worker_takes_nothing_new_until_it_is_let_go_on(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    workers = visitor("/workers")
    workers.choose_in_menu("Tell it", "Take nothing new")
    workers.sees(EFFECT)
    workers.press("Take nothing new")
    workers.sees("Takes nothing new since", "root wants it so")
    workers.sees_no("takes nothing new, until somebody lets it go on")
    task = stage.lab.submit(ada.account, "等待放行")
    workers.choose_in_menu("Tell it", "Take articles again")
    workers.press("Take articles again")
    workers.sees("Working")
    workers.sees_no("Takes nothing new since")
    assert stage.lab.wait_for(task, *ENDS).status is TaskStatus.PUBLISHED
    assert stage.posts_of(ada) == ["等待放行"]
