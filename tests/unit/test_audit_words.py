"""Every action that goes on record has its words, in both languages."""

from __future__ import annotations

import re

import pytest

from core.lane import PauseScope
from core.queue.heartbeats import OrderKind
from core.services.audit_words import ACTIONS, action_words
from core.settings import ROOT
from dashboard.languages import CHINESE, translator

RECORDED = re.compile(
    r'(?:record(?:_in)?|noting|require_admin|require_own|owner|_own|_change)\([^)]*?"([a-z]+\.[a-z_]+)"'
)


def actions_in_code() -> set[str]:
    """Those written out in the services, and those that are put together from a scope or an order."""
    found: set[str] = set()
    for file in (ROOT / "core" / "services").rglob("*.py"):
        found.update(RECORDED.findall(file.read_text(encoding="utf-8")))
    found.update(f"{scope}.{verb}" for scope in PauseScope for verb in ("pause", "resume"))
    found.update(f"worker.{kind}" for kind in OrderKind)
    return found


def test_every_action_has_its_words() -> None:
    found = actions_in_code()
    assert {"article.cancel", "limits.reset", "session.open"} <= found
    assert found - set(ACTIONS) == set()


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_they_are_told_in_chinese(action: str) -> None:
    assert not re.search("[A-Za-z]{2}", translator(CHINESE)(action_words(action)))


def test_an_action_of_another_version_is_told_by_its_name() -> None:
    assert action_words("article.fold") == "article.fold"
