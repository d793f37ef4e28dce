"""Commands that open a real browser: checking accounts, and the doctor."""

from __future__ import annotations

import pytest

from tests.integration.command_line.command_line import CommandLine
from tests.practice_site.client import PracticeClient, cookies_json


@pytest.mark.browser
def test_accounts_are_checked_on_the_site(run: CommandLine, practice_site: PracticeClient) -> None:
    run.settings = {
        "TOPN_ZHIHU_WRITE_URL": practice_site.url,
        "TOPN_ZHIHU_HOME_URL": practice_site.url,
        "TOPN_MIN_FREE_MEMORY_MB": "0",
    }
    run("users", "add", "ada")
    on_site = {name: practice_site.make_account(name) for name in ("chen", "dina")}
    for name, account in on_site.items():
        cookies = run.file(f"{name}.json", cookies_json(account))
        run("accounts", "add", "--user", "ada", "--name", name, "--cookies", cookies)
    assert run("accounts", "check", "--user", "ada", "chen").out == "ada, zhihu, chen: signed in as chen.\n"
    practice_site.sign_out(on_site["chen"])
    partly = run("accounts", "check", code=3)
    assert "ada, zhihu, chen: not signed in." in partly.err
    assert "ada, zhihu, dina: signed in as dina." in partly.out
    run("accounts", "check", "--user", "ada", "chen", code=1)
    assert [line.split()[2:5] for line in run("accounts", "list").out.splitlines()[1:]] == [
        ["chen", "sign", "in"],
        ["dina", "signed", "in"],
    ]
    stranger = run.file("stranger.json", cookies_json(on_site["dina"]))
    refused = run("accounts", "cookies", "chen", "--user", "ada", "--cookies", stranger, code=1)
    assert "belongs to chen, and these cookies to dina" in refused.err
    fresh = run.file("fresh.json", cookies_json(practice_site.sign_in(on_site["chen"])))
    assert "signed in again as chen" in run("accounts", "cookies", "chen", "--user", "ada", "--cookies", fresh).out
    assert "there is no account other" in run("accounts", "check", "other", code=1).err


@pytest.mark.browser
def test_the_doctor_finds_nothing_wrong_and_says_so(run: CommandLine) -> None:
    run.settings = {"TOPN_MIN_FREE_MEMORY_MB": "0"}
    seen = run("doctor").out
    assert "ok       Page in a browser: “TOP_N” was opened." in seen
    assert "warning  Workers: none is running." in seen
    assert "WRONG" not in seen


@pytest.mark.browser
def test_the_doctor_names_what_is_missing(run: CommandLine) -> None:
    run.settings = {"TOPN_BROWSER": "/nowhere/chromium"}
    found = {finding["part"]: finding for finding in run("doctor", "--json", code=1).json}
    for part in ("Browser", "Driver", "Page in a browser"):
        assert found[part]["verdict"] == "wrong"
    assert "/nowhere/chromium" in found["Browser"]["fact"]
    assert found["Browser"]["remedy"]
    assert found["Database"]["verdict"] == "ok"
