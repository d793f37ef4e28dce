"""The line: who waits, whose turn it is, and inside which limits. Services push, workers claim.

MySQL is the truth; what is here can be lost at any time and is built again from `RowSnapshot`.
"""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from redis import Redis

from core.errors import ServiceUnavailable
from core.lane import (
    AccountLimits,
    Claim,
    LaneEntry,
    LimitDefaults,
    Pause,
    PauseScope,
    RowSnapshot,
    UserLimits,
)
from core.queue.key_names import KeyNames
from core.queue.lane_order import lane_fields, lane_score
from core.queue.line_rebuild import LineRebuild
from core.queue.line_reconcile import LineReconcile, ReconcileReport
from core.queue.live_overrides import LiveOverrides
from core.queue.lost_calls import LostCalls
from core.queue.lua_scripts import CHUNK, LuaScripts
from core.queue.queue_stats import Parked, QueueStats, read_reasons, read_stats
from core.queue.redis_client import SOCKET_TIMEOUT_SECONDS, LineDamaged, guarded
from core.telemetry import get_logger

MAX_ROUNDS = 256
"""Most calls of claim.lua for one claim: each looks at 64 lanes and parks those that may not go."""
LONGEST_WAIT_SECONDS = SOCKET_TIMEOUT_SECONDS - 1
SHORTEST_WAIT_SECONDS = 0.001
"""Redis takes a time-out of 0 for no time-out."""

logger = get_logger(__name__)


class FairQueue:
    """One per process; threads may share it. Every call raises ServiceUnavailable when Redis is away.

    `redis` must not retry (`connect(url)`): a claim whose reply is lost is looked up and given back instead.
    """

    def __init__(self, redis: Redis, *, prefix: str, defaults: LimitDefaults, rows: RowSnapshot) -> None:
        self._redis = redis
        self._defaults = defaults
        self._names = KeyNames(prefix)
        self._scripts = LuaScripts(redis, prefix)
        self._overrides = LiveOverrides(redis, self._names, self._scripts)
        self._rebuild = LineRebuild(redis, self._names, self._scripts, rows)
        self._reconcile = LineReconcile(redis, self._names, self._scripts, rows)
        self._calls = (f"{uuid.uuid4().hex[:12]}-{number}" for number in itertools.count())
        self._calls_lock = threading.Lock()
        self._lost_calls = LostCalls(redis, self._names, self._scripts)
        self._hints = threading.local()

    def push(self, entries: Sequence[LaneEntry]) -> int:
        """Put tasks in line; how many were not there before.

        Pushing twice is pushing once; a task in line takes its new priority. A task that is running is refused.
        """
        new = 0
        for chunk in _chunks(entries, CHUNK):
            facts: list[str | int] = [fact for entry in chunk for fact in lane_fields(entry)]
            new += int(self._repeatable("push", "", *facts))
        return new

    def claim(self) -> Claim | None:
        """The next turn, or None when nothing may go now. Rebuilds the line first when Redis has lost it."""
        self._lost_calls.give_back()
        self._hints.seconds = None
        has_mended = False
        for _ in range(MAX_ROUNDS):
            try:
                outcome, *facts = self._ask()
                if outcome == "rebuild" and not self._rebuild.run(self._defaults, is_damaged=False):
                    # Another process is at it and wakes everybody when it is done.
                    return None
            except LineDamaged as error:
                if has_mended or not self._mend(error):
                    raise
                has_mended = True
                continue
            if outcome == "claim":
                task_id, user_id, account_id, number, claimed_ms = (int(fact) for fact in facts[:5])
                return Claim(task_id, user_id, account_id, number, claimed_ms, is_fresh=facts[5] == 1)
            if outcome == "wait":
                self._hints.seconds = None if facts[0] < 0 else facts[0] / 1000
                return None
        self._hints.seconds = 0.0
        return None

    def confirm(self, claim: Claim) -> bool:
        """Asked right after the row was taken: is the claim still in force? If not, undo the take: the reconcile
        has given the task to somebody else."""
        return bool(self._repeatable("confirm", claim.task_id, claim.number))

    def give_back(self, claim: Claim, *, requeue: bool = True) -> bool:
        """The claim was not used: free its slot, forget its start, and put the task back in line unless its row
        does not wait any more. False when the claim was no longer in force."""
        return bool(self._repeatable("give_back", claim.task_id, claim.number, int(requeue)))

    def release(self, claim: Claim) -> bool:
        """The attempt is over: free the slot and wake whoever waited for it. The start stays counted. False when
        the claim was no longer in force."""
        return bool(self._repeatable("release", claim.task_id, claim.number))

    def remove(self, task_id: int, user_id: int, account_id: int) -> bool:
        """Take a task out of the line. False when it was not in line (running, or never there)."""
        return bool(self._repeatable("remove", task_id, user_id, account_id))

    def wait_for_wake(self, timeout: float) -> None:
        """Block until a push, a release, or a parked lane falling due, at most `timeout` seconds (and 4)."""
        hint: float | None = getattr(self._hints, "seconds", None)
        seconds = min(timeout, LONGEST_WAIT_SECONDS, timeout if hint is None else hint)
        with guarded(self._redis):
            self._redis.blpop([self._names.wake], timeout=max(seconds, SHORTEST_WAIT_SECONDS))

    def pause(self, pause: Pause) -> None:
        """Hold back what the pause names, from the next claim on. The database keeps pauses: save it there first,
        or the next reconcile lifts it. Of two pauses of the same thing the longer counts."""
        self._overrides.pause(pause)

    def resume(self, scope: PauseScope, key: str) -> None:
        """Lift the pauses of this thing. Lift them in the database first."""
        self._overrides.resume(scope, key)

    def set_limits(self, limits: UserLimits) -> None:
        """Live effect of a user's overrides; None means the default. Save them in the database first."""
        self._overrides.set_limits(limits)

    def set_account_limits(self, limits: AccountLimits) -> None:
        """Live effect of an account's overrides; None means the default. Save them in the database first."""
        self._overrides.set_account_limits(limits)

    def ahead_of(self, task_id: int, user_id: int, account_id: int) -> int | None:
        """Estimate of how many tasks start before this one. None: it is not in line."""
        places = int(self._scripts.run("ahead", task_id, user_id, account_id))
        return None if places < 0 else places

    def reasons(self, places: Collection[tuple[int, int]]) -> dict[tuple[int, int], Parked]:
        """What holds back the tasks in line of each (user, account), in one round trip: the account's own reason before
        its user's. Who is in turn is left out."""
        return read_reasons(self._redis, self._names, self._defaults, places)

    def missing(self, entries: Sequence[LaneEntry]) -> list[LaneEntry]:
        """Those of these tasks that are neither running nor in line where they belong: a priority that was changed
        while Redis was away has not moved them yet."""
        missing: list[LaneEntry] = []
        for chunk in _chunks(entries, CHUNK):
            facts = itertools.chain.from_iterable(
                (entry.task_id, entry.user_id, entry.account_id, lane_score(entry)) for entry in chunk
            )
            missing.extend(chunk[position] for position in self._scripts.run("missing", *facts))
        return missing

    def reconcile(self) -> ReconcileReport:
        """Bring running entries, limits and pauses in line with the database. The leader calls it every 5 s."""
        try:
            if self.rebuild_if_lost():
                return ReconcileReport(is_rebuilt=True)
            return self._reconcile.run(self.push)
        except LineDamaged as error:
            return ReconcileReport(is_rebuilt=self._mend(error))

    def drop_orphans(self, user_id: int, task_ids: Collection[int] | None = None) -> int:
        """Drop this user's running entries without a running row, however young; how many. With `task_ids` only
        theirs: a claim whose row is about to be taken is an orphan too, and would have to be undone."""
        return self._reconcile.drop_orphans(self.push, user_id, task_ids).dropped

    def rebuild_if_lost(self) -> bool:
        """Rebuild when Redis has lost the line. Whether this call did."""
        with guarded(self._redis):
            is_there = bool(self._redis.exists(self._names.epoch))
        return not is_there and self._rebuild.run(self._defaults, is_damaged=False)

    def rebuild(self) -> bool:
        """Throw the whole line away and make it anew from the database: tasks, running, starts, limits, pauses,
        gaps. Claims stop meanwhile. False when another process is rebuilding.
        """
        return self._rebuild.run(self._defaults, is_damaged=True)

    def stats(self) -> QueueStats:
        """Who waits, runs and is parked, with reasons."""
        return read_stats(self._redis, self._names, self._defaults)

    def _mend(self, error: LineDamaged) -> bool:
        logger.error("the line in Redis is damaged, rebuilding it", reason=error.reason)
        return self.rebuild()

    def _ask(self) -> list[Any]:
        with self._calls_lock:
            call = next(self._calls)
        limits = self._defaults
        try:
            dropped, *reply = self._scripts.run(
                "claim",
                call,
                limits.max_running_per_user,
                limits.max_starts_per_minute,
                limits.max_running_per_account,
                round(limits.account_gap_seconds * 1000),
            )
        except ServiceUnavailable:
            # The claim may have happened and only its reply be lost.
            self._lost_calls.add(call)
            raise
        for garbage in dropped:
            logger.warning("dropped what is not a row id", garbage=garbage)
        return list(reply)

    def _repeatable(self, verb: str, *arguments: str | int) -> Any:
        """Run a script that may run twice; once more when the connection turns out dead, as after a restart of
        Redis. (When it was the answer that got lost, the second says that nothing was left to do.)"""
        try:
            return self._scripts.run(verb, *arguments)
        except ServiceUnavailable:
            return self._scripts.run(verb, *arguments)


def _chunks(entries: Sequence[LaneEntry], size: int) -> Iterator[Sequence[LaneEntry]]:
    return (entries[start : start + size] for start in range(0, len(entries), size))
