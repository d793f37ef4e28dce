"""What the API refuses as a fault of the caller, and that a refused change changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.dashboard.dashboard_server import DashboardServer
from tests.integration.dashboard.dashboard_world import DashboardWorld

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
    ],
)
def test_what_cannot_be_kept_as_it_is_is_a_fault(
    world: DashboardWorld, api: DashboardServer, path: str, body: dict[str, Any]
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = api.call("POST", f"/api/v1{path}", world.api_token("ada"), data=json.dumps(body), headers=headers)
    assert answer.status_code == 422, answer.text
    assert answer.json()["faults"]


def test_a_very_long_search_is_a_fault(world: DashboardWorld, api: DashboardServer) -> None:
    assert api.call("GET", f"/api/v1/tasks?text={'x' * 201}", world.api_token("ada")).status_code == 422


def test_everything_wrong_in_an_address_is_named(world: DashboardWorld, api: DashboardServer) -> None:
    answer = api.call("GET", "/api/v1/tasks?limit=0&status=odd&batch=x", world.api_token("ada"))
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["faults"]} == {"query.limit", "query.status.0", "query.batch"}


@pytest.mark.parametrize("bad", [{"priority": 99}, {"account": ""}, {"scheduled_at": "2001-01-01T00:00:00Z"}])
def test_a_refused_change_changes_nothing(world: DashboardWorld, api: DashboardServer, bad: dict[str, Any]) -> None:
    task, token = world.submit("ada"), world.api_token("ada")
    answer = api.call("PATCH", f"/api/v1/tasks/{task.public_id}", token, json={"title": "Another"} | bad)
    assert answer.status_code == 422
    assert api.call("GET", f"/api/v1/tasks/{task.public_id}", token).json()["title"] == task.title
