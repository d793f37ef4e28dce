"""A stubborn user and one command: files that are faulty, torn, foreign or come again, and the file of bad rows."""

from __future__ import annotations

import csv
import io
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.settings import ROOT
from tests.integration.command_line.command_line import CommandLine

HEADER = ["title", "content", "account"]


def table(*rows: list[str], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def rows_of(path: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(Path(path).read_text("utf-8-sig"))))


def titles(ada: CommandLine) -> list[str]:
    return sorted(task["title"] for task in ada("tasks", "--json").json)


def submit(ada: CommandLine, file: str, *options: str, code: int = 0) -> tuple[str, str]:
    """What was said of a file: to standard output, and to standard error."""
    done = ada("submit", "--user", "ada", file, *options, code=code)
    return done.out, done.err


def test_bad_rows_of_gb18030_are_corrected_and_handed_in_again(ada: CommandLine) -> None:
    header = ["标题", "正文", "账号", "编号", "=备注"]
    rows = [
        ["第一篇🎈", "你好", "main", "a-1", ""],
        ["", "- 一\n- 二", "没有", "-7", "=1+1"],
        ["=求和(1)", "'=x", "没有", "", ""],
    ]
    file, bad = ada.file("a.csv", table(header, *rows).encode("gb18030")), str(ada.folder / "bad.csv")
    out, err = submit(ada, file, "--skip-bad-rows", "--bad-rows", bad, code=3)
    assert "Queued 1 article as batch 1." in out
    assert "3 faults in 2 rows:" in err
    assert f"{bad} holds 2 bad rows, with the reasons in the last column." in err
    assert "2 bad rows left out." in err
    written = rows_of(bad)
    assert written[0] == ["标题", "正文", "账号", "编号", "'=备注", "error"]
    assert written[1][:5] == ["", "'- 一\n- 二", "没有", "'-7", "'=1+1"]
    assert written[1][5].startswith("row 3: 标题: the title is empty.")
    assert "账号: ada has no account “没有” on zhihu." in written[1][5]
    for row in written[1:]:
        row[0], row[2] = row[0] or "第二篇", "main"
    corrected = ada.file("bad.csv", table(*written).encode("gb18030"))
    assert "Queued 2 articles as batch 2." in submit(ada, corrected)[0]
    articles = {task["title"]: task["reference"] for task in ada("tasks", "--json").json}
    assert articles == {"第一篇🎈": "a-1", "第二篇": "-7", "=求和(1)": None}
    assert "Nothing new: 2 articles had been handed in before as batch 2." in submit(ada, corrected)[0]


def test_bad_rows_are_written_only_where_they_are_of_use(ada: CommandLine) -> None:
    bad = ada.folder / "bad.csv"
    misspelt = ada.file("a.csv", table(["titel", "content", "acconut"], ["One", "x", "main"]))
    _, err = submit(ada, misspelt, "--bad-rows", str(bad), code=1)
    assert f"{bad} was not written, because {misspelt} itself must be corrected first:\n  row 1, titel: is no" in err
    assert "--skip-bad-rows cannot help here" in err
    fine = ada.file("b.csv", table(HEADER, ["One", "x", "main"]))
    assert f"{bad} was not written: no row is bad." in submit(ada, fine, "--check", "--bad-rows", str(bad))[1]
    assert not bad.exists()
    _, err = submit(ada, fine, "--bad-rows", fine, code=1)
    assert "--bad-rows: names the file that is handed in." in err
    assert "--bad-rows: needs the name of a file." in submit(ada, fine, "--bad-rows", "-", code=1)[1]
    assert rows_of(fine) == [HEADER, ["One", "x", "main"]]
    assert (
        "cannot be written: Is a directory."
        in submit(ada, ada.file("c.csv", table(HEADER, ["", "x", "main"])), "--bad-rows", str(ada.folder), code=1)[1]
    )
    assert titles(ada) == []


def test_what_the_file_of_bad_rows_needs_is_said(ada: CommandLine) -> None:
    (ada.folder / "other").mkdir()
    bad = str(ada.folder / "other" / "bad.csv")
    rows = [["", "x" * 40_000, ""], ["Two", "y", "cover.png"], ["Three", "z", ""]]
    file = ada.file("a.csv", table(["title", "content", "cover"], *rows))
    _, err = submit(ada, file, "--bad-rows", bad, code=1)
    assert f"The good rows are not in it. To queue them, hand in {file} with --skip-bad-rows." in err
    assert "Do not save it with Excel, which would cut the long text of row 2." in err
    assert f"Put it beside {file}, where the files are that its rows name." in err
    torn = ada.file("b.csv", 'title,content\nOne,x\nTwo,"never closed\n')
    assert "The text of row 3 is in one cell there" in submit(ada, torn, "--bad-rows", bad, code=1)[1]


def test_nothing_behind_a_stray_quotation_mark_is_queued(ada: CommandLine) -> None:
    file = ada.file("a.csv", 'title,content\nOne,x\nTwo,"she said "yes"\n- a piece, of it"\nThree,y\n')
    out, err = submit(ada, file, "--skip-bad-rows", code=3)
    assert "Queued 1 article as batch 1." in out
    assert 'row 3, content: a quotation mark stands inside the cell that begins with “she said "yes"' in err
    assert "row 4, title: the row stands below row 3, whose end is unsure" in err
    assert "3 bad rows left out." in err
    assert titles(ada) == ["One"]


def test_a_file_without_a_good_row(ada: CommandLine) -> None:
    file = ada.file("a.csv", table(HEADER, ["", "x", "main"], ["Two", "", "nobody"]))
    for options in ([], ["--skip-bad-rows"]):
        _, err = submit(ada, file, *options, code=1)
        assert "3 faults in 2 rows:" in err
        assert "Nothing was queued: no row is without a fault." in err
    mixed = ada.file("b.csv", table(HEADER, ["", "x", "main"], ["Two", "y", "main"]))
    _, err = submit(ada, mixed, "--skip-bad-rows", "--check", code=1)
    assert "1 row could be queued without the 1 bad row. Nothing was queued." in err
    assert titles(ada) == []


def test_many_faults_of_one_kind_are_one_line(ada: CommandLine) -> None:
    rows = [[f"T{number}", f"b{number}", "nobody" if number % 2 else "main"] for number in range(120)]
    rows[4][0] = ""
    _, err = submit(ada, ada.file("a.csv", table(HEADER, *rows)), code=1)
    assert "61 faults:" in err
    assert "  rows 3, 5, 7, 9, 11, 13, 15, 17, 19, 21 and 50 more, account: ada has no account “nobody”" in err
    assert "  row 6, title: the title is empty." in err
    assert "more; --json" not in err
    each_its_own = [[f"T{number}", f"b{number}", f"nobody{number}"] for number in range(60)]
    _, err = submit(ada, ada.file("b.csv", table(HEADER, *each_its_own)), code=1)
    assert "and 10 more; --json lists all of them." in err
    report = ada("submit", "--user", "ada", ada.file("b.csv", table(HEADER, *each_its_own)), "--json", code=1).json
    assert (len(report["faults"]), report["bad_rows"], report["is_readable"]) == (60, 60, True)


def test_half_the_rows_were_handed_in_before(ada: CommandLine) -> None:
    first = [["One", "x", "main", ""], ["Two", "y", "main", "r-2"]]
    header = [*HEADER, "reference"]
    submit(ada, ada.file("a.csv", table(header, *first)))
    grown = ada.file("b.csv", table(header, *first, ["Three", "z", "main", ""], ["Four", "z", "main", ""]))
    _, err = submit(ada, grown, code=1)
    assert "row 2, title: was handed in before, as article" in err
    assert "give it a reference of its own (column reference) if it is meant." in err
    assert "1 fault:" in err
    out, err = submit(ada, grown, "--skip-bad-rows", code=3)
    assert "Queued 2 articles as batch 2. 1 had been handed in before." in out
    assert "1 bad row left out." in err
    known = ada.file("c.csv", table(header, ["Two", "y", "main", "r-2"]))
    assert "Nothing new: 1 article had been handed in before as batch 1." in submit(ada, known)[0]
    assert titles(ada) == ["Four", "One", "Three", "Two"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.csv", b"", "the file is empty."),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "neither UTF-8 nor GB18030 text"),
        (
            "big.csv",
            b"title,content\n" + b"x" * (21 * 1024 * 1024),
            "has more than 20 MB. Make it smaller or split it.",
        ),
        ("page.csv", b"<html>,</html>\n", "no names of columns in its first row, but “<html>”, “</html>”."),
        ("twice.csv", b"title,content,title\nOne,x,Two\n", "row 1, title: stands in the first row twice."),
    ],
)
def test_files_that_are_something_else(ada: CommandLine, name: str, data: bytes, words: str) -> None:
    assert words in submit(ada, ada.file(name, data), "--skip-bad-rows", "--yes", code=1)[1]
    assert "cannot be read: Is a directory." in submit(ada, str(ada.folder), code=1)[1]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (
            b"\xff\xfe" + table(["标题", "正文"], ["一🎈", "你好"], delimiter="\t").encode("utf-16-le"),
            "utf-16, delimiter tab",
        ),
        (table(["标题", "正文"], ["一🎈", "a,b"], delimiter=";").encode("utf-8-sig"), "utf-8, delimiter semicolon"),
        (b"sep=\t\r\n" + table(["标题", "正文"], ["一🎈", "a;b"], delimiter="\t").encode(), "utf-8, delimiter tab"),
    ],
)
def test_encodings_and_delimiters(ada: CommandLine, data: bytes, shown: str) -> None:
    out, _ = submit(ada, ada.file("a.csv", data))
    assert f"1 row; encoding {shown}." in out
    assert titles(ada) == ["一🎈"]


def test_times_that_have_passed_or_cannot_be_read(ada: CommandLine) -> None:
    times = ["2020/1/31 9:00", "47514.375", "########", "2030-02-30 9:00", "1/31/2030 9:00"]
    rows = [[f"T{number}", "x", time] for number, time in enumerate(times)]
    _, err = submit(ada, ada.file("a.csv", table(["title", "content", "scheduled_at"], *rows)), code=1)
    tomorrow = datetime.now(UTC).astimezone().date()  # the day in the offer is that of Shanghai: today's or the next
    offers = [f"write {tomorrow + timedelta(days=days)} 09:00 for the same time tomorrow" for days in (0, 1, 2)]
    assert "row 2, scheduled_at: 2020-01-31 09:00 (Asia/Shanghai) has passed. Leave it empty to publish now, or" in err
    assert any(offer in err for offer in offers)
    assert "row 3, scheduled_at: “47514.375” is a number, as Excel keeps times inside." in err
    assert "row 4, scheduled_at: holds only # signs: the column was too narrow" in err
    assert "row 5, scheduled_at: “2030-02-30 9:00” has a day or an hour that does not exist." in err
    assert "row 6, scheduled_at: “1/31/2030 9:00” is not a time that can be read without guessing." in err


@pytest.mark.parametrize(("answer", "code", "queued"), [(b"n\n", 1, []), (b"y\n", 3, ["One"])])
def test_a_person_is_asked_before_anything_is_queued(
    ada: CommandLine, answer: bytes, code: int, queued: list[str]
) -> None:
    file = ada.file("a.csv", table(HEADER, ["One", "x", "main"], ["", "y", "main"]))
    terminal, other_end = pty.openpty()
    command = [sys.executable, "-m", "core", "submit", "--user", "ada", file, "--skip-bad-rows"]
    with subprocess.Popen(
        command, cwd=ROOT, env=ada.environment, stdin=other_end, stdout=other_end, stderr=subprocess.PIPE
    ) as process:
        os.close(other_end)
        os.write(terminal, answer)
        process.communicate(timeout=60)
    os.close(terminal)
    assert process.returncode == code
    assert titles(ada) == queued
