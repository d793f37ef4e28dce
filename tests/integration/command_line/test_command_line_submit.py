"""Handing in: CSV in GB18030, with 10,000 rows, with every kind of error; one article alone."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.integration.command_line.command_line import CommandLine

PNG = b"\x89PNG\r\n\x1a\n and the rest"


def table(*rows: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def test_gb18030_with_chinese_headers(ada: CommandLine) -> None:
    text = table(["标题", "正文", "账号", "编号"], ["第一篇🎈", "你好", "main", "a-1"], ["第二篇", "世界", "", ""])
    file = ada.file("articles.csv", text.encode("gb18030"))
    done = ada.process("submit", "--user", "ada", file)
    assert "2 rows; encoding gb18030, delimiter comma." in done.out
    assert "row 2: 第一篇🎈" in done.out
    assert "Queued 2 articles as batch 1." in done.out
    again = ada("submit", "--user", "ada", file)
    assert "Nothing new: 2 articles had been handed in before as batch 1." in again.out
    listed = ada("tasks", "--user", "ada", "--json").json
    assert [(task["title"], task["status"], task["reference"]) for task in listed] == [
        ("第二篇", "waiting", None),
        ("第一篇🎈", "waiting", "a-1"),
    ]


@pytest.mark.slow
def test_ten_thousand_rows(ada: CommandLine) -> None:
    body = "## 小标题\n\n这是**正文**,带[链接](https://example.com/)。\n\n" * 10
    rows = [[f"标题 {number}", f"第 {number} 篇。\n\n{body}"] for number in range(10_000)]
    file = ada.file("many.csv", table(["title", "content"], *rows))
    assert "Queued 10000 articles as batch 1." in ada("submit", "--user", "ada", file).out
    stats = ada("stats", "--json").json
    assert (stats["counts"]["waiting"], stats["in_line"]) == (10_000, 10_000)
    one_more = ada.file("one.csv", table(["title", "content"], ["One", "more"]))
    assert "exceed the limit of 10000" in ada("submit", "--user", "ada", one_more, code=1).err


def test_every_kind_of_error_and_the_way_to_mend_it(ada: CommandLine) -> None:
    header = [
        "title",
        "content",
        "format",
        "platform",
        "account",
        "topics",
        "cover",
        "scheduled_at",
        "mode",
        "priority",
    ]
    blank = [""] * (len(header) - 2)

    def row(column: str, value: str) -> list[str]:
        cells = dict(zip(header, ["Fine", f"Body {column}", *blank], strict=True)) | {column: value}
        return list(cells.values())

    rows = [
        row("title", ""),
        row("title", "x" * 101),
        row("content", ""),
        row("content", "Hi <script>alert(1)</script>"),
        row("format", "docx"),
        row("platform", "weibo"),
        row("account", "nobody"),
        row("topics", "a|b|c|d"),
        row("cover", "../secret.png"),
        row("scheduled_at", "2020-01-01 09:00"),
        row("mode", "both"),
        row("priority", "urgent"),
        row("title", "The good one"),
    ]
    columns = ["title", "title", "content", "content", "format", "platform", "account", "topics", "cover"]
    columns += ["scheduled_at", "mode", "priority"]
    file = ada.file("faulty.csv", table(header, *rows))
    bad = str(ada.folder / "bad.csv")
    refused = ada("submit", "--user", "ada", file, "--bad-rows", bad, code=1)
    for number, column in enumerate(columns, start=2):
        assert f"  row {number}, {column}: " in refused.err
    assert "Nothing was queued. Correct the file, or add --skip-bad-rows." in refused.err
    assert ada("tasks", "--json").json == []
    assert len(list(csv.reader(io.StringIO(Path(bad).read_text("utf-8-sig"))))) == 13
    partly = ada("submit", "--user", "ada", file, "--skip-bad-rows", code=3)
    assert "Queued 1 article as batch" in partly.out
    assert [task["title"] for task in ada("tasks", "--json").json] == ["The good one"]


def test_files_that_are_no_csv_of_articles(ada: CommandLine) -> None:
    assert "Excel workbook" in ada("submit", "--user", "ada", ada.file("a.xlsx", b"PK\x03\x04"), code=1).err
    misspelt = ada.file("a.csv", "title,content,schedule_at\nOne,x,2035-01-01\n")
    assert "Did you mean “scheduled_at”?" in ada("submit", "--user", "ada", misspelt, "--skip-bad-rows", code=1).err
    assert "cannot be read: No such file" in ada("submit", "--user", "ada", "/nowhere.csv", code=1).err
    assert "There is no user bo" in ada("submit", "--user", "bo", misspelt, code=1).err


def test_a_file_is_checked_without_queueing_it(ada: CommandLine) -> None:
    good = "title,content\nOne,x\nTwo,x\n"
    done = ada("submit", "--user", "ada", "-", "--check", given=good)
    assert "The file is in order. Nothing was queued." in done.out
    report = ada("submit", "--user", "ada", "-", "--json", given=good + ",\n,x\n", code=1).json
    assert (report["rows"], report["good_rows"], report["queued"], report["batch"]) == (3, 2, 0, None)
    assert [(fault["row"], fault["column"]) for fault in report["faults"]] == [(5, "title")]
    assert ada("tasks", "--json").json == []


def test_covers_and_bodies_beside_the_csv(ada: CommandLine) -> None:
    ada.file("cover.png", PNG)
    ada.file("body.md", "# 你好")
    beside = ada.file("a.csv", "title,content_file,cover\nOne,body.md,cover.png\n")
    assert "Queued 1 article as batch" in ada("submit", "--user", "ada", beside).out
    from_stdin = "title,content,cover\nTwo,x,cover.png\n"
    refused = ada("submit", "--user", "ada", "-", given=from_stdin, code=1)
    assert "names a cover, and a CSV by itself cannot bring pictures along." in refused.err
    agreed = ada("submit", "--user", "ada", "-", "--without-covers", given=from_stdin)
    assert "Queued 1 article as batch" in agreed.out


def test_a_cover_that_is_not_there_can_be_done_without(ada: CommandLine) -> None:
    named = ada.file("a.csv", "title,content,cover\nOne,x,gone.png\n")
    assert "there is no file “gone.png” beside the CSV." in ada("submit", "--user", "ada", named, code=1).err
    assert "Queued 1 article as batch" in ada("submit", "--user", "ada", named, "--without-covers").out


def test_one_article(ada: CommandLine) -> None:
    article = ada.file("article.md", "# 你好\n\n世界")
    later = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d} 09:00"
    options = ["--at", later, "--priority", "7", "--topic", "效率", "--topic", "写作", "--column", "随笔"]
    one = ["submit-one", "--user", "ada", "--title", "我的第一篇", "--file", article]
    draft = ada(*one, "--draft", "--json").json
    assert draft["status"] == "waiting"
    first = ada(*one, *options, "--client-ref", "r-1", "--cover", ada.file("c.png", PNG))
    name = first.out.split()[3].rstrip(".")
    assert ada(*one, *options, "--client-ref", "r-1", "--cover", str(ada.folder / "c.png")).out == first.out
    shown = ada("task", name).out
    assert f"Scheduled for {later}" in shown
    assert "Handed in by command line" in shown
    assert ada("task", name, "--json").json["mode"] == "publish"
    refused = ada("submit-one", "--user", "ada", "--title", "我的第一篇", "--file", article, "--draft", code=1)
    assert f"was handed in before, as {draft['id']}." in refused.err


def test_one_article_with_faults(ada: CommandLine) -> None:
    one = ["submit-one", "--user", "ada", "--file", "-"]
    refused = ada(
        *one, "--title", " ", "--platform", "weibo", "--cover", ada.file("c.gif", b"GIF89a"), code=1, given=" "
    )
    assert "--title: the title is empty." in refused.err
    assert "--file: the article is empty." in refused.err
    assert "--platform: “weibo” is not known. Write one of: zhihu." in refused.err
    assert "--cover: the file is neither a PNG, a JPEG nor a WebP picture." in refused.err
    past = ada(*one, "--title", "One", "--at", "2020-01-01 09:00", code=1, given="x")
    assert "--at: 2020-01-01 09:00 (Asia/Shanghai) has passed. Leave it empty to publish now" in past.err
    assert "--at: “soon” is not a time" in ada(*one, "--title", "One", "--at", "soon", code=1, given="x").err


def test_the_template_can_be_handed_in(ada: CommandLine) -> None:
    for options in ([], ["--chinese"]):
        written = ada("template", *options).out
        assert (
            "Queued 1 article as batch"
            in ada(
                "submit",
                "--user",
                "ada",
                "-",
                "--allow-duplicates",
                given=written.replace("example-1", f"r{len(options)}"),
            ).out
        )
