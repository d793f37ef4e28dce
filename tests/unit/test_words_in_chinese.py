"""The Chinese words for states and events: none is left in English."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from core.lane import PauseScope
from core.queue.queue_stats import Parked, WaitReason
from core.services.queue_overview import WaitFacts
from core.services.task_words import STEPS, TaskWords
from core.services.timeline_words import sentence
from core.store.pauses import PauseView
from core.store.records import TaskEvent, TaskView
from core.store.task_events import EventKind
from core.task_state import BlockReason, Checkpoint, TaskStatus
from dashboard.languages import CHINESE, sayer
from tests.unit.test_task_words import CLOCK, LATER, NOW, TASK

PAUSE = PauseView(PauseScope.ACCOUNT, "1", "root", None, NOW, None)
WAITS = [
    WaitFacts(),
    WaitFacts(ahead=12),
    WaitFacts(ahead=12, starts_about=NOW),
    WaitFacts(pause=PAUSE),
    WaitFacts(pause=replace(PAUSE, until=LATER)),
    WaitFacts(pause=replace(PAUSE, by="system")),
    WaitFacts(pause=replace(PAUSE, by="system", until=LATER)),
    *(WaitFacts(parked=Parked(reason, end, 10)) for reason in WaitReason for end in (None, 1)),
    WaitFacts(parked=Parked(WaitReason.USER_RUNNING, None)),
]


say = sayer(CHINESE)


def other_tasks() -> list[TaskView]:
    running = [replace(TASK, status=TaskStatus.RUNNING, progress=int(step)) for step in STEPS]
    submitting = replace(running[0], checkpoint=Checkpoint.SUBMITTING)
    retrying = replace(TASK, status=TaskStatus.RETRYING, run_at=LATER, retries_used=2)
    failed = replace(TASK, status=TaskStatus.FAILED)
    return [
        *running,
        replace(running[0], cancel_requested=True),
        submitting,
        replace(submitting, progress=90),
        replace(TASK, run_at=LATER),
        replace(TASK, checkpoint=Checkpoint.SUBMITTING),
        retrying,
        replace(retrying, run_at=NOW - timedelta(minutes=1), retries_used=0),
        replace(retrying, checkpoint=Checkpoint.SUBMITTING),
        replace(retrying, checkpoint=Checkpoint.SUBMITTING, run_at=NOW - timedelta(minutes=1)),
        replace(retrying, error_class="SiteBusy"),
        *(replace(TASK, status=TaskStatus.BLOCKED, block_reason=reason) for reason in BlockReason),
        replace(TASK, status=TaskStatus.PUBLISHED),
        replace(TASK, status=TaskStatus.PUBLISHED, site_state="under_review"),
        replace(TASK, status=TaskStatus.DRAFT_SAVED),
        failed,
        replace(failed, error_class="Rejected", error_message="-"),
        replace(failed, crash_count=3),
        replace(TASK, status=TaskStatus.CANCELLED),
        replace(TASK, status=TaskStatus.CANCELLED, submitted_at=NOW),
    ]


def english_in(words: str) -> list[str]:
    return [word for word in re.findall(r"[A-Za-z]{2,}", words) if word != "root"]


@pytest.mark.parametrize("wait", WAITS)
@pytest.mark.parametrize("has_workers", [True, False])
def test_why_it_waits(wait: WaitFacts, has_workers: bool) -> None:
    assert english_in(TaskWords(CLOCK, has_workers=has_workers, say=say).state(TASK, wait)) == []


@pytest.mark.parametrize("task", other_tasks())
@pytest.mark.parametrize("has_workers", [True, False])
def test_every_state(task: TaskView, has_workers: bool) -> None:
    assert english_in(TaskWords(CLOCK, has_workers=has_workers, say=say).state(task)) == []


@pytest.mark.parametrize("kind", list(EventKind))
@pytest.mark.parametrize(
    "detail",
    [
        {},
        {"step": "signed_in", "is_kept": True},
        {"by": "root", "may_be_online": False},
        {"by": "root", "attempt": 2, "delay_seconds": 10.0, "step": "written"},
    ],
)
def test_every_event(kind: EventKind, detail: dict[str, object]) -> None:
    words = sentence(TaskEvent(1, 1, NOW, kind, None, detail), say=say)
    assert english_in(words) == []
