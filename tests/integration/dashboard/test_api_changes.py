"""Articles changed over the REST API: text, account, time and place in line at once, or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from core import wiring
from tests.integration.dashboard.dashboard_server import DashboardServer
from tests.integration.dashboard.dashboard_world import COOKIES, DashboardWorld
from tests.integration.dashboard.test_api_tasks import TASKS, begin_submitting, create, take


def second_account(world: DashboardWorld, name: str = "ada") -> None:
    wiring.get_account_manager().add("second", COOKIES, actor=world.actor(name))


def patch(api: DashboardServer, token: str, task: dict[str, Any], **changes: Any) -> Any:
    return api.call("PATCH", f"{TASKS}/{task['id']}", token, json=changes)


def test_everything_at_once(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    second_account(world)
    task = create(api, token, topics=["写作"])
    answer = patch(api, token, task, title="新", content="新的", mode="draft", topics=[], account="second", priority=2)
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    shown = [changed[name] for name in ("title", "mode", "account", "priority")]
    assert shown == ["新", "draft", "second", 2]
    kinds = [event["kind"] for event in api.call("GET", f"{TASKS}/{task['id']}/events", token).json()]
    assert kinds == ["handed_in", "edited", "account_changed", "reprioritised"]


def test_one_fault_stops_all_of_it(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    task = create(api, token)
    wrong = patch(
        api, token, task, title="New", content="", mode="x", account="nobody", scheduled_at="2020-01-01T00:00:00Z"
    )
    assert wrong.status_code == 422
    assert {fault["field"] for fault in wrong.json()["faults"]} == {"content", "mode", "account", "scheduled_at"}
    assert api.call("GET", f"{TASKS}/{task['id']}", token).json() == task


def test_what_is_too_late_for_the_text_is_too_late_for_all(world: DashboardWorld, api: DashboardServer) -> None:
    """One transaction: the priority alone could be changed once it waits again."""
    token = world.api_token("ada")
    task = create(api, token)
    held = begin_submitting(task["id"])
    wiring.get_task_store().hand_back(held, "a test")
    before = api.call("GET", f"{TASKS}/{task['id']}", token).json()
    refused = patch(api, token, task, title="New", priority=9)
    assert refused.status_code == 409
    assert "its text must stay what it was" in refused.json()["detail"]
    assert api.call("GET", f"{TASKS}/{task['id']}", token).json() == before
    assert patch(api, token, task, priority=9).status_code == 200


def test_a_failed_article_is_edited_and_sent_again(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    task = create(api, token)
    wiring.get_task_store().fail(take(task["id"]), error_class="Rejected", message="word 3")
    sent = patch(api, token, task, content="Without it.", resend=True)
    assert (sent.status_code, sent.json()["status"], sent.json()["error"]) == (200, "waiting", None)


def test_another_account_for_many(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    second_account(world)
    tasks = [create(api, token)["id"] for _ in range(3)]
    take(tasks[2])
    body = {"tasks": tasks, "account": "second"}
    path = f"{TASKS}/change-account"
    foreseen = api.call("POST", path, token, json=body | {"dry_run": True}).json()
    assert (foreseen["effects"], foreseen["changed"]) == ({"moved": 2, "left": 1}, 0)
    assert api.call("GET", f"{TASKS}/{tasks[0]}", token).json()["account"] == "main"
    done = api.call("POST", path, token, json=body)
    assert (done.status_code, done.json()["changed"], done.json()["refused"]) == (200, 2, [])
    accounts = [api.call("GET", f"{TASKS}/{task}", token).json()["account"] for task in tasks]
    assert accounts == ["second", "second", "main"]


@pytest.mark.parametrize(("body", "code"), [({"tasks": []}, 422), ({"account": "nobody"}, 404), ({"x": 1}, 422)])
def test_what_is_wrong_with_a_change_of_account(
    world: DashboardWorld, api: DashboardServer, body: dict[str, object], code: int
) -> None:
    token = world.api_token("ada")
    whole = {"tasks": [create(api, token)["id"]], "account": "main"} | body
    assert api.call("POST", f"{TASKS}/change-account", token, json=whole).status_code == code


def test_nobody_moves_what_is_anothers(world: DashboardWorld, api: DashboardServer) -> None:
    second_account(world)
    second_account(world, "bob")
    task = world.submit("ada")
    body = {"tasks": [task.public_id], "account": "second"}
    assert api.call("POST", f"{TASKS}/change-account", world.api_token("bob"), json=body).status_code == 404
    assert wiring.get_task_queries().get(task.id).account_name == "main"
    assert api.call("POST", f"{TASKS}/change-account", world.api_token("root"), json=body).status_code == 200


def test_a_list_between_two_moments(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    task = create(api, token)
    at = task["created_at"]
    listed = [
        len(api.call("GET", TASKS, token, params=bounds).json()["tasks"])
        for bounds in ({"created_from": at}, {"created_before": at}, {"created_from": "2200-01-01T00:00:00Z"})
    ]
    assert listed == [1, 0, 0]
    for wrong in ("2025-01-01T00:00:00", "0001-01-01T00:00:00+12:00", "soon"):
        assert api.call("GET", TASKS, token, params={"created_from": wrong}).status_code == 422
