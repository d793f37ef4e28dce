"""Covers and bodies named by a CSV: inside its folder, and nowhere else."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.services.csv_faults import FaultKind, WrongCell
from core.services.csv_files import MAX_BODY_FILE_BYTES, CsvFiles
from core.services.csv_import import parse_csv

PNG = b"\x89PNG\r\n\x1a\n and the rest"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    (folder / "pictures").mkdir(parents=True)
    (folder / "pictures" / "a.png").write_bytes(PNG)
    (folder / "body.md").write_text("# 你好", encoding="gb18030")
    (tmp_path / "secret.png").write_bytes(PNG)
    return folder


def test_files_beside_the_csv_are_read(folder: Path) -> None:
    files = CsvFiles(folder)
    assert files.picture("pictures/a.png") == PNG
    assert files.picture("pictures\\a.png") == PNG
    assert files.picture("./pictures/../pictures/a.png") == PNG
    assert files.text("body.md") == "# 你好"


@pytest.mark.parametrize("name", ["../secret.png", "..\\secret.png", "pictures/../../secret.png"])
def test_no_way_leads_out_of_the_folder(folder: Path, name: str) -> None:
    with pytest.raises(WrongCell, match="outside"):
        CsvFiles(folder).picture(name)


def test_an_absolute_path_is_outside(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongCell, match="outside"):
        CsvFiles(folder).picture(str(tmp_path / "secret.png"))


def test_symbolic_links_are_followed_before_the_place_is_judged(folder: Path, tmp_path: Path) -> None:
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "up").symlink_to(tmp_path)
    (folder / "inside.png").symlink_to(folder / "pictures" / "a.png")
    (folder / "loop.png").symlink_to(folder / "loop.png")
    files = CsvFiles(folder)
    for name in ("link.png", "up/secret.png"):
        with pytest.raises(WrongCell, match="outside"):
            files.picture(name)
    assert files.picture("inside.png") == PNG
    with pytest.raises(WrongCell, match="no file"):
        files.picture("loop.png")


def test_only_real_files_of_a_fair_size(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "long.md").write_bytes(b"a" * (MAX_BODY_FILE_BYTES + 1))
    (folder / "binary.md").write_bytes(b"\xff\xff\xff\xff")
    files = CsvFiles(folder)
    for name, words in (
        ("pictures", "not a file"),
        ("pipe", "not a file"),
        ("gone.md", "no file"),
        ("nul\0byte", "no file"),
        ("long.md", "more than 2 MB"),
        ("binary.md", "as text"),
    ):
        with pytest.raises(WrongCell, match=words):
            files.text(name)


def test_an_upload_may_not_name_files() -> None:
    with pytest.raises(WrongCell, match="on the page Publish") as cover:
        CsvFiles(None).picture("a.png")
    assert cover.value.kind is FaultKind.COVER
    with pytest.raises(WrongCell, match="into the column content") as body:
        CsvFiles(None).text("a.md")
    assert body.value.kind is FaultKind.WRONG


def test_rows_of_an_upload_go_without_covers_only_when_their_owner_agreed() -> None:
    data = "title,content,题图\nOne,x,a.png\nTwo,y,\nThree,,b.png\n".encode()
    refused, agreed = (parse_csv(data, zone=ZoneInfo("UTC"), without_covers=agrees) for agrees in (False, True))
    assert [(fault.row, fault.column, fault.kind) for fault in refused.faults] == [
        (2, "题图", FaultKind.COVER),
        (4, "content", FaultKind.WRONG),
        (4, "题图", FaultKind.COVER),
    ]
    assert [(number, row.cover) for number, row in agreed.good_rows] == [(2, None), (3, None)]
    assert refused.rows_with_covers == agreed.rows_with_covers == (2, 4)
    assert parse_csv(b"title,content\nOne,x\n", zone=ZoneInfo("UTC")).rows_with_covers == ()


def test_rows_with_files(folder: Path) -> None:
    (folder / "page.html").write_text("<p>Hello</p>", encoding="utf-8")
    (folder / "fake.png").write_bytes(b"GIF89a")
    text = (
        "title,content_file,cover\n"
        "One,body.md,pictures/a.png\n"
        "Two,page.html,\n"
        "Three,body.md,fake.png\n"
        "Four,../body.md,\n"
    )
    parsed = parse_csv(text.encode(), folder=folder, zone=ZoneInfo("UTC"), now=datetime(2025, 1, 1, tzinfo=UTC))
    one, two, *_ = (row.submission for row in parsed.rows)
    assert one is not None
    assert (one.content, one.content_format, one.cover) == ("# 你好", "markdown", PNG)
    assert two is not None
    assert two.content_format == "html"
    assert [(fault.row, fault.column) for fault in parsed.faults] == [(4, "cover"), (5, "content_file")]
