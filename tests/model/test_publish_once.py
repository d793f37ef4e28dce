"""Publishing once, proven: no promise can be broken by the rules as they are, and each wrong rule is caught.

The rules are the product's own tables and decisions; `tests.integration.store.test_store_model` proves that the
store's SQL follows them in the same way as the model does.
"""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from core.task_state import Mode
from tests.model.promises import NO_DRAFT_ONLINE
from tests.model.publish_once import check
from tests.model.rules import Rules
from tests.model.wrong_rules import MANY, ONE, WRONG, Wrong

PROGRAM = {
    "mode",
    "one_article_per_draft",
    "verifies_first",
    "reopens_to_submit_again",
    "person_waits_for_clicks",
    "reads_again_in_any_case",
    "max_attempts",
}
"""What of `Rules` is no rule of the product."""
RULES = {
    "one article per draft": ONE,
    "an article per click": replace(MANY, reads_again_in_any_case=True),
    "only a draft is wished for": replace(ONE, mode=Mode.DRAFT, reads_again_in_any_case=True),
}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_no_promise_can_be_broken(rules: Rules) -> None:
    walk = check(rules)
    assert walk.counterexample is None, str(walk.counterexample)
    assert walk.states > 900, "the model has become too small to prove anything"


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_a_wrong_rule_is_caught(wrong: Wrong) -> None:
    found = check(wrong.rules).counterexample
    assert found is not None, "every promise is kept"
    assert found.promise.startswith(wrong.promise), str(found)
    for step in wrong.steps:
        assert any(step in label for label in found.trace), str(found)


def test_a_counterexample_can_be_read() -> None:
    """From the first step to the broken promise, a line each."""
    wrong = next(wrong for wrong in WRONG if wrong.name == "what is submitted again is a draft in between")
    text = str(check(wrong.rules).counterexample)
    assert text.startswith(f"Broken: {NO_DRAFT_ONLINE}\n  1. worker 1: takes the task at checkpoint none\n")
    assert text.endswith(". worker 1: opens the draft again")


@pytest.mark.parametrize("rules", [ONE, MANY])
def test_the_word_of_a_person_who_looked_too_early_is_not_saved_by_any_rule(rules: Rules) -> None:
    """The limit of what can be promised: whoever says "publish again" while an earlier click is still under way. The
    site knows no fence, and nobody but that person decided that nothing is online."""
    found = check(replace(rules, person_waits_for_clicks=False)).counterexample
    assert found is not None
    assert found.promise == NO_DRAFT_ONLINE
    assert any("publish_again" in label for label in found.trace), str(found)
    assert "late click" in found.trace[-1], str(found)


def test_each_table_and_each_decision_is_wrong_once() -> None:
    names = {one.name for one in fields(Rules)} - PROGRAM
    assert {name for name in names for wrong in WRONG if getattr(wrong.rules, name) != getattr(ONE, name)} == names
