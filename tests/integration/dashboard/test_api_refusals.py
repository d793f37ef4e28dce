"""What the API refuses as a fault of the caller, and that a refused change changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.dashboard.dashboard_server import DashboardServer
from tests.integration.dashboard.dashboard_world import DashboardWorld

JSON = "application/json"
HALF = "a\ud83d"
GOOD = {"account": "main", "title": "Hello", "content": "x"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        *(("/tasks", GOOD | {field: HALF}) for field in ("account", "title", "platform", "mode", "column", "format")),
        ("/tasks", GOOD | {"topics": [HALF]}),
        ("/batches", {"tasks": [GOOD], "name": HALF}),
        ("/batches", {"tasks": [GOOD], "name": "n" * 256}),
        ("/batches", {"tasks": [GOOD | {"client_ref": HALF}]}),
        ("/batches", {"tasks": [GOOD | {"topics": ["a|b"]}]}),
        ("/tasks", GOOD | {HALF: "x"}),
        *(("/tasks", GOOD | {"column": f"a{odd}b", "topics": [f"a{odd}b"]}) for odd in "\0\n\u2028\x7f"),
    ],
)
def test_what_cannot_be_kept_as_it_is_is_a_fault(
    world: DashboardWorld, api: DashboardServer, path: str, body: dict[str, Any]
) -> None:
    headers = {"Content-Type": JSON}
    answer = api.call("POST", f"/api/v1{path}", world.api_token("ada"), data=json.dumps(body), headers=headers)
    assert answer.status_code == 422, answer.text
    assert answer.json()["faults"]


def test_a_very_long_search_is_a_fault(world: DashboardWorld, api: DashboardServer) -> None:
    assert api.call("GET", f"/api/v1/tasks?text={'x' * 201}", world.api_token("ada")).status_code == 422


def test_everything_wrong_in_an_address_is_named(world: DashboardWorld, api: DashboardServer) -> None:
    answer = api.call("GET", "/api/v1/tasks?limit=0&status=odd&batch=x", world.api_token("ada"))
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["faults"]} == {"query.limit", "query.status.0", "query.batch"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nothing", "", 404),
        ("DELETE", "/tasks", "", 405),
        ("POST", "/tasks", "[" * 100_000, 400),
        ("POST", "/tasks", '{"priority": ' + "9" * 5000 + "}", 400),
    ],
)
def test_every_error_has_one_shape(
    world: DashboardWorld, api: DashboardServer, method: str, path: str, body: str, status: int
) -> None:
    headers = {"Content-Type": JSON}
    answer = api.call(method, f"/api/v1{path}", world.api_token("ada"), data=body, headers=headers)
    assert (answer.status_code, answer.json().keys()) == (status, {"detail", "faults"})


@pytest.mark.parametrize("body", ["{", '{"title": "x",}'])
def test_a_body_that_is_no_json_is_called_so(world: DashboardWorld, api: DashboardServer, body: str) -> None:
    headers = {"Content-Type": JSON}
    answer = api.call("POST", "/api/v1/tasks", world.api_token("ada"), data=body.encode(), headers=headers)
    (fault,) = answer.json()["faults"]
    assert (answer.status_code, fault["field"]) == (422, "body")
    assert fault["reason"].startswith("is no JSON: ")


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        ('{"title": "é"}'.encode("latin-1"), "application/json", "cannot be read"),
        (b"[" * 100_000, "application/json", "cannot be read"),
        (json.dumps(GOOD).encode(), "text/plain", "is no object of JSON"),
        (b"title=a", "application/x-www-form-urlencoded", "is no object of JSON"),
        (b"[]", "application/json", "is no object of JSON"),
    ],
)
def test_what_is_wrong_with_a_body_as_a_whole(
    world: DashboardWorld, api: DashboardServer, body: bytes, kind: str, reason: str
) -> None:
    answer = api.call("POST", "/api/v1/tasks", world.api_token("ada"), data=body, headers={"Content-Type": kind})
    (fault,) = answer.json()["faults"]
    assert fault["field"] == "body"
    assert fault["reason"].startswith(reason)
    assert "json" in fault["remedy"].lower()


def test_the_detail_tells_the_faults_as_sentences(world: DashboardWorld, api: DashboardServer) -> None:
    """With the names that the caller wrote, and how to mend each."""
    token = world.api_token("ada")
    of_shape = {"title": HALF, "content": "x", "account": 5, "scheduled_at": "2001-01-01T00:00:00Z"}
    of_content = GOOD | {"format": "odd", "title": "", "scheduled_at": "2001-01-01T00:00:00Z"}
    for body in (of_shape, of_content):
        answer = api.call("POST", "/api/v1/tasks", token, data=json.dumps(body), headers={"Content-Type": JSON}).json()
        told = [f"{fault['field']}: {fault['reason']} {fault['remedy']}" for fault in answer["faults"]]
        assert len(told) == 3
        assert answer["detail"] == " ".join(told)
        assert "Value error" not in answer["detail"]


def faults(api: DashboardServer, token: str, method: str, path: str, body: dict[str, Any]) -> dict[str, str]:
    """Field → reason."""
    answer = api.call(method, f"/api/v1{path}", token, json=body)
    assert answer.status_code == 422, answer.text
    named = [fault["field"] for fault in answer.json()["faults"]]
    assert len(set(named)) == len(named)
    return {fault["field"]: fault["reason"] for fault in answer.json()["faults"]}


@pytest.mark.parametrize("priority", ["x", 99, 10**30, 1.5])
def test_shape_and_content_are_named_together(world: DashboardWorld, api: DashboardServer, priority: Any) -> None:
    token = world.api_token("ada")
    wrong = {"title": "", "content": "", "priority": priority, "format": "odd", "scheduled_at": "2001-01-01T00:00:00Z"}
    fields = {"title", "content", "priority", "format", "scheduled_at"}
    found = faults(api, token, "POST", "/tasks", wrong | {"account": "nobody"})
    assert found.keys() == fields | {"account"}
    task = world.submit("ada").public_id
    assert faults(api, token, "PATCH", f"/tasks/{task}", wrong).keys() == fields
    assert faults(api, token, "PATCH", f"/tasks/{task}", {"title": "", "priority": priority}).keys() == {
        "title",
        "priority",
    }


def test_what_is_in_order_is_not_named(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    assert faults(api, token, "POST", "/tasks", GOOD | {"priority": "x", "misspelt": 1}).keys() == {
        "priority",
        "misspelt",
    }
    assert faults(api, token, "POST", "/tasks", {"title": "x", "priority": "x"}).keys() == {"content", "priority"}


def test_each_article_of_a_batch_is_looked_at(world: DashboardWorld, api: DashboardServer) -> None:
    bad = [GOOD | {"priority": "x", "title": ""}, GOOD, GOOD | {"content": "", "account": "nobody"}, 5]
    found = faults(api, world.api_token("ada"), "POST", "/batches", {"tasks": bad})
    assert found.keys() == {"tasks.0.priority", "tasks.0.title", "tasks.2.content", "tasks.2.account", "tasks.3"}


def test_of_too_many_articles_only_that_is_told(world: DashboardWorld, api: DashboardServer) -> None:
    tasks = [GOOD | {"title": 1}, *[GOOD] * 10_000]
    assert faults(api, world.api_token("ada"), "POST", "/batches", {"tasks": tasks}).keys() == {"tasks"}


def test_times_of_a_batch_need_an_offset_as_those_of_one_article(world: DashboardWorld, api: DashboardServer) -> None:
    token, timed = world.api_token("ada"), GOOD | {"scheduled_at": "2027-01-31T09:00:00"}
    assert faults(api, token, "POST", "/tasks", timed).keys() == {"scheduled_at"}
    assert faults(api, token, "POST", "/batches", {"tasks": [timed]}).keys() == {"tasks.0.scheduled_at"}


@pytest.mark.parametrize("bad", [{"priority": 99}, {"account": ""}, {"scheduled_at": "2001-01-01T00:00:00Z"}])
def test_a_refused_change_changes_nothing(world: DashboardWorld, api: DashboardServer, bad: dict[str, Any]) -> None:
    task, token = world.submit("ada"), world.api_token("ada")
    answer = api.call("PATCH", f"/api/v1/tasks/{task.public_id}", token, json={"title": "Another"} | bad)
    assert answer.status_code == 422
    assert api.call("GET", f"/api/v1/tasks/{task.public_id}", token).json()["title"] == task.title
