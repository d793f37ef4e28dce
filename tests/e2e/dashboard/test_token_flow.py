"""A program of somebody's own: its token made on the page, used for what people see there, and revoked."""

from __future__ import annotations

import pytest
import requests

from core.task_state import TaskStatus
from tests.e2e.dashboard.conftest import Visitor
from tests.e2e.dashboard.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Program:
    """Knows the address of the API and a token."""

    def __init__(self, stage: Stage, token: str) -> None:
        self._url = f"{stage.url}/api/v1"
        self._headers = {"authorization": f"Bearer {token}"}

    def hand_in(self, title: str) -> requests.Response:
        """One article."""
        article = {"title": title, "content": "由程序提交"}
        return requests.post(f"{self._url}/tasks", json=article, headers=self._headers, timeout=20)

    def look_at(self, name: str) -> requests.Response:
        """One article again."""
        return requests.get(f"{self._url}/tasks/{name}", headers=self._headers, timeout=20)


def test_a_token_works_from_the_page_that_makes_it_to_the_page_that_revokes_it(stage: Stage, visitor: Visitor) -> None:
    ada = stage.person("ada")
    profile = visitor("/profile", ada.name)
    profile.sees("You have no token yet.")
    profile.fill("token_name", "夜间导入")
    profile.press("Make a token")
    profile.sees("Copy the token now. It is not shown again.")
    token = profile.code()
    profile.reload()
    profile.sees("夜间导入", "last used never")
    assert token not in profile.text()

    accounts, tasks = profile.another(), profile.another()
    accounts.open("/accounts")
    accounts.press("Pause")
    accounts.sees(f"Paused by {ada.name}")
    program = Program(stage, token)
    first, second = program.hand_in("程序的第一篇"), program.hand_in("程序的第二篇")
    assert [(reply.status_code, reply.json()["ahead"]) for reply in (first, second)] == [(202, 0), (202, 1)]
    assert second.json()["state"].startswith(f"Paused (by {ada.name}, ")
    tasks.open("/tasks")
    tasks.sees("程序的第一篇", "程序的第二篇", f"Paused (by {ada.name}, ")
    accounts.press("Let it go on")
    names = [reply.json()["id"] for reply in (first, second)]
    for task in stage.tasks_of(ada):
        stage.lab.wait_for(task, TaskStatus.PUBLISHED)
    tasks.wait(lambda: tasks.text().count("Published") >= len(names), "both are published on the page")
    assert sorted(stage.posts_of(ada)) == sorted(["程序的第一篇", "程序的第二篇"])
    assert [program.look_at(name).json()["status"] for name in names] == ["published", "published"]

    profile.reload()
    profile.sees("last used")
    assert "last used never" not in profile.text()
    profile.press("Revoke")
    # In a line of its own: a sentence below the tokens has the word as well.
    profile.wait(lambda: "revoked" in profile.text().splitlines(), "the token is marked as revoked")
    refused = [program.look_at(names[0]), program.hand_in("程序的第三篇")]
    assert [reply.status_code for reply in refused] == [401, 401]
    assert len(stage.tasks_of(ada)) == len(names)
