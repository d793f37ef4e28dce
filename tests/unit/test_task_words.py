"""The words people read: one for every state, one for every event, none of the internal ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.queue.queue_stats import Parked, WaitReason
from core.services.queue_overview import WaitFacts
from core.services.task_words import TaskWords
from core.services.timeline_words import sentence
from core.store.records import TaskEvent, TaskView
from core.store.task_events import EventKind
from core.task_state import BlockReason, Checkpoint, Mode, TaskStatus

ZONE = ZoneInfo("Asia/Shanghai")
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
        ({"run_at": datetime(2099, 1, 31, 1, 0, tzinfo=UTC)}, "Scheduled for 2099-01-31 09:00"),
        ({"run_at": NOW - timedelta(hours=1)}, "Queued"),
        ({"status": S.RUNNING, "progress": 10}, "Publishing, step 1 of 6: starting a browser"),
        ({"status": S.RUNNING, "progress": 20}, "Publishing, step 2 of 6: signing in"),
        ({"status": S.RUNNING, "progress": 30}, "Publishing, step 3 of 6: writing"),
        ({"status": S.RUNNING, "progress": 50}, "Publishing, step 4 of 6: saving the draft"),
        ({"status": S.RUNNING, "progress": 60}, "Publishing, step 5 of 6: submitting"),
        ({"status": S.RUNNING, "progress": 60, "checkpoint": Checkpoint.SUBMITTING}, "Submitting, cannot stop"),
        ({"status": S.RUNNING, "progress": 80, "checkpoint": Checkpoint.SUBMITTING}, "Checking it is online"),
        ({"status": S.RUNNING, "progress": 90, "checkpoint": Checkpoint.SUBMITTING}, "Checking it is online"),
        ({"status": S.RUNNING, "progress": 30, "cancel_requested": True}, "Publishing, will stop"),
        ({"status": S.RETRYING, "retries_used": 2}, "Will retry (2 of 3)"),
        (
            {"status": S.RETRYING, "retries_used": 1, "run_at": datetime(2099, 1, 31, 1, 0, tzinfo=UTC)},
            "Will retry (1 of 3, 2099-01-31 09:00)",
        ),
        ({"status": S.BLOCKED, "block_reason": BlockReason.NEEDS_LOGIN}, "Action needed: sign in again"),
        ({"status": S.BLOCKED, "block_reason": BlockReason.NEEDS_HUMAN}, "Action needed: Zhihu asks for verification"),
        ({"status": S.BLOCKED, "block_reason": BlockReason.NEEDS_REVIEW}, "Please check: may be online"),
        ({"status": S.PUBLISHED, "site_state": "public"}, "Published"),
        ({"status": S.PUBLISHED, "site_state": "under_review"}, "Under Zhihu review"),
        ({"status": S.DRAFT_SAVED}, "Draft saved, not public"),
        ({"status": S.FAILED, "error_class": "Rejected", "error_message": "too long"}, "Refused by Zhihu: too long"),
        ({"status": S.FAILED, "error_class": "BrowserLost"}, "System fault, stopped"),
        ({"status": S.FAILED, "crash_count": 3, "error_class": "x"}, "System fault, stopped"),
        ({"status": S.FAILED, "error_class": "RetryLater", "error_message": "5xx"}, "Failed: 5xx"),
        ({"status": S.FAILED}, "Failed: no reason is known"),
        ({"status": S.CANCELLED}, "Cancelled"),
        ({"status": S.CANCELLED, "submitted_at": NOW}, "Given up, may be online"),
    ],
)
def test_every_state_has_its_words(facts: dict[str, Any], words: str) -> None:
    assert TaskWords(ZONE).state(replace(TASK, **facts)) == words


def test_why_an_article_waits() -> None:
    words = TaskWords(ZONE)
    assert words.state(TASK, WaitFacts(ahead=12)) == "Queued (12 ahead)"
    assert words.state(TASK, WaitFacts(ahead=0)) == "Queued"
    end = datetime(2099, 1, 31, 2, 3, tzinfo=UTC)
    full = Parked(WaitReason.USER_STARTS, int(end.timestamp() * 1000))
    assert words.state(TASK, WaitFacts(3, full)) == ("As many as allowed started this minute, resumes 2099-01-31 10:03")
    paused = Parked(WaitReason.PLATFORM_PAUSED, None)
    assert words.state(TASK, WaitFacts(3, paused)) == "Zhihu is paused"
    assert TaskWords(ZONE, has_workers=False).state(TASK, WaitFacts(3, paused)) == "Publishing service is down"


def test_the_clock_leaves_out_todays_date() -> None:
    words = TaskWords(ZONE)
    assert len(words.clock(datetime.now(UTC))) == len("10:03:00")
    assert words.clock(datetime(2020, 1, 31, 2, 3, tzinfo=UTC)) == "2020-01-31 10:03"


@pytest.mark.parametrize("reason", WaitReason)
def test_no_reason_to_wait_is_told_in_internal_words(reason: WaitReason) -> None:
    told = TaskWords(ZONE).state(TASK, WaitFacts(1, Parked(reason, None)))
    assert told != "Queued"
    assert not any(word in told.lower() for word in INTERNAL)


@pytest.mark.parametrize("kind", EventKind)
def test_every_event_is_told_in_a_sentence(kind: EventKind) -> None:
    for detail in ({}, {"by": "ada", "reason": "because", "message": "so", "step": "signed_in", "delay_seconds": 9.6}):
        told = sentence(TaskEvent(1, 1, NOW, kind, None, detail))
        assert told[0].isupper()
        assert not any(word in told.lower() for word in INTERNAL), told


@pytest.mark.parametrize(
    ("kind", "detail", "words"),
    [
        ("handed_in", {"by": "ada"}, "Handed in by ada"),
        ("taken", {"attempt": 2}, "Attempt 2 begins"),
        ("step", {"step": "written", "progress": 50}, "The text is in the editor"),
        ("step", {"step": "other", "progress": 55}, "Progress 55 %"),
        ("will_retry", {"delay_seconds": 9.6, "message": "502"}, "Will try again in 10 s: 502"),
        ("blocked", {"reason": "needs_login", "message": "signed out"}, "Action needed: sign in again: signed out"),
        ("published", {"result_url": "https://a.b/p/1"}, "Published: https://a.b/p/1"),
    ],
)
def test_sentences(kind: str, detail: dict[str, Any], words: str) -> None:
    assert sentence(TaskEvent(1, 1, NOW, kind, None, detail)) == words
