"""Users, accounts, articles, limits and pauses from the command line; settings and exit codes."""

from __future__ import annotations

import json

from cryptography.fernet import Fernet

from core.log_files import FILE_BYTES
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
    run.settings = {"TOPN_WORKERS": "many", "TOPN_MARK_DRIVER": "inner", "TOPN_DRIVRES": "3"}
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


def test_the_log_of_the_commands_does_not_grow_without_end(ada: CommandLine) -> None:
    ada.settings = {"TOPN_REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    log = ada.folder / "data" / "logs" / "commands.log"
    log.parent.mkdir(exist_ok=True)
    log.write_bytes(b"x" * FILE_BYTES)
    hand_in(ada, "One")
    assert log.with_suffix(".log.1").stat().st_size == FILE_BYTES
    assert "not in line yet" in log.read_text("utf-8")


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
    assert run("users", "role", "ada", "admin").out == "ada is admin now.\n"
    run("users", "role", "root", "operator")
    assert "ada is the last administrator" in run("users", "role", "ada", "operator", code=1).err
    refused = run("users", "password", "ada", code=2).err
    assert "--password-stdin, or --remove" in refused
    changed = run("users", "password", "ada", "--password-stdin", "--revoke-tokens", given="another password\n").out
    assert "ada has a new password. Its browsers are signed out." in changed
    assert "Tokens revoked: 0." in changed


def test_an_old_key_can_go_once_the_cookies_are_encrypted_with_a_new_one(ada: CommandLine) -> None:
    old, new = ada("keys", "new").out.strip(), ada("keys", "new").out.strip()
    add = ["accounts", "add", "--user", "ada", "--cookies", "-", "--name"]
    ada.settings = {"TOPN_SECRET_KEYS": old}
    ada(*add, "rotating", given=COOKIES)
    ada.settings = {"TOPN_SECRET_KEYS": new}
    assert "opens with none of the secret keys" in ada("keys", "rotate", code=1).err
    ada.settings = {"TOPN_SECRET_KEYS": f"{new},{old},{key_of(ada)}"}
    assert "encrypted with the newest key" in ada("keys", "rotate").out
    ada.settings = {"TOPN_SECRET_KEYS": new}
    assert "encrypted with the newest key" in ada("keys", "rotate").out


def key_of(run: CommandLine) -> str:
    """The key that was made on the first start, if it was."""
    file = run.folder / "data" / "secret.keys"
    return file.read_text("ascii").strip() if file.exists() else Fernet.generate_key().decode()


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
    assert f"Article {first} is cancelled. Nothing more happens to it by itself." in partly.err
    assert "There is no article nothing" in partly.err
    assert f"{first} is tried again." in ada("retry", first).out
    refused = ada("retry", first, code=1)
    assert "waits for its turn. It goes by itself; to have it sooner, give it another time." in refused.err
    assert "late" not in refused.err
    past = ada("reschedule", first, "--at", "2020-01-01 09:00", code=1)
    assert past.err.startswith("--at: 2020-01-01 09:00 (Asia/Shanghai) has passed. Give --now to have it as soon as ")
    assert (
        f"{first} goes at 2035-01-31 09:00 (Asia/Shanghai)." in ada("reschedule", first, "--at", "2035-01-31 09:00").out
    )
    assert ada("task", first, "--json").json["run_at"] == "2035-01-31T01:00:00+00:00"
    assert "goes as soon as it is its turn" in ada("reschedule", first, "--now").out
    assert "asks for no answer" in ada("review", first, "give-up", code=1).err
    ada("review", first, "online", code=2)
    kinds = [event["kind"] for event in ada("task", first, "--json").json["timeline"]]
    assert kinds == ["handed_in", "cancelled", "retried_by_hand", "rescheduled", "rescheduled"]
    assert [task["id"] for task in ada("tasks", "--status", "cancelled", "--json").json] == [second]
    assert len(ada("tasks", "--limit", "1", "--json").json) == 1
    assert "--batch" in ada("tasks", "--batch", "9" * 20, code=2).err


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
    refused = ada("limits", "set", "ada", "--running", "0", "--starts", "0", code=1).err.splitlines()
    assert [line.split(" is not")[0] for line in refused] == ["--running: 0", "--starts: 0"]
    assert "main     0 of 10             0                      now" in ada("limits", "show", "ada").out
    ada("limits", "set", "ada", "--account", "main", "--running", "1", "--gap", "60")
    assert "--gap: -1 is not allowed" in ada("limits", "set", "ada", "--account", "main", "--gap", "-1", code=1).err
    shown = ada("limits", "show", "ada").out
    assert "main     0 of 1*             60*                    now" in shown
    assert "* set for this account" in shown
    (account,) = ada("limits", "show", "ada", "--json").json["accounts"]
    assert (account["account"], account["max_running"], account["gap_seconds"]) == ("main", 1, 60)
    assert account["overrides"] == {"max_running": 1, "gap_seconds": 60}
    for options in ([], ["--gap", "1"], ["--account", "main", "--starts", "1"], ["--default", "--running", "1"]):
        ada("limits", "set", "ada", *options, code=2)


def test_pauses(ada: CommandLine) -> None:
    hand_in(ada, "first")
    ada("submit", "--user", "ada", "-", given="title,content\nOne,x\n")
    paused = ada("pause", "user", "ada", "--until", "2035-01-31 09:00")
    assert "Paused user ada until 2035-01-31 09:00 (Asia/Shanghai)." in paused.out
    ada("pause", "account", "main", "--user", "ada", "--reason", "a rest")
    ada("pause", "platform", "zhihu")
    ada("pause", "everything")
    ada("pause", "batch", "1")
    stats = ada("stats", "--json").json
    assert [pause["scope"] for pause in stats["pauses"]] == ["user", "account", "platform", "everything", "batch"]
    assert (stats["in_line"], stats["counts"]["waiting"]) == (1, 2)
    shown = ada("stats").out
    assert "Paused: account main of ada (by command line" in shown
    assert "Paused: Zhihu (by command line" in shown
    assert "Times are in Asia/Shanghai." in shown
    listed = ada("tasks")
    assert listed.out.count("  Paused (by command line, ") == 2
    assert "Times are in Asia/Shanghai." in listed.err
    names = [task["id"] for task in ada("tasks", "--json").json]
    assert "To do      To let it go: python -m core resume account main --user ada" in ada("task", names[1]).out
    for what in (["user", "ada"], ["account", "main", "--user", "ada"], ["platform", "zhihu"], ["everything"]):
        assert "goes on." in ada("resume", *what).out
    assert "Batch 1 goes on." in ada("resume", "batch", "1").out
    assert "was not paused" in ada("resume", "everything").out
    stats = ada("stats", "--json").json
    assert (stats["pauses"], stats["in_line"]) == ([], 2)
    refused = ada("pause", "everything", "--until", "2020-01-01", code=1).err
    assert refused.startswith("--until: 2020-01-01 00:00 (Asia/Shanghai) has passed. Leave --until out")
    assert "There is no batch 7" in ada("pause", "batch", "7", code=1).err
    assert "There is no platform weibo. Write one of: zhihu." in ada("pause", "platform", "weibo", code=1).err
    assert "'--limit': It must be 1 or more." in ada("tasks", "--limit", "0", code=2).err
    assert "'--limit': It must be a whole number." in ada("tasks", "--limit", "x", code=2).err
    for wrong in (["everything", "x"], ["user"], ["account", "main"], ["batch", "1", "--user", "ada"]):
        ada("pause", *wrong, code=2)
