"""The Verify table of DESIGN §3, row by row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.publishing.publisher import FindOutcome, Published, StillDraft, Unknown
from tasks.verify import AskAgain, AskPerson, ItIsOnline, SubmitAgain, judge

VERIFY_SECONDS = 90.0
PUBLISHED = Published("7", "https://example.com/p/7")
UNKNOWN = Unknown("not in the list", "https://example.com/creator")


@pytest.mark.parametrize(
    ("found", "seconds_ago", "one_per_draft", "verdict"),
    [
        (PUBLISHED, 0.0, True, ItIsOnline(PUBLISHED)),
        (PUBLISHED, 1000.0, False, ItIsOnline(PUBLISHED)),
        (StillDraft(), 0.0, True, AskAgain("the site still has it as a draft", 90.0)),
        (StillDraft(), 89.0, False, AskAgain("the site still has it as a draft", 1.0)),
        (UNKNOWN, 30.0, True, AskAgain("not in the list", 60.0)),
        (StillDraft(), 90.0, True, SubmitAgain()),
    ],
)
def test_table(found: FindOutcome, seconds_ago: float, one_per_draft: bool, verdict: object) -> None:
    assert (
        judge(
            found,
            submitted_seconds_ago=seconds_ago,
            verify_seconds=VERIFY_SECONDS,
            one_article_per_draft=one_per_draft,
        )
        == verdict
    )


def test_a_draft_that_might_post_twice_is_for_a_person() -> None:
    verdict = judge(StillDraft(), submitted_seconds_ago=91, verify_seconds=VERIFY_SECONDS, one_article_per_draft=False)
    assert isinstance(verdict, AskPerson)
    assert "second click" in verdict.reason


def test_unknown_after_the_deadline_is_for_a_person_with_the_last_address() -> None:
    verdict = judge(UNKNOWN, submitted_seconds_ago=91, verify_seconds=VERIFY_SECONDS, one_article_per_draft=True)
    assert isinstance(verdict, AskPerson)
    assert verdict.last_url == "https://example.com/creator"


@given(
    found=st.sampled_from([PUBLISHED, StillDraft(), UNKNOWN]),
    seconds_ago=st.floats(0, 10_000),
    one_per_draft=st.booleans(),
)
def test_a_second_click_only_when_it_is_safe(found: FindOutcome, seconds_ago: float, one_per_draft: bool) -> None:
    verdict = judge(
        found, submitted_seconds_ago=seconds_ago, verify_seconds=VERIFY_SECONDS, one_article_per_draft=one_per_draft
    )
    is_safe = isinstance(found, StillDraft) and seconds_ago >= VERIFY_SECONDS and one_per_draft
    assert isinstance(verdict, SubmitAgain) == is_safe
    assert isinstance(verdict, ItIsOnline) == isinstance(found, Published)
