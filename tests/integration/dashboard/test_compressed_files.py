"""The scripts and styles of Streamlit on their way to a browser, before what Streamlit serves them with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_assets_routes

from dashboard.browser_files import FOLDER, all_files
from dashboard.compressed_files import CompressedFiles
from tests.integration.dashboard.dashboard_server import DashboardServer

SCRIPT = next(file.address for file in all_files() if file.kind == "script")
FONT = next(file.address for file in all_files() if file.kind == "font")
FIRST_TEN = {"Range": "bytes=0-9"}


@pytest.fixture(scope="module")
def files() -> Iterator[DashboardServer]:
    routes = create_streamlit_static_assets_routes(None)
    server = DashboardServer(Starlette(routes=routes, middleware=[Middleware(CompressedFiles)]))
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("kind", ["script", "style"])
def test_they_come_compressed_and_are_what_they_were(files: DashboardServer, kind: str) -> None:
    for file in (file for file in all_files() if file.kind == kind):
        small = files.call("GET", file.address, headers={"Accept-Encoding": "br, gzip"})
        plain = files.call("GET", file.address, headers={"Accept-Encoding": "identity"})
        assert (small.status_code, small.content) == (200, plain.content)
        assert (small.headers["content-encoding"], plain.headers.get("content-encoding")) == ("gzip", None)
        for header in ("content-type", "cache-control"):
            assert small.headers[header] == plain.headers[header]


def test_a_part_of_one_comes_as_it_is(files: DashboardServer) -> None:
    part = files.call("GET", SCRIPT, headers={"Accept-Encoding": "gzip"} | FIRST_TEN)
    assert (part.status_code, part.content) == (206, (FOLDER / SCRIPT[1:]).read_bytes()[:10])


@pytest.mark.parametrize("address", [FONT, "/index.html", "/static/js/none.js", "/static/js/../../index.html"])
def test_nothing_else_is_compressed(files: DashboardServer, address: str) -> None:
    assert "content-encoding" not in files.call("GET", address, headers={"Accept-Encoding": "gzip"}).headers


def test_a_file_cannot_be_written_to(files: DashboardServer) -> None:
    assert files.call("POST", SCRIPT, headers={"Accept-Encoding": "gzip"}).status_code == 405
