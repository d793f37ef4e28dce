"""Every action that goes on record has its words and so have its details, in both languages."""

from __future__ import annotations

import ast
import re

import pytest

from core.lane import PauseScope
from core.queue.heartbeats import OrderKind
from core.services.audit_words import ACTIONS, DENIED, DETAILS, WITHOUT, WORDS, action_words, detail_words
from core.services.bulk_change import BulkAction
from core.settings import ROOT
from dashboard.languages import CHINESE, sayer, translator

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
    found.update(f"article.{action}_many" for action in BulkAction)
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


def details_in_code() -> set[str]:
    """The names that stand in calls which record, and in the facts that are gathered for one."""
    found: set[str] = set()
    for file in (ROOT / "core" / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="record" | "record_in" | "noting"), keywords=keywords):
                    found.update(keyword.arg for keyword in keywords if keyword.arg)
                case ast.Call(func=ast.Name(id="_Part"), args=[*_, ast.Dict(keys=keys)]):
                    found.update(
                        key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
                    )
                case ast.Assign(targets=[ast.Name(id="facts")], value=ast.Dict(keys=keys)):
                    found.update(
                        key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
                    )
                case _:
                    pass
    return found


def test_every_detail_has_its_words() -> None:
    found = details_in_code()
    assert {"priority", "account", "rows", "is_new", "denied"} <= found
    assert found - set(DETAILS) == {DENIED}


def detail_sentences() -> list[str]:
    values = {word for words in WORDS.values() for word in words.values()}
    return sorted({*DETAILS.values(), *WITHOUT.values(), *values, "yes", "no"})


@pytest.mark.parametrize("words", detail_sentences())
def test_details_are_told_in_chinese(words: str) -> None:
    assert not re.search("[A-Za-z]{2}", translator(CHINESE)(words))


def test_details_in_one_line() -> None:
    detail = {"answer": "check_again", "link": None, "is_new": True, "denied": True, "until": None, "max_running": None}
    assert (
        detail_words(detail)
        == "answer: check again · new: yes · until: somebody lifts it · publishing at once: as usual"
    )
    assert detail_words({"reason": "Zhihu is busy."}, say=sayer(CHINESE)) == "原因:知乎繁忙。"
    moment = detail_words({"reset_ms": 1_000, "since": "2026-01-31T02:03:00+00:00", "until": "soon"})
    assert (
        moment == "starts forgotten up to: 1970-01-01T00:00:01+00:00 · since: 2026-01-31T02:03:00+00:00 · until: soon"
    )
    assert detail_words({"folded": 3}) == "folded: 3"
