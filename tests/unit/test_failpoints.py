"""Failpoints are inert unless asked for, and never act while articles go to a real site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.settings import get_settings, load_settings
from tasks import failpoints
from tasks.failpoints import (
    VARIABLE,
    Failpoint,
    FailpointAction,
    FailpointHit,
    failpoint,
    parse_failpoint,
    refuse_failpoint_in_production,
)


@pytest.fixture(autouse=True)
def _forget_what_was_read() -> Iterator[None]:
    failpoints._armed.cache_clear()  # noqa: SLF001  # read once per process; each test is a process of its own here
    yield
    failpoints._armed.cache_clear()  # noqa: SLF001
    get_settings.cache_clear()


def test_nothing_happens_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    for name in Failpoint:
        failpoint(name)


def test_only_the_named_place_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "after_click:raise")
    failpoint(Failpoint.AFTER_SUBMITTING)
    with pytest.raises(FailpointHit):
        failpoint(Failpoint.AFTER_CLICK)
    with pytest.raises(FailpointHit):
        failpoint(Failpoint.AFTER_CLICK)


def test_a_number_of_times_is_counted_over_processes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, "after_click:raise:2")
    monkeypatch.setenv("TOPN_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    for _ in range(2):
        failpoints._armed.cache_clear()  # noqa: SLF001  # as another process would begin
        with pytest.raises(FailpointHit):
            failpoint(Failpoint.AFTER_CLICK)
    failpoint(Failpoint.AFTER_CLICK)


@pytest.mark.parametrize("text", ["after_lunch:kill9", "after_click:explode", "after_click", "after_click:kill9:x"])
def test_a_wrong_one_names_what_is_allowed(text: str) -> None:
    with pytest.raises(SettingsError, match=r"after_submitting.*kill9, hang, raise"):
        parse_failpoint(text)


def test_parts() -> None:
    armed = parse_failpoint("after_click:kill9:3")
    assert (armed.failpoint, armed.action, armed.times) == (Failpoint.AFTER_CLICK, FailpointAction.KILL9, 3)


def test_refused_when_articles_go_to_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "after_click:kill9")
    with pytest.raises(SettingsError, match="zhuanlan"):
        refuse_failpoint_in_production(load_settings())
    refuse_failpoint_in_production(load_settings(zhihu_write_url="http://127.0.0.1:8000"))
    monkeypatch.delenv(VARIABLE)
    refuse_failpoint_in_production(load_settings())
