"""Another text and another account for articles, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.command_line.command_line import COOKIES, CommandLine


@pytest.fixture
def article(ada: CommandLine) -> str:
    """An article of ada, who has a second account."""
    ada("accounts", "add", "--user", "ada", "--name", "second", "--cookies", "-", given=COOKIES)
    sent = ada("submit-one", "--user", "ada", "--title", "One", "--file", "-", "--account", "main", given="Text.")
    return sent.out.split("Handed in as ")[1].split(".")[0]


def test_another_text(ada: CommandLine, article: str, tmp_path: Path) -> None:
    new = tmp_path / "new.html"
    new.write_text("<p>Other text.</p>", encoding="utf-8")
    done = ada("edit", article, "--title", "Two", "--file", str(new), "--topic", "a", "--mode", "draft")
    assert done.out == f"{article} is changed; this is version 2 of it.\n"
    shown = ada("task", article, "--json").json
    assert (shown["title"], shown["mode"]) == ("Two", "draft")
    told = "Edited by command line (title, text, format, topics, what to do): “Two”, before: “One”"
    assert told in ada("task", article).out
    assert "Edited by command line (topics)" in (ada("edit", article, "--no-topics"), ada("task", article))[1].out


def test_what_is_wrong_with_an_edit(ada: CommandLine, article: str, tmp_path: Path) -> None:
    refused = ada("edit", article, "--title", " ", "--file", "-", "--mode", "x", given="", code=1)
    assert len(refused.err.splitlines()) == 3
    ada("edit", article, code=2)
    ada("edit", "nothing", "--title", "x", code=1)
    ada("cancel", article)
    assert "is cancelled. Retry it, then change it." in ada("edit", article, "--title", "x", code=1).err
    assert "is cancelled. Retry it" in ada("edit", article, "--title", "x", "--resend", code=1).err


def test_another_account(ada: CommandLine, article: str) -> None:
    done = ada("change-account", article, "--to", "second")
    assert done.out == "1 article to account second.\n1 article changed.\n"
    again = ada("change-account", article, "--to", "second", "--yes", code=1)
    assert again.err == "1 article on account second already.\n"
    assert ada("task", article, "--json").json["account_name"] == "second"
    assert "There is no account third" in ada("change-account", article, "--to", "third", code=1).err
    ada("cancel", article)
    assert "1 article left as it is: being" in ada("change-account", article, "--to", "main", code=1).err
