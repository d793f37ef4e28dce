"""What a browser gets first of each page, before Streamlit has said a word."""

from __future__ import annotations

import re

import pytest

from dashboard.browser_files import FOLDER
from dashboard.navigation import PAGES
from tests.integration.dashboard.dashboard_server import DashboardServer
from tests.integration.dashboard.dashboard_world import DashboardWorld

NAMES = [entry.file for entry in PAGES]


def first_of(world: DashboardWorld, api: DashboardServer, page: str) -> str:
    """The HTML of a page, as an administrator gets it."""
    path = "/" if page == "overview" else f"/{page}"
    cookie = f"topn_session={world.token_of('root')}"
    answer = api.call("GET", path, headers={"Accept": "text/html", "Cookie": cookie})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    return answer.text


@pytest.mark.parametrize("page", NAMES)
def test_it_has_our_name_and_tells_where_the_server_is(world: DashboardWorld, api: DashboardServer, page: str) -> None:
    html = first_of(world, api, page)
    assert "<title>TOP_N</title>" in html
    assert 'href="/brand/logo.svg"' in html
    assert "Streamlit</title>" not in html
    assert "favicon.png" not in html
    assert html.index("BACKEND_BASE_URL") < html.index('<script type="module"')


@pytest.mark.parametrize("page", NAMES)
def test_each_script_it_names_is_there_and_named_once(world: DashboardWorld, api: DashboardServer, page: str) -> None:
    links = re.findall(r'<link rel="modulepreload" crossorigin href="\.?(/static/[^"]+)"', first_of(world, api, page))
    assert len(links) == len(set(links))
    assert [link for link in links if not (FOLDER / link[1:]).is_file()] == []
    assert any("/Selectbox." in link for link in links)


def test_the_list_of_articles_names_what_it_is_drawn_with(world: DashboardWorld, api: DashboardServer) -> None:
    assert all(f"/{part}." in first_of(world, api, "tasks") for part in ("DataFrame", "Pagination", "MenuButton"))
    assert "/EChartsChart." not in first_of(world, api, "tasks")
    assert "/EChartsChart." in first_of(world, api, "overview")


def test_nobody_gets_it_without_a_sign_in(api: DashboardServer) -> None:
    answer = api.call("GET", "/tasks", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Ftasks")
