"""The words people read: one for every state, one for every event, none of the internal ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.lane import PauseScope
from core.queue.queue_stats import Parked, WaitReason
from core.services.local_clock import LocalClock
from core.services.queue_overview import WaitFacts
from core.services.task_words import TaskWords
from core.services.timeline_words import sentence
from core.store.pauses import PauseView
from core.store.records import TaskEvent, TaskView
from core.store.task_events import EventKind
from core.task_state import BlockReason, Checkpoint, Mode, TaskStatus
from dashboard.languages import sayer

ZONE = ZoneInfo("Asia/Shanghai")
CLOCK = LocalClock(ZONE)
LATER = datetime(2099, 1, 31, 1, 0, tzinfo=UTC)
NOW = datetime.now(UTC)
INTERNAL = ("lane", "window", "claim", "lease", "fence", "checkpoint", "client_ref", "_")
TASK = TaskView(
    id=1,
    public_id="p",
    user_id=1,
    user_name="ada",
    account_id=1,
    account_name="main",
    batch_id=None,
    platform="zhihu",
    mode=Mode.PUBLISH,
    status=TaskStatus.WAITING,
    block_reason=None,
    checkpoint=Checkpoint.NONE,
    progress=0,
    priority=5,
    title="Hello",
    run_at=None,
    attempt=0,
    max_retries=3,
    retries_used=0,
    crash_count=0,
    cancel_requested=False,
    client_ref=None,
    remote_draft_id=None,
    remote_id=None,
    result_url=None,
    site_state=None,
    submitted_at=None,
    first_claimed_ms=None,
    error_class=None,
    error_message=None,
    screenshot_path=None,
    created_at=NOW,
    started_at=None,
    finished_at=None,
)
S = TaskStatus


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "Queued"),
        ({"run_at": LATER}, "Scheduled for 2099-01-31 09:00"),
        ({"run_at": NOW - timedelta(hours=1)}, "Queued"),
        ({"status": S.RUNNING, "progress": 10}, "Publishing, step 1 of 6: waiting for a browser"),
        ({"status": S.RUNNING, "progress": 20}, "Publishing, step 2 of 6: signing in"),
        ({"status": S.RUNNING, "progress": 30}, "Publishing, step 3 of 6: writing"),
        ({"status": S.RUNNING, "progress": 50}, "Publishing, step 4 of 6: saving the draft"),
        ({"status": S.RUNNING, "progress": 60}, "Publishing, step 5 of 6: submitting"),
        ({"status": S.RUNNING, "progress": 60, "checkpoint": Checkpoint.SUBMITTING}, "Submitting, cannot stop"),
        ({"status": S.RUNNING, "progress": 80, "checkpoint": Checkpoint.SUBMITTING}, "Checking it is online"),
        ({"status": S.RUNNING, "progress": 90, "checkpoint": Checkpoint.SUBMITTING}, "Checking it is online"),
        ({"status": S.RUNNING, "progress": 30, "cancel_requested": True}, "Publishing, will stop"),
        ({"status": S.RETRYING, "retries_used": 2}, "Will retry (2 of 3)"),
        ({"status": S.RETRYING, "retries_used": 1, "run_at": LATER}, "Will retry (1 of 3, 2099-01-31 09:00)"),
        ({"status": S.RETRYING, "run_at": LATER}, "Will retry (2099-01-31 09:00)"),
        (
            {"status": S.RETRYING, "run_at": LATER, "error_class": "SiteBusy"},
            "Slowed by Zhihu, resumes itself 2099-01-31 09:00",
        ),
        (
            {"status": S.RETRYING, "run_at": LATER, "checkpoint": Checkpoint.SUBMITTING},
            "Checking it is online, looks again 2099-01-31 09:00",
        ),
        ({"checkpoint": Checkpoint.SUBMITTING}, "Queued to check whether it is online"),
        ({"status": S.BLOCKED, "block_reason": BlockReason.NEEDS_LOGIN}, "Action needed: sign in again"),
        ({"status": S.BLOCKED, "block_reason": BlockReason.NEEDS_HUMAN}, "Action needed: Zhihu asks for verification"),
        ({"status": S.BLOCKED, "block_reason": BlockReason.NEEDS_REVIEW}, "Please check: may be online"),
        ({"status": S.PUBLISHED, "site_state": "public"}, "Published"),
        ({"status": S.PUBLISHED, "site_state": "under_review"}, "Under Zhihu review"),
        ({"status": S.DRAFT_SAVED}, "Draft saved, not public"),
        ({"status": S.FAILED, "error_class": "Rejected", "error_message": "too long"}, "Refused by Zhihu: too long"),
        (
            {
                "status": S.FAILED,
                "error_class": "Rejected",
                "error_message": "Zhihu refuses it. The site says: 标题违规",
            },
            "Refused by Zhihu: 标题违规",
        ),
        ({"status": S.FAILED, "error_class": "BrowserLost"}, "System fault, stopped"),
        ({"status": S.FAILED, "crash_count": 3, "error_class": "x"}, "System fault, stopped"),
        ({"status": S.FAILED, "error_class": "RetryLater", "error_message": "5xx"}, "Failed: 5xx"),
        ({"status": S.FAILED}, "Failed: no reason is known"),
        ({"status": S.CANCELLED}, "Cancelled"),
        ({"status": S.CANCELLED, "submitted_at": NOW}, "Given up, may be online"),
        ({"status": S.CANCELLED, "verify_since": NOW}, "Given up, may be online"),
        ({"status": S.CANCELLED, "verify_since": NOW, "mode": Mode.DRAFT}, "Cancelled"),
    ],
)
def test_every_state_has_its_words(facts: dict[str, Any], words: str) -> None:
    assert TaskWords(CLOCK).state(replace(TASK, **facts)) == words


ENDS = datetime(2099, 1, 31, 2, 3, tzinfo=UTC)
ENDS_MS = int(ENDS.timestamp() * 1000)


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (WaitFacts(ahead=0), "Queued"),
        (WaitFacts(ahead=12), "Queued (12 ahead)"),
        (WaitFacts(ahead=12, starts_about=ENDS), "Queued (12 ahead, about 2099-01-31 10:03)"),
        (WaitFacts(3, Parked(WaitReason.USER_RUNNING, None, 10)), "10 already publishing"),
        (
            WaitFacts(3, Parked(WaitReason.USER_STARTS, ENDS_MS, 20)),
            "20 started this minute, resumes 2099-01-31 10:03",
        ),
        (
            WaitFacts(3, Parked(WaitReason.ACCOUNT_RUNNING, None, 1)),
            "Spacing this account's posts (1 already publishing)",
        ),
        (
            WaitFacts(3, Parked(WaitReason.ACCOUNT_GAP, ENDS_MS)),
            "Spacing this account's posts, resumes 2099-01-31 10:03",
        ),
        (WaitFacts(3, Parked(WaitReason.PLATFORM_PAUSED, None)), "Zhihu is paused"),
    ],
)
def test_why_an_article_waits(wait: WaitFacts, words: str) -> None:
    assert TaskWords(CLOCK).state(TASK, wait) == words
    assert TaskWords(CLOCK, has_workers=None).state(TASK, wait) == words
    assert TaskWords(CLOCK, has_workers=False).state(TASK, wait) == "Publishing service is down"


def pause(by: str = "ada", until: datetime | None = None) -> WaitFacts:
    """Its account is held back."""
    since = datetime(2026, 1, 31, 2, 3, tzinfo=UTC)
    parked = Parked(WaitReason.ACCOUNT_PAUSED, None)
    return WaitFacts(3, parked, PauseView(PauseScope.ACCOUNT, "1", by, None, since, until))


@pytest.mark.parametrize("has_workers", [True, False])
def test_a_pause_is_told_before_anything_else(has_workers: bool) -> None:
    words = TaskWords(CLOCK, has_workers=has_workers)
    assert words.state(TASK, pause()) == "Paused (by ada, 2026-01-31 10:03)"
    assert words.state(TASK, pause(until=ENDS)) == "Paused (by ada, 2026-01-31 10:03, until 2099-01-31 10:03)"
    scheduled = replace(TASK, run_at=LATER)
    assert words.state(scheduled, pause()) == "Paused (by ada, 2026-01-31 10:03)"
    assert words.state(scheduled, pause(until=LATER)) == "Scheduled for 2099-01-31 09:00"
    retrying = replace(scheduled, status=S.RETRYING, retries_used=1)
    assert words.state(retrying, pause()) == "Paused (by ada, 2026-01-31 10:03)"
    assert words.state(retrying, pause(until=LATER)) == "Will retry (1 of 3, 2099-01-31 09:00)"


def test_a_pause_that_the_site_asked_for_ends_by_itself() -> None:
    slowed = pause(by="system", until=ENDS)
    assert TaskWords(CLOCK).state(TASK, slowed) == "Slowed by Zhihu, resumes itself 2099-01-31 10:03"
    assert TaskWords(CLOCK, has_workers=False).state(TASK, slowed) == "Publishing service is down"


def test_what_was_publishing_when_the_last_worker_died() -> None:
    stopped = TaskWords(CLOCK, has_workers=False).state(replace(TASK, status=S.RUNNING, progress=30))
    assert stopped == "Publishing service is down (stopped at: Publishing, step 3 of 6: writing)"


def test_the_clock_leaves_out_todays_date() -> None:
    clock = LocalClock(ZONE)
    assert not clock.has_spoken
    assert len(clock.say(datetime.now(UTC))) == len("10:03:00")
    assert clock.say(datetime(2020, 1, 31, 2, 3, tzinfo=UTC)) == "2020-01-31 10:03"
    assert clock.has_spoken
    assert clock.note == "Times are in Asia/Shanghai."


@pytest.mark.parametrize("reason", WaitReason)
def test_no_reason_to_wait_is_told_in_internal_words(reason: WaitReason) -> None:
    told = TaskWords(CLOCK).state(TASK, WaitFacts(1, Parked(reason, None)))
    assert told != "Queued"
    assert not any(word in told.lower() for word in INTERNAL)


@pytest.mark.parametrize("kind", EventKind)
def test_every_event_is_told_in_a_sentence(kind: EventKind) -> None:
    for detail in (
        {},
        {"by": "ada", "reason": "because", "error_message": "so", "step": "signed_in", "delay_seconds": 9.6},
    ):
        told = sentence(TaskEvent(1, 1, NOW, kind, None, detail))
        assert told[0].isupper()
        assert not any(word in told.lower() for word in INTERNAL), told


@pytest.mark.parametrize(
    ("kind", "detail", "words"),
    [
        ("handed_in", {"by": "ada"}, "Handed in by ada"),
        ("taken", {"attempt": 2}, "Attempt 2 begins"),
        ("step", {"step": "written", "progress": 50}, "The text is in the editor"),
        ("step", {"step": "claimed", "progress": 10}, "Waiting for a browser"),
        ("confirmed_online", {"by": "ada", "link": "https://x/1"}, "Found online by ada: https://x/1"),
        ("confirmed_online", {"by": "ada", "is_own_draft": False}, "Said to be online by ada"),
        ("step", {"step": "signed_in", "progress": 30, "is_kept": False}, "Signed in"),
        ("step", {"step": "signed_in", "progress": 30, "is_kept": True}, "Goes on with the sign-in of before"),
        ("step", {"step": "other", "progress": 55}, "Progress 55 %"),
        ("will_retry", {"delay_seconds": 9.6, "error_message": "502"}, "Will try again in 10 s: 502"),
        (
            "blocked",
            {"reason": "needs_login", "error_message": "signed out"},
            "Action needed: sign in again: signed out",
        ),
        ("verified", {"outcome": "ItIsOnline"}, "The site was asked: it is online"),
        ("verified", {"outcome": "SubmitAgain"}, "The site was asked: it is still a draft"),
        ("verified", {"outcome": "AskAgain", "reason": "not listed yet"}, "The site was asked: not listed yet"),
        ("given_up", {"by": "ada", "may_be_online": True}, "Given up by ada, may be online"),
        ("given_up", {"by": "ada", "may_be_online": False}, "Given up by ada"),
        ("given_up", {}, "Given up, may be online"),
        ("published", {"result_url": "https://a.b/p/1"}, "Published: https://a.b/p/1"),
    ],
)
def test_sentences(kind: str, detail: dict[str, Any], words: str) -> None:
    assert sentence(TaskEvent(1, 1, NOW, kind, None, detail)) == words


@pytest.mark.parametrize(("by", "words"), [("command line", "命令行 提交到队列"), ("ada", "ada 提交到队列")])
def test_a_program_is_named_in_the_reader_s_language(by: str, words: str) -> None:
    assert sentence(TaskEvent(1, 1, NOW, "handed_in", None, {"by": by}), say=sayer("zh_CN")) == words


def test_a_reason_that_was_just_read_is_not_told_again() -> None:
    event = TaskEvent(1, 1, NOW, "failed", None, {"error_message": "502", "error_class": "RetryLater"})
    assert sentence(event) == "Failed: 502"
    assert sentence(event, is_reason_known=True) == "Failed"
