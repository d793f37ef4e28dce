"""Streamlit's own words in fields for files, and what ours say in their place."""

from __future__ import annotations

import tomllib

import pytest

from core.services.csv_import import MAX_ROWS
from core.services.csv_text import MAX_FILE_BYTES
from core.settings import ROOT
from tests.integration.dashboard.dashboard_world import DashboardWorld


@pytest.mark.parametrize(
    ("page", "language", "refused"),
    [
        (
            "upload",
            "en",
            "The file marked in red was not taken. It must be one of CSV, TXT, TSV and have 20 MB at most",
        ),
        ("upload", "zh_CN", "标红的文件未被接收。请选择 CSV, TXT, TSV 格式、不超过 20 MB 的文件"),
        ("publish", "en", "It must be one of PNG, JPG, JPEG, WEBP and have 5 MB at most"),
        ("publish", "zh_CN", "请选择 PNG, JPG, JPEG, WEBP 格式、不超过 5 MB 的文件"),
    ],
)
def test_a_refused_file_is_told_of(world: DashboardWorld, page: str, language: str, refused: str) -> None:
    app = world.open(page, language=language)
    styles = "".join(element.proto.body for element in app.get("html"))
    assert refused in styles
    assert ("选择文件" in styles) is (language == "zh_CN")


def test_the_largest_file_is_the_same_everywhere() -> None:
    most_mb = MAX_FILE_BYTES // 1024 // 1024
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] == most_mb
    assert f"Up to {MAX_ROWS:,} rows and {most_mb} MB." in (ROOT / "README.md").read_text(encoding="utf-8")
