"""Compares the running entries in Redis with the rows that run, and mends the difference."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from redis import Redis

from core.lane import LaneEntry, RowSnapshot, running_ids
from core.queue.key_names import KeyNames
from core.queue.live_overrides import LiveOverrides, SavedOverrides
from core.queue.lua_scripts import CHUNK, LuaScripts
from core.queue.queue_stats import read_running
from core.queue.redis_client import guarded, server_ms
from core.queue.running_entry import EntryState, RunningEntry
from core.telemetry import get_logger

CLAIM_GRACE_MS = 10_000
"""A claim may be this old before its row runs."""
CLOCK_STEP_MS = 1000
"""A claim further in the future than this was made before the clock was set back."""
WINDOW_MS = 60_000

Push = Callable[[Sequence[LaneEntry]], int]

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """What a reconcile found and mended."""

    adopted: int = 0
    """Rows that run without an entry: entered."""
    dropped: int = 0
    """Entries without a running row: removed."""
    requeued: int = 0
    """Of those, tasks whose row waits: back in line."""
    overrides_changed: int = 0
    """Pauses and limits that differed from the database."""
    is_rebuilt: bool = False
    """The line was lost and made anew instead."""


class LineReconcile:
    """Run by one process at a time (the leader). Races with workers are settled by drop.lua, which removes only
    the very entry that was read, and by `confirm`."""

    def __init__(self, redis: Redis, names: KeyNames, scripts: LuaScripts, rows: RowSnapshot) -> None:
        self._redis = redis
        self._names = names
        self._scripts = scripts
        self._rows = rows
        self._overrides = LiveOverrides(redis, names, scripts)

    def run(self, push: Push) -> ReconcileReport:
        """Once over everything. Raises what reading the database raises."""
        if int(self._scripts.run("turn_clock")):
            self._look_at_all_again()
        version = self._overrides.version()
        changed = self._overrides.sync(SavedOverrides.read(self._rows), version)
        # Entries first, rows second: an entry without a row is then one whose row has stopped, not one that is
        # about to run.
        entries = read_running(self._redis, self._names)
        rows = self._rows.running_rows()
        report = self._drop(push, entries, running_ids(rows), CLAIM_GRACE_MS)
        known = {entry.task_id for entry in entries}
        lacking = [row for row in rows if row.task_id not in known]
        adopted = self._adopt([(row.task_id, row.user_id, row.account_id) for row in lacking])
        return ReconcileReport(adopted, report.dropped, report.requeued, changed)

    def drop_orphans(self, push: Push, user_id: int, task_ids: Collection[int] | None) -> ReconcileReport:
        """Drop one user's entries without a running row, however young; with `task_ids` only those."""
        entries = [
            entry
            for entry in read_running(self._redis, self._names)
            if entry.user_id == user_id and (task_ids is None or entry.task_id in task_ids)
        ]
        return self._drop(push, entries, running_ids(self._rows.running_rows()), 0)

    def _drop(self, push: Push, entries: Sequence[RunningEntry], running: set[int], grace_ms: int) -> ReconcileReport:
        now_ms = server_ms(self._redis)
        dropped = requeued = 0
        for entry in entries:
            if entry.task_id in running or not self._is_orphan(entry, now_ms, grace_ms):
                continue
            waiting = self._waiting_row(entry.task_id)
            # A row that waits as a fresh one was never taken: its start never happened.
            was_never_taken = waiting is not None and not waiting.is_resumed
            if not self._scripts.run("drop", entry.task_id, entry.text, int(was_never_taken)):
                continue
            dropped += 1
            logger.info("dropped a running entry without a running row", orphan_task_id=entry.task_id)
            if waiting is not None:
                requeued += push([waiting])
        return ReconcileReport(dropped=dropped, requeued=requeued)

    @staticmethod
    def _is_orphan(entry: RunningEntry, now_ms: int, grace_ms: int) -> bool:
        """A row that was seen running and runs no more is over. A claim gets time for its row to be taken."""
        if entry.state is not EntryState.CLAIMED:
            return True
        age_ms = now_ms - entry.claimed_ms
        return age_ms >= grace_ms or age_ms < -CLOCK_STEP_MS

    def _waiting_row(self, task_id: int) -> LaneEntry | None:
        first = self._rows.waiting_entries(task_id - 1, 1)
        return first[0] if first and first[0].task_id == task_id else None

    def _adopt(self, rows: list[tuple[int, int, int]]) -> int:
        adopted = 0
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            adopted += int(self._scripts.run("adopt", "", *itertools.chain.from_iterable(chunk)))
        if adopted:
            # Redis lost something. What it lost of these rows' starts counts again.
            self._count_starts({task_id for task_id, _, _ in rows})
        return adopted

    def _count_starts(self, task_ids: set[int]) -> None:
        starts = self._rows.starts_since(server_ms(self._redis) - WINDOW_MS)
        facts = [(row.task_id, row.user_id, row.first_claimed_ms) for row in starts if row.task_id in task_ids]
        for start in range(0, len(facts), CHUNK):
            self._scripts.run("count_starts", "", *itertools.chain.from_iterable(facts[start : start + CHUNK]))

    def _look_at_all_again(self) -> None:
        """Redis' clock was set back: what was to be due soon would be due late. Look at every lane once."""
        logger.warning("the clock of Redis was set back, looking at all parked lanes again")
        with guarded(self._redis):
            pairs = [
                part
                for account, owner in self._redis.hscan_iter(self._names.accounts, count=CHUNK)
                for part in (owner.partition(":")[0], account)
            ]
        for start in range(0, len(pairs), CHUNK):
            self._scripts.run("look_again", *pairs[start : start + CHUNK])
