"""Puts tasks of dead workers back in line at once, for the rescuer and for the supervisor."""

from __future__ import annotations

from collections.abc import Sequence

from core.queue.fair_queue import FairQueue
from core.store.task_recovery import Rescued
from core.task_state import Action
from tasks.failpoints import Failpoint, failpoint


def put_back_in_line(queue: FairQueue, rescued: Sequence[Rescued]) -> None:
    """Push what was rescued. The dead worker's running entries go first: a task that still counts as running is
    refused, and its slot stays taken, until the reconcile finds it ten seconds later."""
    if not rescued:
        return
    failpoint(Failpoint.AFTER_RESCUE)
    for user_id in sorted({one.entry.user_id for one in rescued}):
        queue.drop_orphans(user_id, {one.entry.task_id for one in rescued})
    entries = [one.entry for one in rescued if one.action is Action.RESCUE]
    if entries:
        queue.push(entries)
