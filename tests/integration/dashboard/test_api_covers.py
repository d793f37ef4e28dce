"""Covers over the REST API: the same checks as on the page."""

from __future__ import annotations

from base64 import b64encode

import pytest

from core import wiring
from core.services.pictures import MAX_PICTURE_BYTES
from tests.integration.dashboard.dashboard_server import DashboardServer
from tests.integration.dashboard.dashboard_world import DashboardWorld

TASKS = "/api/v1/tasks"
PNG = b"\x89PNG\r\n\x1a\n and the rest"
ARTICLE = {"account": "main", "title": "一篇文章", "content": "正文"}


def in_base64(picture: bytes) -> str:
    return b64encode(picture).decode()


def cover_of(world: DashboardWorld, task_id: str) -> bytes | None:
    """What would be shown on the site."""
    actor = world.actor("ada")
    sha256 = wiring.get_task_manager().article(task_id, actor=actor).cover_sha256
    return None if sha256 is None else wiring.get_task_queries().picture(sha256).data


def test_an_article_has_the_cover_that_was_sent(world: DashboardWorld, api: DashboardServer) -> None:
    token = world.api_token("ada")
    task = api.call("POST", TASKS, token, json=ARTICLE | {"cover": in_base64(PNG)})
    assert task.status_code == 202, task.text
    assert cover_of(world, task.json()["id"]) == PNG


def test_a_cover_is_changed_and_taken_away(world: DashboardWorld, api: DashboardServer) -> None:
    token, other = world.api_token("ada"), b"\xff\xd8\xff a photograph"
    path = f"{TASKS}/{world.submit('ada', cover=PNG).public_id}"
    assert api.call("PATCH", path, token, json={"cover": in_base64(other)}).status_code == 200
    task_id = path.rpartition("/")[2]
    assert cover_of(world, task_id) == other
    assert api.call("PATCH", path, token, json={"title": "Another"}).status_code == 200
    assert cover_of(world, task_id) == other
    assert api.call("PATCH", path, token, json={"cover": None}).status_code == 200
    assert cover_of(world, task_id) is None


@pytest.mark.parametrize(
    "cover",
    [
        "no base64",
        "",
        5,
        in_base64(b"GIF89a is no picture for a cover"),
        in_base64(b"\x89PNG\r\n\x1a\n".ljust(MAX_PICTURE_BYTES + 1)),
    ],
    ids=["not base64", "empty", "a number", "a GIF", "too large"],
)
def test_what_is_no_cover_is_a_fault_beside_the_others(
    world: DashboardWorld, api: DashboardServer, cover: object
) -> None:
    answer = api.call("POST", TASKS, world.api_token("ada"), json=ARTICLE | {"title": "", "cover": cover})
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["faults"]} == {"title", "cover"}
    path = f"{TASKS}/{world.submit('ada').public_id}"
    answer = api.call("PATCH", path, world.api_token("ada"), json={"cover": cover})
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["faults"]} == {"cover"}


def test_the_same_key_with_another_cover_is_a_conflict(world: DashboardWorld, api: DashboardServer) -> None:
    token, key = world.api_token("ada"), {"Idempotency-Key": "one"}
    first = api.call("POST", TASKS, token, json=ARTICLE | {"cover": in_base64(PNG)}, headers=key)
    again = api.call("POST", TASKS, token, json=ARTICLE | {"cover": in_base64(PNG)}, headers=key)
    assert (first.status_code, again.json()["id"]) == (202, first.json()["id"])
    other = api.call("POST", TASKS, token, json=ARTICLE | {"cover": in_base64(PNG + b"!")}, headers=key)
    assert other.status_code == 409


def test_articles_of_a_batch_have_none(world: DashboardWorld, api: DashboardServer) -> None:
    tasks = [ARTICLE | {"cover": in_base64(PNG)}]
    answer = api.call("POST", "/api/v1/batches", world.api_token("ada"), json={"tasks": tasks})
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["faults"]} == {"tasks.0.cover"}
