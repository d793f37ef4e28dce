"""What somebody reads who has never used a terminal: what there is not, what is wrong, and what to do next."""

from __future__ import annotations

import pytest

from tests.integration.command_line.command_line import CommandLine


def test_empty_lists_say_how_to_begin(run: CommandLine) -> None:
    assert "python -m core users add" in run("users", "list").err
    assert "python -m core accounts add" in run("accounts", "list").err
    assert "python -m core submit" in run("tasks").err
    assert run("users", "list", "--json").json == []


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["task", "nix"], "There is no article nix. `python -m core tasks` shows what there is."),
        (["limits", "show", "nix"], "There is no user nix. `python -m core users list` shows what there is."),
        (
            ["pause", "batch", "9"],
            "There is no batch 9. "
            "Its number was told when it was handed in; `python -m core task ID` names that of an article.",
        ),
    ],
)
def test_what_is_not_found_can_be_looked_for(run: CommandLine, command: list[str], words: str) -> None:
    assert run(*command, code=1).err == f"{words}\n"


def test_a_refused_value_is_told_without_words_of_a_library(run: CommandLine) -> None:
    told = run("tasks", "--status", "wrong", code=2).err
    assert "Invalid value for '--status': 'wrong' is not one of 'waiting'," in told


@pytest.mark.parametrize("group", ["users", "accounts", "limits", "keys"])
def test_no_list_of_commands_breaks_off_in_a_sentence(run: CommandLine, group: str) -> None:
    assert not any(line.endswith("...") for line in run(group, "--help").out.splitlines()[1:])


def test_whoever_hands_in_learns_that_nobody_publishes(ada: CommandLine) -> None:
    one = ada("submit-one", "--user", "ada", "--title", "One", "--file", "-", given="x")
    many = ada("submit", "--user", "ada", "-", given="title,content\nTwo,y\n")
    again = ada("submit", "--user", "ada", "-", given="title,content\nTwo,y\n")
    assert one.err == many.err == "No workers are running. Start the workers: python run_workers.py\n"
    assert again.err == ""


def test_a_look_at_a_file_foresees_that_it_is_too_much(ada: CommandLine) -> None:
    ada.settings = {"TOPN_MAX_WAITING_PER_USER": "2"}
    file = ada.file("two.csv", b"title,content\nOne,x\nTwo,y\n")
    assert ada("submit", "--user", "ada", file, "--check").err == ""
    ada("submit-one", "--user", "ada", "--title", "Zero", "--file", "-", given="x")
    foreseen = ada("submit", "--user", "ada", file, "--check").err
    assert "But 1 article waits already, and at most 2 may" in foreseen


def test_stats_say_who_is_paused(ada: CommandLine) -> None:
    ada("submit-one", "--user", "ada", "--title", "One", "--file", "-", given="x")
    ada("pause", "user", "ada")
    assert "ada   0           1        Paused" in ada("stats").out


def test_stats_and_limits_say_what_a_paused_batch_holds_back(ada: CommandLine) -> None:
    ada("submit", "--user", "ada", "-", given="title,content\nOne,x\nTwo,x\n")
    ada("pause", "batch", "1")
    assert "ada   0           0        2 articles in paused batches" in ada("stats").out
    (line,) = ada("stats", "--json").json["users"]
    assert (line["user"], line["in_line"], line["held_in_paused_batches"]) == ("ada", 0, 2)
    assert "  in paused batches    2\n" in ada("limits", "show", "ada").out
    ada("resume", "batch", "1")
    assert ada("limits", "show", "ada", "--json").json["held_in_paused_batches"] == 0
    assert "paused batches" not in ada("stats").out + ada("limits", "show", "ada").out
