"""What stands open: the API's own page, health with reasons, and figures for Prometheus."""

from __future__ import annotations

import re
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families

from core import wiring
from core.queue.heartbeats import JSON
from core.queue.work_figures import Histogram, Measure
from core.settings import get_settings
from dashboard.api import application
from tests.integration.dashboard.dashboard_server import DashboardServer
from tests.integration.dashboard.dashboard_world import DashboardWorld


def test_the_page_of_the_api_loads_nothing_from_outside(world: DashboardWorld, api: DashboardServer) -> None:
    for path in ("/api/v1/docs", "/api/v1/redoc"):
        page = api.call("GET", path)
        assert page.status_code == 200
        assert re.findall(r"""(?:src|href|url)\s*[=:]\s*["'](?:https?:)?//""", page.text) == []
        files = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert files
        for file in files:
            assert api.call("GET", file).status_code == 200, file
    schema = api.call("GET", "/api/v1/openapi.json").json()
    assert {"/tasks", "/tasks/{task_id}", "/batches", "/batches/{batch_id}", "/stats"} <= set(schema["paths"])
    for routes in schema["paths"].values():
        for route in routes.values():
            assert route["security"] == [{"HTTPBearer": []}]


def test_healthz_says_what_is_wrong(
    world: DashboardWorld, api: DashboardServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    well = api.call("GET", "/healthz")
    assert (well.status_code, well.json()) == (
        200,
        {"status": "ok", "parts": {"database": "ok", "redis": "ok"}},
    )
    monkeypatch.setenv("TOPN_REDIS_URL", "redis://127.0.0.1:1")
    world.start_anew()
    for token in (None, "topn_nonsense", world.api_token("ada")):
        assert api.call("GET", "/healthz", token).json()["parts"]["redis"] == "Redis cannot be used."
    ill = api.call("GET", "/healthz")
    assert (ill.status_code, ill.json()["status"]) == (503, "unavailable")
    assert ill.json()["parts"]["database"] == "ok"
    # Anybody may ask: where Redis is, and as whom, is nothing for strangers.
    assert ill.json()["parts"]["redis"] == "Redis cannot be used."
    told = api.call("GET", "/healthz", world.api_token("root"))
    assert (told.status_code, told.json()["parts"]["database"]) == (503, "ok")
    assert "127.0.0.1:1" in told.json()["parts"]["redis"]


def test_healthz_answers_an_administrator_while_nobody_can_be_known(
    world: DashboardWorld, api: DashboardServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = world.api_token("root")
    monkeypatch.setenv("TOPN_DATABASE_URL", "mysql+pymysql://topn:secret@127.0.0.1:1/topn")
    wiring.close_all()
    get_settings.cache_clear()
    ill = api.call("GET", "/healthz", token)
    assert (ill.status_code, ill.json()["parts"]["database"]) == (503, "The database cannot be used.")


def test_metrics_are_for_administrators(world: DashboardWorld, api: DashboardServer) -> None:
    assert api.call("GET", "/metrics").status_code == 401
    assert api.call("GET", "/metrics", "topn_nonsense").status_code == 401
    assert api.call("GET", "/metrics", world.api_token("ada")).status_code == 403
    assert api.call("GET", "/metrics", world.api_token("root")).status_code == 200


def test_metrics_tell_how_it_stands(world: DashboardWorld, api: DashboardServer) -> None:
    world.submit("ada")
    gone = world.submit("bob")
    wiring.get_task_manager().cancel(gone.id, actor=world.actor("bob"))
    pool: JSON = {"idle": 1, "busy": 2, "waiting": 0, "max": 4, "memory_bytes": 5_000_000, "created": 9}
    wiring.get_heartbeats().beat("w:1:a", {"pool": pool}, 60)
    wiring.get_heartbeats().beat("w:2:b", {"pool": "of another version"}, 60)
    found = _metrics(api, world.api_token("root"))
    assert found["topn_tasks", "waiting"] == 1
    assert found["topn_tasks_finished_total", "cancelled"] == 1
    assert found["topn_queue_waiting", ""] == 1
    assert found["topn_redis_up", ""] == 1
    assert found["topn_workers", ""] == 2
    assert [found["topn_browsers", state] for state in ("idle", "busy", "waiting", "max")] == [1, 2, 0, 4]
    assert found["topn_browser_memory_bytes", ""] == 5_000_000
    assert all(name.startswith("topn_") for name, _label in found)


def test_metrics_tell_how_long_things_took(world: DashboardWorld, api: DashboardServer) -> None:
    histogram = Histogram()
    for seconds in (0.05, 3, 3, 100, 5000):
        histogram.observe(seconds)
    for _time in range(2):
        wiring.get_work_figures().add({Measure.TASK_WAIT: histogram})
    found = _metrics(api, world.api_token("root"))
    name = "topn_task_wait_seconds"
    ends = {end: found[f"{name}_bucket", end] for end in ("0.1", "2.5", "5.0", "120.0", "1800.0", "+Inf")}
    assert ends == {"0.1": 2, "2.5": 2, "5.0": 6, "120.0": 8, "1800.0": 8, "+Inf": 10}
    assert (found[f"{name}_count", ""], found[f"{name}_sum", ""]) == (10, 2 * 5106.05)
    assert found["topn_publish_duration_seconds_count", ""] == 0
    assert found["topn_browser_lease_wait_seconds_count", ""] == 0


def test_metrics_without_redis_say_so(
    world: DashboardWorld, api: DashboardServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = world.api_token("root")
    monkeypatch.setenv("TOPN_REDIS_URL", "redis://127.0.0.1:1")
    world.start_anew()
    found = _metrics(api, token)
    assert found["topn_redis_up", ""] == 0
    assert ("topn_tasks", "waiting") in found
    assert ("topn_workers", "") not in found
    assert ("topn_task_wait_seconds_count", "") not in found


def test_an_article_is_accepted_while_redis_is_away(
    world: DashboardWorld, api: DashboardServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = world.api_token("ada")
    monkeypatch.setenv("TOPN_REDIS_URL", "redis://127.0.0.1:1")
    world.start_anew()
    article = {"account": "main", "title": "Hello", "content": "x"}
    answer = api.call("POST", "/api/v1/tasks", token, json=article)
    assert (answer.status_code, answer.json()["ahead"]) == (202, None)
    limits = api.call("GET", "/api/v1/limits/ada", token)
    assert limits.status_code == 503
    assert limits.headers["retry-after"] == "5"
    assert limits.json()["detail"] == "Redis cannot be used."


def test_a_request_of_another_site_is_refused(world: DashboardWorld, api: DashboardServer) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = api.call("POST", "/api/v1/tasks", world.api_token("ada"), json={}, headers=headers)
    assert answer.status_code == 403


def answer_before_the_body(api: DashboardServer, path: str, size: int, token: str | None) -> int:
    """Not one byte of the body is sent: a server that wanted to read it would go on waiting."""
    address = urlsplit(api.url)
    connection = HTTPConnection(str(address.hostname), address.port, timeout=30)
    connection.putrequest("POST", f"/api/v1{path}")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(size))
    if token is not None:
        connection.putheader("Authorization", f"Bearer {token}")
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("path", ["/tasks", "/batches", "/batches/csv"])
def test_a_body_is_read_only_for_who_has_a_token(world: DashboardWorld, api: DashboardServer, path: str) -> None:
    for token in (None, "topn_nonsense"):
        assert answer_before_the_body(api, path, application.MAX_BODY_BYTES, token) == 401
    for token in (None, world.api_token("ada")):
        assert answer_before_the_body(api, path, application.MAX_BODY_BYTES + 1, token) == 413


def test_a_body_of_unknown_length_is_read_only_up_to_the_limit(
    world: DashboardWorld, api: DashboardServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "MAX_BODY_BYTES", 1000)
    server = DashboardServer()
    server.start()
    try:
        answer = server.call("POST", "/api/v1/tasks", world.api_token("ada"), data=iter([b"x" * 600, b"x" * 600]))
        assert answer.status_code == 413
        assert "smaller" in answer.json()["detail"]
    finally:
        server.stop()


def _metrics(api: DashboardServer, token: str) -> dict[tuple[str, str], float]:
    """(name, its one label) → figure."""
    answer = api.call("GET", "/metrics", token)
    assert answer.status_code == 200, answer.text
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            assert "user" not in sample.labels
            found[sample.name, next(iter(sample.labels.values()), "")] = sample.value
    return found
