"""Sentences about an article, and the times that stand in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core.queue.queue_stats import Parked, WaitReason
from core.services.queue_overview import WaitFacts
from core.services.task_words import TaskWords
from dashboard.told_times import ToldClock
from tests.unit.test_task_words import TASK

STARTS = datetime(2099, 1, 31, 2, 42, 7, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


def test_an_estimate_and_the_end_of_a_full_minute_are_remembered() -> None:
    clock = ToldClock(ZONE)
    words = TaskWords(clock)
    queued = words.state(TASK, WaitFacts(ahead=12, starts_about=STARTS))
    assert queued == "Queued (12 ahead, about 2099-01-31 10:42)"
    assert clock.told_in(queued) == (("2099-01-31 10:42", STARTS),)
    parked = Parked(WaitReason.USER_STARTS, int(STARTS.timestamp() * 1000), 20)
    full = words.state(TASK, WaitFacts(parked=parked))
    assert full == "20 started this minute, resumes 2099-01-31 10:42"
    ((told, moment),) = clock.told_in(full)
    assert (told, moment.astimezone(UTC)) == ("2099-01-31 10:42", STARTS)


def test_a_time_that_is_not_in_the_sentence_is_none_of_it() -> None:
    clock = ToldClock(ZONE)
    clock.say(STARTS)
    assert clock.told_in(TaskWords(clock).state(replace(TASK, cancel_requested=False))) == ()
