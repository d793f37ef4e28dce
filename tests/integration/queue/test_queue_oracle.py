"""The limits against an oracle: any history, and at every turn the line does what the rules say, no more, no less."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from redis import Redis

from core.lane import AccountLimits, Claim, LaneEntry, LimitDefaults, Pause, PauseScope, UserLimits
from core.queue.lane_order import FRESH_SCORE, lane_score
from core.queue.redis_client import connect, server_ms
from tests.integration.queue.queue_support import MemoryRows, claims, entry, let_time_pass, make_queue
from tests.servers.redis_server import RedisServer

TIGHT = LimitDefaults(max_running_per_user=3, max_starts_per_minute=4, max_running_per_account=2, account_gap_seconds=0)
WINDOW_MS = 60_000
USERS = st.integers(1, 3)
ACCOUNTS = st.integers(0, 2)


class LineMachine(RuleBasedStateMachine):
    """The oracle keeps plain lists. Its clock is Redis' clock plus the time that was made to pass."""

    server_url: str
    defaults: LimitDefaults

    def __init__(self) -> None:
        super().__init__()
        self.redis: Redis = connect(self.server_url)
        self.prefix = f"{uuid.uuid4().hex}:"
        self.queue = make_queue(self.redis, MemoryRows(), prefix=self.prefix, defaults=self.defaults)
        self.passed_ms = 0
        self.next_id = 1
        self.lanes: dict[tuple[int, int], dict[int, int]] = {}
        self.held: dict[int, Claim] = {}
        self.old: list[Claim] = []
        self.scores: dict[int, int] = {}
        self.starts: dict[int, dict[int, int]] = {}
        self.last_claims: dict[int, list[int]] = {}
        self.ends: dict[int, tuple[int, int]] = {}
        """Account → when its last attempt ended: not before the first moment, not after the second."""
        self.limits: dict[int, UserLimits] = {}
        self.account_limits: dict[int, AccountLimits] = {}
        self.pauses: dict[tuple[PauseScope, str], int | None] = {}

    def teardown(self) -> None:
        names = list(self.redis.scan_iter(match=f"{self.prefix}*", count=1000))
        if names:
            self.redis.delete(*names)
        self.redis.close()

    @initialize()
    def begin(self) -> None:
        assert self.queue.claim() is None

    @rule(user=USERS, account=ACCOUNTS, priority=st.integers(0, 9), is_resumed=st.booleans())
    def push(self, user: int, account: int, priority: int, is_resumed: bool) -> None:
        pushed = self._entry(self.next_id, user, account, priority, is_resumed)
        self.next_id += 1
        assert self.queue.push([pushed]) == 1
        assert self.queue.push([pushed]) == 0
        self._line_up(pushed.user_id, pushed.account_id, pushed.task_id, lane_score(pushed))

    @rule(user=USERS, account=ACCOUNTS, count=st.integers(2, 8))
    def push_many(self, user: int, account: int, count: int) -> None:
        entries = [self._entry(self.next_id + step, user, account, 5, False) for step in range(count)]
        self.next_id += count
        assert self.queue.push(entries) == count
        for each in entries:
            self._line_up(each.user_id, each.account_id, each.task_id, lane_score(each))

    @rule(times=st.integers(1, 6))
    def claim(self, times: int) -> None:
        for _ in range(times):
            before = self._now()
            claim = self.queue.claim()
            if claim is None:
                assert not list(self._may_go(before, is_sure=True)), "somebody could have gone and did not"
                return
            self._check_and_record(claim)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        claim = self.held.pop(data.draw(st.sampled_from(sorted(self.held))))
        assert self.queue.confirm(claim)
        before = self._now()
        assert self.queue.release(claim)
        self.ends[claim.account_id] = (before, self._now())
        self.old.append(claim)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), requeue=st.booleans())
    def give_back(self, data: st.DataObject, requeue: bool) -> None:
        claim = self.held.pop(data.draw(st.sampled_from(sorted(self.held))))
        assert self.queue.give_back(claim, requeue=requeue)
        if claim.is_fresh:
            del self.starts[claim.user_id][claim.task_id]
        claims_of_account = self.last_claims[claim.account_id]
        if claims_of_account and claims_of_account[-1] == self._virtual(claim):
            claims_of_account.pop()
        if requeue:
            self._line_up(claim.user_id, claim.account_id, claim.task_id, self.scores[claim.task_id])
        self.old.append(claim)

    @precondition(lambda self: self.old)
    @rule(data=st.data())
    def late_calls_do_nothing(self, data: st.DataObject) -> None:
        claim = data.draw(st.sampled_from(self.old))
        assert not self.queue.release(claim)
        assert not self.queue.give_back(claim)
        assert not self.queue.confirm(claim)

    @precondition(lambda self: any(self.lanes.values()))
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        user, account = data.draw(st.sampled_from(sorted(key for key, lane in self.lanes.items() if lane)))
        lane = self.lanes[user, account]
        task_id = data.draw(st.sampled_from(sorted(lane)))
        assert self.queue.remove(task_id, user, account)
        del lane[task_id]

    @rule(seconds=st.sampled_from([1, 7, 20, 45, 61, 200]))
    def time_passes(self, seconds: int) -> None:
        let_time_pass(self.redis, seconds, self.prefix)
        self.passed_ms += seconds * 1000

    @rule(user=USERS, running=st.none() | st.integers(1, 4), starts=st.none() | st.integers(1, 6))
    def set_limits(self, user: int, running: int | None, starts: int | None) -> None:
        self.limits[user] = UserLimits(user, max_running=running, max_starts=starts)
        self.queue.set_limits(self.limits[user])

    @rule(user=USERS, account=ACCOUNTS, running=st.none() | st.integers(1, 3), gap=st.sampled_from([None, 0, 5, 90]))
    def set_account_limits(self, user: int, account: int, running: int | None, gap: float | None) -> None:
        account_id = user * 10 + account
        self.account_limits[account_id] = AccountLimits(account_id, max_running=running, gap_seconds=gap)
        self.queue.set_account_limits(self.account_limits[account_id])

    @rule(
        what=st.sampled_from(["everything", "platform", "user", "account"]), user=USERS, seconds=st.none() | st.just(30)
    )
    def pause(self, what: str, user: int, seconds: int | None) -> None:
        scope, key = self._pausable(what, user)
        if (scope, key) in self.pauses:
            self.queue.resume(scope, key)
            del self.pauses[scope, key]
            return
        until = None if seconds is None else server_ms(self.redis) + seconds * 1000
        self.queue.pause(Pause(scope, key, until))
        self.pauses[scope, key] = None if until is None else until + self.passed_ms

    @invariant()
    def everything_is_counted(self) -> None:
        stats = self.queue.stats()
        assert stats.waiting == sum(len(lane) for lane in self.lanes.values())
        assert stats.running == len(self.held)

    def _entry(self, task_id: int, user: int, account: int, priority: int, is_resumed: bool) -> LaneEntry:
        platform = "zhihu" if account < 2 else "other"
        return LaneEntry(task_id, user, user * 10 + account, platform, priority, is_resumed)

    def _pausable(self, what: str, user: int) -> tuple[PauseScope, str]:
        keys = {"everything": "", "platform": "zhihu", "user": str(user), "account": str(user * 10)}
        return PauseScope(what), keys[what]

    def _line_up(self, user: int, account: int, task_id: int, score: int) -> None:
        self.lanes.setdefault((user, account), {})[task_id] = score

    def _now(self) -> int:
        return server_ms(self.redis) + self.passed_ms

    def _virtual(self, claim: Claim) -> int:
        return self.last_claims_at[claim.number]

    @property
    def last_claims_at(self) -> dict[int, int]:
        return self.__dict__.setdefault("_claimed_at", {})  # type: ignore[no-any-return]

    def _is_paused(self, user: int, account: int, now: int) -> bool:
        platform = "zhihu" if account % 10 < 2 else "other"
        fields = [
            (PauseScope.EVERYTHING, ""),
            (PauseScope.PLATFORM, platform),
            (PauseScope.USER, str(user)),
            (PauseScope.ACCOUNT, str(account)),
        ]
        return any(
            field in self.pauses and (self.pauses[field] is None or self.pauses[field] > now)  # type: ignore[operator]
            for field in fields
        )

    def _may_go(self, now: int, *, is_sure: bool = False) -> Iterator[tuple[int, int, int]]:
        """The first task of every account that may go at this moment, by the rules; only those of which that
        `is_sure`, though nobody knows to the millisecond when an attempt has ended."""
        for (user, account), lane in self.lanes.items():
            if not lane or self._is_paused(user, account, now):
                continue
            own, of_account = self.limits.get(user), self.account_limits.get(account)
            cap = (own and own.max_running) or self.defaults.max_running_per_user
            max_starts = (own and own.max_starts) or self.defaults.max_starts_per_minute
            account_cap = (of_account and of_account.max_running) or self.defaults.max_running_per_account
            own_gap = of_account.gap_seconds if of_account else None
            gap_ms = (self.defaults.account_gap_seconds if own_gap is None else own_gap) * 1000
            recent = [at for at in self.starts.get(user, {}).values() if at >= now - WINDOW_MS]
            task_id = min(lane, key=lambda each: lane[each])
            of_account_held = sum(claim.account_id == account for claim in self.held.values())
            last = max((self.last_claims.get(account) or [0])[-1], self.ends.get(account, (0, 0))[is_sure])
            if (
                sum(claim.user_id == user for claim in self.held.values()) < cap
                and of_account_held < (1 if gap_ms else account_cap)
                and (lane[task_id] < FRESH_SCORE or len(recent) < max_starts)
                and (not gap_ms or last + gap_ms <= now)
            ):
                yield user, account, task_id

    def _check_and_record(self, claim: Claim) -> None:
        at = claim.claimed_ms + self.passed_ms
        turn = (claim.user_id, claim.account_id, claim.task_id)
        assert turn in list(self._may_go(at)), "went although it may not"
        score = self.lanes[claim.user_id, claim.account_id].pop(claim.task_id)
        assert claim.is_fresh == (score >= FRESH_SCORE)
        self.scores[claim.task_id] = score
        self.held[claim.task_id] = claim
        self.last_claims.setdefault(claim.account_id, []).append(at)
        self.last_claims_at[claim.number] = at
        if claim.is_fresh:
            self.starts.setdefault(claim.user_id, {})[claim.task_id] = at


@pytest.mark.parametrize("gap_seconds", [0, 15])
def test_any_history_keeps_to_the_limits(line_server: RedisServer, gap_seconds: float) -> None:
    class Machine(LineMachine):
        server_url = line_server.url
        defaults = replace(TIGHT, account_gap_seconds=gap_seconds)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=60,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@contextmanager
def clock_of_limits(monkeypatch: pytest.MonkeyPatch, now: Callable[[], float]) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr("limits.storage.memory.time", SimpleNamespace(time=now))
        yield


def test_the_window_agrees_with_the_limits_package(
    redis: Redis, rows: MemoryRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its exact moving window, fed with the times of our starts, lets in each of them, and none when we refuse."""
    queue = make_queue(redis, rows, defaults=LimitDefaults(1000, 7, 1000, 0))
    storage = MemoryStorage()
    oracle, limit = MovingWindowRateLimiter(storage), RateLimitItemPerMinute(7)
    queue.push([entry(task_id) for task_id in range(1, 2000)])
    passed_seconds, now = 0.0, 0.0
    with clock_of_limits(monkeypatch, lambda: now):
        for step in range(120):
            for claim in claims(queue, 1 + step % 5):
                now = claim.claimed_ms / 1000 + passed_seconds
                assert oracle.hit(limit, "user")
                queue.release(claim)
            if step % 5 == 4:
                now = server_ms(redis) / 1000 + passed_seconds
                assert oracle.test(limit, "user") == (queue.stats().ready_users == 1)
            let_time_pass(redis, pause := 3 + step * 7 % 29)
            passed_seconds += pause
