"""Lets a fault come when it does the most harm: while a publish click is on its way.

An article spends most of its life elsewhere, so faults at any moment would hit few clicks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select

from core.errors import ServiceUnavailable
from core.store.models import PublishTask
from core.task_state import Checkpoint, TaskStatus
from tests.chaos.nemesis import Blow, Fault, Strike
from tests.chaos.soak_lab import PUBLISH_SECONDS, SoakLab

WAIT_SECONDS = 10.0
"""Longest wait for somebody to click."""
LOOK_SECONDS = 0.05
SPREAD_SECONDS = PUBLISH_SECONDS + 1
"""The fault comes up to so much later: before the page is open, while the site thinks, after it has published."""


def worker_at_a_click(lab: SoakLab, strike: Strike) -> int | None:
    """The process id of a worker that has just come to `submitting`, or was there a little ago; None: none came."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not (found := _submitting_workers(lab)):
        if time.monotonic() > deadline:
            return None
        time.sleep(LOOK_SECONDS)
    time.sleep(strike.choice * SPREAD_SECONDS)
    return int(found[0].split(":")[1])


def at_a_click(fault: Fault) -> Fault:
    """The same fault, but when somebody has clicked."""
    return replace(fault, name=f"{fault.name} at a click", strike=_when_clicked(fault.strike), weight=2)


def _when_clicked(strike_at_once: Callable[[SoakLab, Strike], Blow | None]) -> Callable[[SoakLab, Strike], Blow | None]:
    def strike(lab: SoakLab, strike: Strike) -> Blow | None:
        return None if worker_at_a_click(lab, strike) is None else strike_at_once(lab, strike)

    return strike


def _submitting_workers(lab: SoakLab) -> list[str]:
    statement = (
        select(PublishTask.worker_id)
        .where(PublishTask.status == TaskStatus.RUNNING, PublishTask.checkpoint == Checkpoint.SUBMITTING)
        .order_by(PublishTask.submitted_at.desc())
    )
    try:
        with lab.lab.db.read() as connection:
            return [worker_id for worker_id in connection.scalars(statement) if worker_id]
    except ServiceUnavailable:
        return []
