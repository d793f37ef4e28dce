"""The Verify table of DESIGN §3 and the table for restored backups, row by row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.publishing.publisher import Absent, FindOutcome, Published, SearchOutcome, StillDraft, Unknown
from tasks.verify import (
    AskAgain,
    AskPerson,
    GoOn,
    ItIsOnline,
    RestoredVerdict,
    SubmitAgain,
    judge,
    judge_restored,
)

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


ABSENT = Absent()
LISTED = Published("8", "https://example.com/p/8")


def judge_after_restore(
    by_id: FindOutcome | None, by_title: SearchOutcome, seconds_ago: float = 1000, *, lists_all: bool = True
) -> RestoredVerdict:
    return judge_restored(
        by_id,
        by_title,
        restored_seconds_ago=seconds_ago,
        verify_seconds=VERIFY_SECONDS,
        lists_every_article=lists_all,
    )


@pytest.mark.parametrize("seconds_ago", [0.0, 1000.0])
def test_after_a_restored_backup_what_is_found_is_online(seconds_ago: float) -> None:
    assert judge_after_restore(PUBLISHED, ABSENT, seconds_ago) == ItIsOnline(PUBLISHED)
    assert judge_after_restore(None, LISTED, seconds_ago) == ItIsOnline(LISTED)
    assert judge_after_restore(UNKNOWN, LISTED, seconds_ago) == ItIsOnline(LISTED)
    contradiction = judge_after_restore(StillDraft(), LISTED, seconds_ago)
    assert isinstance(contradiction, AskPerson)
    assert contradiction.last_url == LISTED.result_url


@pytest.mark.parametrize("by_id", [None, StillDraft(), UNKNOWN])
@pytest.mark.parametrize("by_title", [ABSENT, UNKNOWN])
def test_after_a_restored_backup_the_site_is_given_time(by_id: FindOutcome | None, by_title: SearchOutcome) -> None:
    verdict = judge_after_restore(by_id, by_title, 30.0)
    assert isinstance(verdict, AskAgain)
    assert verdict.seconds_left == 60.0


@pytest.mark.parametrize("by_id", [None, StillDraft()])
def test_after_a_restored_backup_a_whole_list_without_it_is_enough(by_id: FindOutcome | None) -> None:
    assert isinstance(judge_after_restore(by_id, ABSENT), GoOn)
    assert isinstance(judge_after_restore(by_id, ABSENT, lists_all=False), AskPerson)


@given(
    by_id=st.sampled_from([None, PUBLISHED, StillDraft(), UNKNOWN]),
    by_title=st.sampled_from([LISTED, ABSENT, UNKNOWN]),
    seconds_ago=st.floats(0, 10_000),
    lists_all=st.booleans(),
)
def test_after_a_restored_backup_nothing_less_lets_it_be_published(
    by_id: FindOutcome | None, by_title: SearchOutcome, seconds_ago: float, lists_all: bool
) -> None:
    verdict = judge_after_restore(by_id, by_title, seconds_ago, lists_all=lists_all)
    is_proof = by_title == ABSENT and lists_all and seconds_ago >= VERIFY_SECONDS
    assert isinstance(verdict, GoOn) == (is_proof and not isinstance(by_id, Published | Unknown))
    if by_id == PUBLISHED or by_title == LISTED:
        assert isinstance(verdict, ItIsOnline | AskPerson)
