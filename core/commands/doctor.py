"""`python -m core doctor`: what is wrong, and how to mend it."""

# ruff: noqa: PLC0415  # parts are imported when they are looked at: a missing one is a finding, not a crash

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from core import wiring
from core.commands.terminal import Exit, counted, say, say_json
from core.errors import SettingsError
from core.services.doctor import Doctor, Finding, Probes, Verdict, look_at_disk, look_at_fonts, look_at_python
from core.settings import ROOT, Settings, get_settings
from core.task_state import TaskStatus

if TYPE_CHECKING:
    from core.browser.browser_binary import BrowserBinary

SIGNS = {Verdict.OK: "ok     ", Verdict.WARNING: "warning", Verdict.WRONG: "WRONG  "}
LEASE_SECONDS = 60.0
NO_ACCOUNT = 0
"""Whose browser context the doctor uses: nobody's."""


def doctor(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Look at Python, settings, database, Redis, browser, driver, fonts, disk, memory and workers.

    Exit codes: 0 all is well, with warnings perhaps; 1 something is wrong.
    """
    found: list[Finding] = []
    for finding in _findings():
        found.append(finding)
        if not as_json:
            say(f"{SIGNS[finding.verdict]}  {finding.part}: {finding.fact}")
            if finding.remedy:
                say(f"         {finding.remedy}")
    if as_json:
        say_json([asdict(finding) for finding in found])
    if any(finding.verdict is Verdict.WRONG for finding in found):
        raise typer.Exit(Exit.FAILED)


def _findings() -> Iterator[Finding]:
    try:
        settings = get_settings()
    except SettingsError as error:
        wrong = [Finding(fault.field, Verdict.WRONG, fault.reason, fault.remedy) for fault in error.faults]
        yield from (look_at_python(), *wrong, look_at_disk(ROOT), look_at_fonts())
        return
    yield from Doctor(_probes(settings)).findings()


def _probes(settings: Settings) -> Probes:
    from core.browser.free_memory import free_memory_mb

    return Probes(
        data_dir=settings.data_dir,
        drivers=settings.drivers,
        min_free_memory_mb=settings.min_free_memory_mb,
        database=_database,
        redis=_redis,
        keys=_keys,
        browser=_browser,
        driver=_driver,
        page=_page,
        free_memory_mb=free_memory_mb,
        workers=lambda: len(wiring.get_heartbeats().all()),
        waiting=_waiting,
    )


def _database() -> str:
    found = wiring.get_database()
    found.check()
    return f"{found.engine.dialect.name}, tables of version {found.revision()}."


def _redis() -> str:
    from core.queue.redis_client import address_of, check_server

    client = wiring.get_redis()
    return f"version {check_server(client)} at {address_of(client)}."


def _keys() -> str:
    from core.store.vault import load_or_make_keys

    return f"{counted(len(load_or_make_keys(get_settings())), 'key')}."


def _browser() -> str:
    settings = get_settings()
    if settings.selenium_url:
        return f"those of {settings.selenium_url}."
    found = _find_browser(settings)
    return f"{found.path}, version {found.version}."


def _driver() -> str:
    from core.browser.webdriver import find_driver

    settings = get_settings()
    if settings.selenium_url:
        return f"those of {settings.selenium_url}."
    found = find_driver(_find_browser(settings))
    return f"{found.path}, version {found.version}."


def _find_browser(settings: Settings) -> BrowserBinary:
    from core.browser.browser_options import BrowserOptions
    from core.browser.webdriver import find_browser

    return find_browser(BrowserOptions.from_settings(settings))


def _page() -> str:
    pool = wiring.get_driver_pool(1)
    with pool.lease(NO_ACCOUNT, timeout=LEASE_SECONDS) as lease:
        lease.forget_context()
        lease.driver.get("data:text/html,<title>TOP_N</title>")
        return f"“{lease.driver.title}” was opened."


def _waiting() -> int:
    counts = wiring.get_task_queries().counts()
    return counts[TaskStatus.WAITING] + counts[TaskStatus.RETRYING]
