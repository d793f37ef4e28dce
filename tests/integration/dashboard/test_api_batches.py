"""Many articles at once over the REST API, as JSON and as CSV; figures and limits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core import wiring
from core.lane import UserLimits
from dashboard.api import batch_routes
from tests.integration.dashboard.dashboard_server import DashboardServer
from tests.integration.dashboard.dashboard_world import DashboardWorld

BATCHES = "/api/v1/batches"
TWO = "title,content,account,topics,priority\n春天,第一篇,main,写作|生活,7\n秋天,第二篇,main,,\n".encode()
FAULTY = b"title,content,account,priority\nGood,x,main,5\n,x,main,55\nOther,x,nobody,5\n"


def tasks_of(api: DashboardServer, token: str, batch: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.call("GET", "/api/v1/tasks", token, params={"batch": batch}).json()["tasks"]
    return found


def test_a_csv_is_one_batch_however_often_it_comes(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    answer = api.call("POST", f"{BATCHES}/csv?name=Seasons", token, data=TWO)
    assert answer.status_code == 202, answer.text
    batch = answer.json()
    assert (batch["new"], len(batch["tasks"]), batch["in_line"]) == (2, 2, True)
    tasks = tasks_of(api, token, batch["batch"])
    assert [task["title"] for task in tasks] == ["秋天", "春天"]
    assert [task["id"] for task in reversed(tasks)] == batch["tasks"]
    assert tasks[1]["priority"] == 7
    again = api.call("POST", f"{BATCHES}/csv", token, data=TWO).json()
    assert again == batch | {"new": 0}


def test_no_text_is_taken_for_an_error_of_excel_where_no_sheet_can_have_been(
    world: DashboardWorld, api: DashboardServer
) -> None:
    token, words = world.api_token("ada"), ["#N/A", "#NAME?", "nan", "NULL", "=1+1"]
    tasks = [{"account": "main", "title": word, "content": word} for word in words]
    answer = api.call("POST", BATCHES, token, json={"tasks": tasks})
    assert answer.status_code == 202, answer.text
    assert [task["title"] for task in reversed(tasks_of(api, token, answer.json()["batch"]))] == words
    of_a_sheet = api.call("POST", f"{BATCHES}/csv", token, data=b"title,content,account\n#N/A,x,main\n")
    assert "is what Excel shows instead of a text" in of_a_sheet.json()["detail"]


def test_a_csv_may_leave_the_account_to_the_call(world: DashboardWorld, api: DashboardServer) -> None:
    answer = api.call("POST", f"{BATCHES}/csv?account=main", world.api_token("ada"), data=b"title,content\nHello,x\n")
    assert answer.json()["new"] == 1


def test_a_csv_that_names_covers_goes_without_them_only_when_that_is_said(
    world: DashboardWorld, api: DashboardServer
) -> None:
    token, body = world.api_token("ada"), b"title,content,cover\nHello,x,a.png\n"
    refused = api.call("POST", f"{BATCHES}/csv", token, data=body)
    assert refused.status_code == 422
    assert "names a cover, and a CSV by itself cannot bring pictures along." in refused.text
    agreed = api.call("POST", f"{BATCHES}/csv?without_covers=true", token, data=body)
    assert (agreed.status_code, agreed.json()["new"]) == (202, 1)


def test_a_faulty_csv_queues_nothing_and_names_each_row(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    answer = api.call("POST", f"{BATCHES}/csv", token, data=FAULTY)
    assert answer.status_code == 422
    fields = [fault["field"] for fault in answer.json()["faults"]]
    assert len(fields) >= 3
    assert all("row 3" in field or "row 4" in field for field in fields), fields
    assert api.call("GET", "/api/v1/tasks", token).json()["tasks"] == []
    skipped = api.call("POST", f"{BATCHES}/csv?skip_bad_rows=true", token, data=FAULTY)
    assert (skipped.status_code, skipped.json()["new"]) == (202, 1)


@pytest.mark.parametrize("body", [b"", b"\x89PNG\r\n\x1a\n\x00\x00", b"\x00" * 100, b"a;b\n1;2\n"])
def test_what_is_no_csv_of_articles_is_refused(world: DashboardWorld, api: DashboardServer, body: bytes) -> None:
    answer = api.call("POST", f"{BATCHES}/csv", world.api_token("ada"), data=body)
    assert answer.status_code == 422
    assert answer.json()["faults"]


def test_a_file_that_is_too_large_is_refused(
    world: DashboardWorld, api: DashboardServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_routes, "MAX_FILE_BYTES", 40)
    answer = api.call("POST", f"{BATCHES}/csv", world.api_token("ada"), data=TWO)
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["field"] == "file"


def test_a_batch_as_json(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    tasks = [
        {
            "account": "main",
            "title": "One",
            "content": 'a, "b"\n\n- c',
            "client_ref": "one",
            "topics": ["写作", "生活"],
        },
        {"account": "main", "title": "Two", "content": "<p>x</p>", "format": "html"},
    ]
    answer = api.call("POST", BATCHES, token, json={"tasks": tasks, "name": "Two of them"})
    assert answer.status_code == 202, answer.text
    assert answer.json()["new"] == 2
    first, second = answer.json()["tasks"]
    article = wiring.get_task_manager().article(first, actor=world.actor("ada"))
    assert (article.title, article.content, article.topics) == ("One", 'a, "b"\n\n- c', ("写作", "生活"))
    assert wiring.get_task_manager().article(second, actor=world.actor("ada")).content_format == "html"
    assert api.call("POST", BATCHES, token, json={"tasks": tasks}).json()["new"] == 0


@pytest.mark.parametrize(("sent", "stored"), [("a\ud801x", "a?x"), ("春\ud801x", "春?x"), ("b\0c", "bc")])
def test_odd_signs_in_one_article_of_a_batch_spoil_no_other(
    world: DashboardWorld, api: DashboardServer, sent: str, stored: str
) -> None:
    """With half a character in it the whole batch was taken for GB18030 and stored as other characters, or refused."""
    token, headers = world.api_token("ada"), {"Content-Type": "application/json"}
    tasks = [{"account": "main", "title": title, "content": content} for title, content in (("One", sent), ("é", "x"))]
    answer = api.call("POST", BATCHES, token, data=json.dumps({"tasks": tasks}), headers=headers)
    assert answer.status_code == 202, answer.text
    found = [wiring.get_task_manager().article(task, actor=world.actor("ada")) for task in answer.json()["tasks"]]
    assert [(article.title, article.content) for article in found] == [("One", stored), ("é", "x")]


def test_a_faulty_batch_as_json_names_each_row(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    tasks = [{"account": "main", "title": "", "content": "x"}, {"account": "main", "title": "x", "content": ""}]
    answer = api.call("POST", BATCHES, token, json={"tasks": tasks})
    assert answer.status_code == 422
    assert len(answer.json()["faults"]) == 2
    assert api.call("POST", BATCHES, token, json={"tasks": []}).status_code == 422
    assert api.call("POST", BATCHES, token, json={"tasks": [{"title": "x"}]}).status_code == 422


def hand_in(api: DashboardServer, token: str, name: str, number: int = 2) -> dict[str, Any]:
    """A batch of so many articles."""
    tasks = [{"account": "main", "title": f"{name} {place}", "content": "x"} for place in range(number)]
    answer = api.call("POST", BATCHES, token, json={"tasks": tasks, "name": name})
    assert answer.status_code == 202, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_batch_is_accepted_with_its_place_in_line(
    world: DashboardWorld, api: DashboardServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = world.api_token("ada")
    assert hand_in(api, token, "First")["ahead"] == 0
    assert hand_in(api, token, "Second")["ahead"] == 2
    monkeypatch.setenv("TOPN_REDIS_URL", "redis://127.0.0.1:1")
    world.start_anew()
    third = hand_in(api, token, "Third")
    assert (third["ahead"], third["in_line"]) == (None, False)


def test_a_batch_tells_how_its_articles_stand(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    made = hand_in(api, token, "Seasons", 3)
    api.call("POST", f"/api/v1/tasks/{made['tasks'][0]}/cancel", token)
    for who in ("ada", "root"):
        batch = api.call("GET", f"{BATCHES}/{made['batch']}", world.api_token(who)).json()
        assert [batch[name] for name in ("id", "name", "user", "total", "done")] == [
            made["batch"],
            "Seasons",
            "ada",
            3,
            1,
        ]
        assert batch["counts"] == {"waiting": 2, "cancelled": 1}
        assert batch["created_at"]


def test_a_batch_that_is_not_yours_is_not_found(world: DashboardWorld, api: DashboardServer) -> None:
    made = hand_in(api, world.api_token("ada"), "Seasons")["batch"]
    assert api.call("GET", f"{BATCHES}/{made}", world.api_token("bob")).status_code == 404
    assert api.call("GET", f"{BATCHES}/{made + 1}", world.api_token("ada")).status_code == 404
    assert api.call("GET", f"{BATCHES}/{made}").status_code == 401
    for odd in ("x", "0", "-1", "9" * 30):
        assert api.call("GET", f"{BATCHES}/{odd}", world.api_token("ada")).status_code == 422


def test_the_list_of_batches_goes_on_at_its_cursor(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    for name in ("One", "Two", "Three"):
        hand_in(api, token, name, 1)
    hand_in(api, world.api_token("bob"), "Another's", 1)
    page = api.call("GET", BATCHES, token, params={"limit": 2}).json()
    assert [batch["name"] for batch in page["batches"]] == ["Three", "Two"]
    hand_in(api, token, "Meanwhile", 1)
    page = api.call("GET", BATCHES, token, params={"limit": 2, "cursor": page["next_cursor"]}).json()
    assert [batch["name"] for batch in page["batches"]] == ["One"]
    assert page["next_cursor"] is None
    assert len(api.call("GET", BATCHES, world.api_token("root")).json()["batches"]) == 5
    for wrong in ({"cursor": "x"}, {"limit": 0}, {"limit": 501}):
        assert api.call("GET", BATCHES, token, params=wrong).status_code == 422


def test_figures_are_one_s_own(world: DashboardWorld, api: DashboardServer) -> None:
    world.submit("ada")
    world.submit("bob")
    assert api.call("GET", "/api/v1/stats", world.api_token("ada")).json()["waiting"] == 1
    assert api.call("GET", "/api/v1/stats", world.api_token("root")).json()["waiting"] == 2


def test_limits_are_shown_to_their_user_and_reset_by_an_administrator(
    world: DashboardWorld, api: DashboardServer
) -> None:
    wiring.get_limit_manager().set(UserLimits(world.users["ada"].id, max_starts=1), actor=world.actor("root"))
    world.submit("ada", "One")
    world.submit("ada", "Two")
    assert wiring.get_fair_queue().claim() is not None
    own = api.call("GET", "/api/v1/limits/ada", world.api_token("ada")).json()
    assert (own["user"], own["running"], own["starts"], own["max_starts"], own["waiting"]) == ("ada", 1, 1, 1, 1)
    assert own["next_slot_seconds"] > 0
    assert api.call("GET", "/api/v1/limits/ada", world.api_token("bob")).status_code == 404
    assert api.call("GET", "/api/v1/limits/nobody", world.api_token("root")).status_code == 404
    assert api.call("POST", "/api/v1/limits/ada/reset", world.api_token("bob")).status_code == 404
    assert api.call("POST", "/api/v1/limits/ada/reset", world.api_token("ada")).status_code == 403
    reset = api.call("POST", "/api/v1/limits/ada/reset", world.api_token("root"))
    assert (reset.status_code, reset.json()["starts"], reset.json()["next_slot_seconds"]) == (200, 0, 0)
