"""Every kind of fault that an article can have is told in words, in both languages."""

from __future__ import annotations

import re

import pytest

from core import errors
from core.services.fault_words import ANOTHER, KINDS, kind_words
from core.settings import ROOT
from dashboard.languages import CHINESE, translator

WRITTEN_OUT = re.compile(
    r'(?:try_again\(self\._attempt|try_again\(attempt|TryAgain\([a-z_.]+|NeedsPerson\([\w.]+), "(\w+)"'
)


def kinds_in_code() -> set[str]:
    """The errors of publishing, and the short names that stand in the code of the workers and the store."""
    of_publishing = {
        name
        for name, one in vars(errors).items()
        if isinstance(one, type) and issubclass(one, errors.PublishError) and one is not errors.PublishError
    }
    written = {
        name
        for file in (ROOT / "tasks").rglob("*.py")
        for name in WRITTEN_OUT.findall(file.read_text(encoding="utf-8"))
    }
    assert {"DeadlinePassed", "MayBeOnline", "SiteBusy", "NotSeenYet"} <= written
    return of_publishing | written | {"Crashed"}


def test_every_kind_has_its_words() -> None:
    assert kinds_in_code() - set(KINDS) == set()


def test_what_nobody_foresaw_is_told_so() -> None:
    assert kind_words("KeyError") == ANOTHER


@pytest.mark.parametrize("words", [*KINDS.values(), ANOTHER])
def test_they_are_told_in_chinese(words: str) -> None:
    assert not re.search("[A-Za-z]{2}", translator(CHINESE)(words))
