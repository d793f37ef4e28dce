"""For each failpoint: how a worker comes there, and what must hold after it was killed there."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, field

from core.lane import PauseScope
from core.store.pauses import PauseStore
from core.task_state import TaskStatus
from tasks.failpoints import Failpoint
from tests.chaos.scene import Scene, Worker
from tests.practice_site.faults import Fault
from tests.servers.local_process import wait_until

Preparation = Callable[[Scene], None]


def nothing(scene: Scene) -> None:
    """Nothing special."""


@dataclass(frozen=True)
class CrashPlace:
    """`before` the worker starts and `during` its work bring it there; `after` its death, before the next one
    starts. `row` is what the row says when it is dead. `crashes`, `drafts` and `publish_requests` are what is
    counted at the end; `kinds` are events that must come in this order."""

    faults: tuple[str, ...] = ()
    before: Preparation = nothing
    during: Callable[[Scene, Worker], None] | None = None
    after: Preparation = nothing
    status: TaskStatus = TaskStatus.RUNNING
    crashes: int = 1
    drafts: int = 1
    publish_requests: int = 1
    kinds: tuple[str, ...] = field(default=("rescued", "published"))
    orphan_events: int = 0


def _loses_the_answer(scene: Scene) -> None:
    """And for 5 seconds from the click nothing else on the site shows what has come of it. That is longer than the page
    takes to see that its connection is gone: were it shorter, there would be nothing to verify. And it is much shorter
    than the 20 seconds for which a draft that is still one is not trusted: were it longer, the article would be
    submitted again. These 20 are counted from before the page is opened for the click."""
    scene.lab.environment["TOPN_VERIFY_SECONDS"] = "20"
    scene.lab.site.set_fault(Fault.PUBLISH_REPLY_LOST, scene.on_site, times=1)
    for lag in (Fault.DRAFT_RECORD_LAGS, Fault.UNDER_REVIEW):
        scene.lab.site.set_fault(lag, scene.on_site, times=1, seconds=5)


def _died_before_the_click(scene: Scene) -> None:
    scene.dies(Failpoint.AFTER_SUBMITTING)


def _died_with_the_row(scene: Scene) -> None:
    scene.dies(Failpoint.AFTER_TAKE)


def _is_throttled(scene: Scene) -> None:
    scene.lab.site.set_fault(Fault.RATE_LIMITED, scene.on_site, times=1)


def _is_slow(scene: Scene) -> None:
    scene.slow_site()


def _is_asked_to_stop(scene: Scene, worker: Worker) -> None:
    scene.wait_until_signed_in()
    worker.send_signal(signal.SIGTERM)


def _resume_account(scene: Scene) -> None:
    """The pause outlived the worker that made it; nobody waits for its end here."""
    key = str(scene.account.id)
    pauses = PauseStore(scene.lab.db)
    assert [pause.key for pause in pauses.effective()] == [key]
    scene.lab.queue.reconcile()
    assert f"account:{key}" in scene.lab.queue.stats().paused
    pauses.lift(PauseScope.ACCOUNT, key)
    scene.lab.queue.resume(PauseScope.ACCOUNT, key)


def _is_published(scene: Scene) -> None:
    """The record stands; only the slot waits to be freed."""
    wait_until(lambda: scene.lab.queue.stats().running == 1, 5, "its slot is still taken")


VERIFIED = ("submitting", "rescued", "verified", "published")
RECORDED = CrashPlace(faults=("12",), after=_is_published, status=TaskStatus.PUBLISHED, crashes=0, kinds=("published",))

CRASH_PLACES = {
    Failpoint.AFTER_CLAIM: CrashPlace(
        faults=("7a",), status=TaskStatus.WAITING, crashes=0, kinds=("handed_in", "taken", "published")
    ),
    Failpoint.AFTER_TAKE: CrashPlace(faults=("7b",)),
    Failpoint.AFTER_CONFIRM: CrashPlace(faults=("7b",)),
    Failpoint.AFTER_SIGNIN: CrashPlace(orphan_events=1),
    Failpoint.AFTER_DRAFT_CREATED: CrashPlace(faults=("8",), drafts=2, orphan_events=1),
    Failpoint.AFTER_DRAFT_SAVED: CrashPlace(kinds=("draft_created", "rescued", "drafted", "published")),
    Failpoint.AFTER_DRAFTED: CrashPlace(faults=("9",), kinds=("drafted", "rescued", "submitting", "published")),
    Failpoint.AFTER_SUBMITTING: CrashPlace(
        faults=("10",),
        kinds=("submitting", "rescued", "verified", "resubmitting", "published"),
    ),
    Failpoint.AFTER_CLICK: CrashPlace(faults=("11",), kinds=VERIFIED),
    Failpoint.AFTER_VERIFIED: CrashPlace(
        before=_loses_the_answer, kinds=("submitting", "verified", "rescued", "verified", "published")
    ),
    Failpoint.AFTER_RESUBMITTING: CrashPlace(
        before=_died_before_the_click,
        crashes=2,
        kinds=("submitting", "rescued", "resubmitting", "rescued", "resubmitting", "published"),
    ),
    Failpoint.AFTER_REOPENED: CrashPlace(
        before=_is_throttled,
        publish_requests=2,
        kinds=("submitting", "draft_reopened", "rescued", "submitting", "published"),
    ),
    Failpoint.BEFORE_RECORD: CrashPlace(faults=("11",), kinds=VERIFIED),
    Failpoint.AFTER_PAUSE: CrashPlace(before=_is_throttled, after=_resume_account, publish_requests=2),
    Failpoint.AFTER_RECORD: RECORDED,
    Failpoint.BEFORE_RELEASE: RECORDED,
    Failpoint.BEFORE_PUSH_BACK: CrashPlace(
        before=_is_slow,
        during=_is_asked_to_stop,
        status=TaskStatus.WAITING,
        crashes=0,
        kinds=("handed_back", "taken", "published"),
    ),
    Failpoint.AFTER_RESCUE: CrashPlace(before=_died_with_the_row, status=TaskStatus.WAITING),
}
"""The others are met on the plain way: `CrashPlace()` is what is expected of them."""


SUBMITTING_ON = list(Failpoint).index(Failpoint.AFTER_SUBMITTING)
BEFORE_SUBMITTING = tuple(Failpoint)[:SUBMITTING_ON]
FROM_SUBMITTING_ON = tuple(Failpoint)[SUBMITTING_ON:]


def crash_place(where: Failpoint) -> CrashPlace:
    """What is known of this failpoint."""
    return CRASH_PLACES.get(where, CrashPlace())
