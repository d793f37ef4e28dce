"""Users, accounts, articles, limits and pauses from the command line; settings and exit codes."""

from __future__ import annotations

import json

import pytest

from core.queue.queue_stats import WaitReason
from core.services.task_words import WAIT_WORDS
from tests.integration.command_line.command_line import COOKIES, CommandLine
from tests.servers.local_process import free_port


def hand_in(run: CommandLine, title: str) -> str:
    """One article; its name."""
    done = run("submit-one", "--user", "ada", "--title", title, "--file", "-", "--json", given=f"Text of {title}.")
    name: str = done.json["id"]
    return name


def test_help_names_every_command(run: CommandLine) -> None:
    shown = run.process("--help").out
    for name in ("submit", "submit-one", "tasks", "task", "cancel", "retry", "limits", "pause", "doctor", "keys"):
        assert f"  {name} " in shown
    assert "Exit codes: 0 queued" in run("submit", "--help").out
    run("nonsense", code=2)
    run("submit", code=2)
    run("reschedule", "x", code=2)


def test_wrong_settings_are_all_named(run: CommandLine) -> None:
    run.settings = {"TOPN_WORKERS": "many", "TOPN_DRIVER": "inner", "TOPN_DRIVRES": "3"}
    refused = run.process("tasks", code=2)
    assert "TOPN_WORKERS" in refused.err
    assert "Did you mean TOPN_DRIVERS?" in refused.err
    seen = run("doctor", "--json", code=1).json
    assert {"TOPN_WORKERS", "TOPN_DRIVRES"} <= {finding["part"] for finding in seen if finding["verdict"] == "wrong"}


def test_a_database_that_is_away(run: CommandLine) -> None:
    key = run("keys", "new").out.strip()
    assert len(key) == 44
    run.settings = {
        "TOPN_DATABASE_URL": f"mysql+pymysql://root:hidden-password@127.0.0.1:{free_port()}/topn",
        "TOPN_SECRET_KEYS": key,
    }
    refused = run.process("tasks", code=1)
    assert "cannot be used" in refused.err
    assert "hidden-password" not in refused.err
    assert refused.err.count("\n") == 1


def test_without_redis_articles_are_taken(ada: CommandLine) -> None:
    ada.settings = {"TOPN_REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    done = ada("submit", "--user", "ada", "-", given="title,content\nOne,x\n")
    assert "Queued 1 article as batch" in done.out
    assert "The articles are safe" in done.err
    assert "Redis cannot be used just now" in ada("stats").err
    assert ada("stats", "--json").json["is_redis_up"] is False
    assert "Redis" in ada("limits", "show", "ada", code=1).err


def test_users(run: CommandLine) -> None:
    assert "Added admin root." in run("users", "add", "root", "--role", "admin").out
    run("users", "add", "ada", "--password-stdin", given="a long password\n")
    assert "User ada: exists already." in run("users", "add", "ada", code=1).err
    assert "password" in run("users", "add", "bo", "--password-stdin", given="short\n", code=1).err
    run("users", "add", "bo", "--role", "boss", code=2)
    run("users", "disable", "ada")
    assert [(user["name"], user["role"], user["is_disabled"]) for user in run("users", "list", "--json").json] == [
        ("ada", "operator", True),
        ("root", "admin", False),
    ]
    assert "ada is disabled" in run("submit", "--user", "ada", "-", given="title,content\nOne,x\n", code=1).err
    run("users", "enable", "ada")
    assert "has a new password" in run("users", "password", "ada", "--password-stdin", given="another password\n").out


def test_accounts_and_what_is_kept_of_their_cookies(run: CommandLine) -> None:
    run("users", "add", "ada")
    add = ["accounts", "add", "--user", "ada", "--platform", "zhihu", "--cookies", "-", "--name"]
    assert (
        "the cookie z_c0, which is the sign-in itself, is missing"
        in run(*add, "main", given=json.dumps([{"name": "d_c0", "value": "x", "domain": ".zhihu.com"}]), code=1).err
    )
    assert (
        "none of the cookies belongs to zhihu.com"
        in run(*add, "main", given=COOKIES.replace("zhihu.com", "example.com"), code=1).err
    )
    assert "cookies: " in run(*add, "main", given="nonsense", code=1).err
    run(*add, "main", given=COOKIES)
    assert "exists on zhihu already" in run(*add, "main", given=COOKIES, code=1).err
    assert run("accounts", "list").out.splitlines()[1].split(maxsplit=3) == ["ada", "zhihu", "main", "not checked yet"]
    assert (
        "There is no account other"
        in run("accounts", "cookies", "other", "--user", "ada", "--cookies", "-", given=COOKIES, code=1).err
    )
    kept = run("accounts", "cookies", "main", "--user", "ada", "--cookies", "-", "--no-check", given=COOKIES)
    assert "Articles that waited for it and go on: 0" in kept.out
    data = b"".join(path.read_bytes() for path in (run.folder / "data").rglob("*") if path.is_file())
    assert b"canary-of-a-cookie" not in data


def test_what_becomes_of_articles(ada: CommandLine) -> None:
    first, second = hand_in(ada, "first"), hand_in(ada, "second")
    listed = ada("tasks", "--user", "ada")
    assert "Publishing service is down" in listed.out
    assert "python run_workers.py" in listed.err
    assert f"{first} is cancelled." in ada.process("cancel", first).out
    partly = ada("cancel", first, second, "nothing", code=3)
    assert "too late to cancel" in partly.err
    assert "There is no article nothing" in partly.err
    assert f"{first} is tried again." in ada("retry", first).out
    ada("retry", first, code=1)
    assert "goes at 2099-01-31 09:00." in ada("reschedule", first, "--at", "2099-01-31 09:00").out
    assert ada("task", first, "--json").json["run_at"] == "2099-01-31T01:00:00+00:00"
    assert "goes as soon as it is its turn" in ada("reschedule", first, "--now").out
    assert "waits for no answer" in ada("review", first, "give-up", code=1).err
    ada("review", first, "online", code=2)
    kinds = [event["kind"] for event in ada("task", first, "--json").json["timeline"]]
    assert kinds == ["handed_in", "cancelled", "retried_by_hand", "rescheduled", "rescheduled"]
    assert [task["id"] for task in ada("tasks", "--status", "cancelled", "--json").json] == [second]
    assert len(ada("tasks", "--limit", "1", "--json").json) == 1


def test_limits(ada: CommandLine) -> None:
    assert "publishing at once   0 of 10" in ada("limits", "show", "ada").out
    ada("limits", "set", "ada", "--running", "2")
    ada("limits", "set", "ada", "--starts", "5", "--weight", "2.5")
    shown = ada("limits", "show", "ada", "--json").json
    assert (shown["max_running"], shown["max_starts"]) == (2, 5)
    assert shown["overrides"] == {"max_running": 2, "max_starts": 5, "weight": 2.5}
    assert "may start 5 articles" in ada("limits", "reset", "ada").out
    ada("limits", "set", "ada", "--default")
    assert ada("limits", "show", "ada", "--json").json["max_running"] == 10
    assert "not allowed" in ada("limits", "set", "ada", "--running", "0", code=1).err
    ada("limits", "set", "ada", "--account", "main", "--running", "1", "--gap", "60")
    for options in ([], ["--gap", "1"], ["--account", "main", "--starts", "1"], ["--default", "--running", "1"]):
        ada("limits", "set", "ada", *options, code=2)


def test_pauses(ada: CommandLine) -> None:
    hand_in(ada, "first")
    ada("submit", "--user", "ada", "-", given="title,content\nOne,x\n")
    assert "Paused user ada until 2099-01-31 09:00." in ada("pause", "user", "ada", "--until", "2099-01-31 09:00").out
    ada("pause", "account", "main", "--user", "ada", "--reason", "a rest")
    ada("pause", "platform", "zhihu")
    ada("pause", "everything")
    ada("pause", "batch", "1")
    stats = ada("stats", "--json").json
    assert [pause["scope"] for pause in stats["pauses"]] == ["user", "account", "platform", "everything", "batch"]
    assert (stats["in_line"], stats["counts"]["waiting"]) == (1, 2)
    assert "Paused: account 1 (by command line" in ada("stats").out
    for what in (["user", "ada"], ["account", "main", "--user", "ada"], ["platform", "zhihu"], ["everything"]):
        assert "goes on." in ada("resume", *what).out
    assert "Batch 1 goes on." in ada("resume", "batch", "1").out
    assert "was not paused" in ada("resume", "everything").out
    stats = ada("stats", "--json").json
    assert (stats["pauses"], stats["in_line"]) == ([], 2)
    assert "has passed" in ada("pause", "everything", "--until", "2020-01-01", code=1).err
    assert "There is no batch 7" in ada("pause", "batch", "7", code=1).err
    assert "There is no platform weibo" in ada("pause", "platform", "weibo", code=1).err
    for wrong in (["everything", "x"], ["user"], ["account", "main"], ["batch", "1", "--user", "ada"]):
        ada("pause", *wrong, code=2)


@pytest.mark.parametrize("reason", WaitReason)
def test_every_reason_to_wait_has_words(reason: WaitReason) -> None:
    assert WAIT_WORDS[reason]
