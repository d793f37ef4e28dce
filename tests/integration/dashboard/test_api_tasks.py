"""Articles over the REST API: every route's happy way, and each kind of refusal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import wiring
from core.store.records import HeldTask
from core.task_state import BlockReason
from tests.integration.dashboard.dashboard_server import DashboardServer
from tests.integration.dashboard.dashboard_world import DashboardWorld

TASKS = "/api/v1/tasks"
ARTICLE = {"account": "main", "title": "一篇文章", "content": "正文"}


class Draft:
    """What a publisher says of a draft that it has read back."""

    draft_id = "d1"
    content_hash = "hash"
    text_length = 2


def create(api: DashboardServer, token: str, reference: str | None = None, **more: Any) -> dict[str, Any]:
    headers = {} if reference is None else {"Idempotency-Key": reference}
    answer = api.call("POST", TASKS, token, json=ARTICLE | more, headers=headers)
    assert answer.status_code == 202, answer.text
    task: dict[str, Any] = answer.json()
    return task


def take(public_id: str) -> HeldTask:
    """As a worker does."""
    task = wiring.get_task_queries().get_by_public_id(public_id)
    held = wiring.get_task_store().take(task.id, worker_id="w:1:a", claimed_ms=1)
    assert held is not None
    return held


def begin_submitting(public_id: str) -> HeldTask:
    held = take(public_id)
    wiring.get_task_store().record_drafted(held, Draft())
    wiring.get_task_store().begin_submitting(held)
    return held


def test_an_article_is_accepted_with_its_place_in_line(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    first = create(api, token)
    second = create(api, token, title="另一篇", topics=["写作", "生活"], priority=3, mode="draft")
    assert (first["ahead"], second["ahead"]) == (0, 1)
    assert first["status"] == "waiting"
    assert first["state"]
    assert (second["title"], second["mode"], second["priority"], second["user"]) == ("另一篇", "draft", 3, "ada")
    assert api.call("GET", f"{TASKS}/{first['id']}", token).json() == first


def test_the_same_key_is_the_same_article(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    first = create(api, token, "issue-7")
    assert first["client_ref"] == "issue-7"
    assert create(api, token, "issue-7")["id"] == first["id"]
    assert create(api, world.api_token("bob"), "issue-7")["id"] != first["id"]
    other = api.call("POST", TASKS, token, json=ARTICLE | {"title": "Other"}, headers={"Idempotency-Key": "issue-7"})
    assert other.status_code == 409
    assert len(api.call("GET", TASKS, token).json()["tasks"]) == 1


def test_all_faults_are_named_at_once(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    wrong = {"account": "nobody", "title": "", "content": "", "priority": 11, "mode": "x", "scheduled_at": "2020-01-01"}
    answer = api.call("POST", TASKS, token, json=wrong | {"scheduled_at": "2020-01-01T00:00:00Z"})
    assert answer.status_code == 422
    fields = {fault["field"] for fault in answer.json()["faults"]}
    assert fields >= {"title", "content", "priority", "mode", "account", "scheduled_at"}
    assert all(fault["reason"] for fault in answer.json()["faults"])


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"{", {"body"}),
        (b"[]", {"body"}),
        (b'{"titel": "x", "content": 5}', {"title", "content", "titel"}),
        (b'{"title": "x", "content": "x", "account": "main", "scheduled_at": "2099-01-01T00:00:00"}', {"scheduled_at"}),
        (
            b'{"title": "x", "content": "x", "account": "main", "scheduled_at": "9999-12-31T23:59:59Z"}',
            {"scheduled_at"},
        ),
        (
            b'{"title": "x", "content": "x", "account": "main", "scheduled_at": "0001-01-01T00:00:00+12:00"}',
            {"scheduled_at"},
        ),
    ],
)
def test_what_has_not_the_shape_is_refused_in_the_same_way(
    world: DashboardWorld, api: DashboardServer, body: bytes, fields: set[str]
) -> None:
    answer = api.call("POST", TASKS, world.api_token("ada"), data=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["faults"]} == fields
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/events"),
        ("PATCH", ""),
        ("POST", "/cancel"),
        ("POST", "/retry"),
        ("POST", "/review"),
    ],
)
@pytest.mark.parametrize("name", ["another's", "no-such", "0", "9" * 30, "²"])
def test_what_is_not_yours_is_not_found(
    world: DashboardWorld, api: DashboardServer, method: str, path: str, name: str
) -> None:
    bodies = {"": {"title": "New"}, "/review": {"answer": "give_up"}}
    task = world.submit("ada") if name == "another's" else None
    name = task.public_id if task else name
    body = bodies.get(path) if method != "GET" else None
    answer = api.call(method, f"{TASKS}/{name}{path}", world.api_token("bob"), json=body)
    assert answer.status_code == 404, answer.text
    if task is not None:
        assert wiring.get_task_queries().get(task.id) == task
        assert api.call(method, f"{TASKS}/{name}{path}", world.api_token("root"), json=body).status_code != 404


def test_the_list_goes_on_at_its_cursor(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    made = [world.submit("ada", f"Nr {number}").public_id for number in range(5)]
    world.submit("bob")
    found: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = api.call("GET", TASKS, token, params=query).json()
        found += [task["id"] for task in page["tasks"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert found == list(reversed(made))
    assert len(api.call("GET", TASKS, world.api_token("root")).json()["tasks"]) == 6


def test_the_list_can_be_narrowed(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    kept = world.submit("ada", "春天")
    gone = world.submit("ada", "秋天")
    wiring.get_task_manager().cancel(gone.id, actor=world.actor("ada"))

    def ids(**query: Any) -> list[str]:
        return [task["id"] for task in api.call("GET", TASKS, token, params=query).json()["tasks"]]

    assert ids(status="waiting") == [kept.public_id]
    assert ids(status=["waiting", "cancelled"]) == [gone.public_id, kept.public_id]
    assert ids(text="秋") == [gone.public_id]
    assert ids(platform="zhihu", text="冬") == []
    assert ids(batch=10**17) == []


@pytest.mark.parametrize(
    "query", [{"cursor": "x"}, {"cursor": "9" * 19}, {"limit": 0}, {"limit": 501}, {"status": "odd"}, {"batch": 10**30}]
)
def test_a_list_that_cannot_be_is_refused(world: DashboardWorld, api: DashboardServer, query: dict[str, Any]) -> None:
    answer = api.call("GET", TASKS, world.api_token("ada"), params=query)
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["field"].removeprefix("query.").startswith(next(iter(query)))


def test_text_time_and_place_can_be_changed(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    task = create(api, token)
    later = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    change = {"title": "Besser", "scheduled_at": later.isoformat(), "priority": 9, "topics": ["写作"]}
    answer = api.call("PATCH", f"{TASKS}/{task['id']}", token, json=change)
    assert answer.status_code == 200
    changed = answer.json()
    assert (changed["title"], changed["priority"]) == ("Besser", 9)
    assert datetime.fromisoformat(changed["scheduled_at"]) == later
    assert changed["state"] == f"Scheduled for {later:%Y-%m-%d %H:%M} UTC"
    now = api.call("PATCH", f"{TASKS}/{task['id']}", token, json={"scheduled_at": None}).json()
    assert now["scheduled_at"] is None
    assert now["ahead"] == 0
    wrong = api.call("PATCH", f"{TASKS}/{task['id']}", token, json={"title": ""})
    assert wrong.status_code == 422


def test_cancelled_at_once_and_then_again(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    task = create(api, token)
    path = f"{TASKS}/{task['id']}"
    assert api.call("POST", f"{path}/cancel", token).json() == {"result": "cancelled"}
    assert api.call("GET", path, token).json()["status"] == "cancelled"
    assert api.call("POST", f"{path}/cancel", token).status_code == 409
    again = api.call("POST", f"{path}/retry", token)
    assert again.status_code == 200
    assert again.json()["status"] == "waiting"
    assert api.call("POST", f"{path}/retry", token).status_code == 409


def test_a_running_one_is_told_to_stop(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    task = create(api, token)
    take(task["id"])
    assert api.call("POST", f"{TASKS}/{task['id']}/cancel", token).json() == {"result": "requested"}


def test_too_late_is_a_conflict(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    task = create(api, token)
    begin_submitting(task["id"])
    path = f"{TASKS}/{task['id']}"
    cancel = api.call("POST", f"{path}/cancel", token)
    assert cancel.status_code == 409
    assert "submitted" in cancel.json()["detail"]
    for change in ({"title": "New"}, {"priority": 1}, {"scheduled_at": None}):
        assert api.call("PATCH", path, token, json=change).status_code == 409


def test_a_person_s_answer_for_one_that_may_be_online(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    task = create(api, token)
    held = begin_submitting(task["id"])
    wiring.get_task_store().block(held, BlockReason.NEEDS_REVIEW, error_class="MayBeOnline", message="look")
    path = f"{TASKS}/{task['id']}/review"
    assert api.call("POST", path, token, json={"answer": "online"}).status_code == 422
    assert api.call("POST", path, token, json={"answer": "perhaps"}).status_code == 422
    link = "https://zhuanlan.zhihu.com/p/123456"
    answer = api.call("POST", path, token, json={"answer": "online", "link": link})
    assert (answer.status_code, answer.json()["status"], answer.json()["url"]) == (200, "published", link)


def test_events_tell_what_happened(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    task = create(api, token)
    take(task["id"])
    events = api.call("GET", f"{TASKS}/{task['id']}/events", token).json()
    assert [event["kind"] for event in events][:1] == ["handed_in"]
    assert len(events) > 1
    assert all(datetime.fromisoformat(event["at"]).tzinfo for event in events)


def test_a_reference_is_what_was_written_in_any_script(world: DashboardWorld, api: DashboardServer) -> None:
    """An article that a batch has brought in is the same one by itself."""
    token, article = world.api_token("ada"), {"account": "main", "title": "Hello", "content": "x"}
    batch = api.call("POST", "/api/v1/batches", token, json={"tasks": [article | {"client_ref": "编号-7"}]}).json()
    for _again in range(2):
        answer = api.call("POST", TASKS, token, json=article, headers={"Idempotency-Key": "编号-7".encode()})
        assert (answer.json()["id"], answer.json()["client_ref"]) == (batch["tasks"][0], "编号-7")
    odd = api.call("POST", TASKS, token, json=article, headers={"Idempotency-Key": b"\xff"})
    assert (odd.status_code, odd.json()["faults"][0]["field"]) == (422, "Idempotency-Key")
