"""Two real processes with eight threads each pull as fast as they can, and no limit is ever broken."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from redis import Redis

from core.queue.rate_limiter import UserRateLimiter
from tests.integration.queue.puller import LIMITS, STOP_KEY
from tests.integration.queue.queue_support import MemoryRows, entry, let_time_pass, make_queue
from tests.servers.local_process import wait_until
from tests.servers.redis_server import RedisServer

Turn = tuple[int, int, int, int, int]
WINDOW_MS = 60_000
SHIFT_SECONDS = 61
ROUNDS = 4
ONE_ACCOUNT, FIVE_ACCOUNTS = 1, 2


def account_of(user_id: int, number: int) -> int:
    return user_id * 100 + (number % 5 if user_id == FIVE_ACCOUNTS else 0)


def worst_in_a_window(times: Iterable[int]) -> int:
    """Most of these in any 60 s, both ends counted."""
    ordered = sorted(times)
    worst = first = 0
    for last, at in enumerate(ordered):
        while ordered[first] < at - WINDOW_MS:
            first += 1
        worst = max(worst, last - first + 1)
    return worst


def most_at_once(turns: Iterable[Turn]) -> int:
    """Most turns that overlap. A turn held at least from its claim until a moment before its release."""
    edges = sorted(edge for turn in turns for edge in ((turn[2], 1), (turn[3], -1)))
    at_once = worst = 0
    for _, step in sorted(edges, key=lambda edge: (edge[0], edge[1])):
        at_once += step
        worst = max(worst, at_once)
    return worst


def read_turns(logs: list[Path], shifts: list[int]) -> list[Turn]:
    """All turns, with claim times as if the shifts had been waited for."""
    turns = []
    for log in logs:
        for line in log.read_text(encoding="ascii").splitlines():
            user, account, claimed, ends, fresh = map(int, line.split())
            passed = SHIFT_SECONDS * 1000 * sum(claimed >= shift for shift in shifts)
            turns.append((user, account, claimed + passed, ends + passed, fresh))
    return turns


def test_limits_hold_for_two_processes_with_eight_threads_each(
    redis: Redis, line_server: RedisServer, tmp_path: Path
) -> None:
    queue = make_queue(redis, MemoryRows(), defaults=LIMITS)
    limiter = UserRateLimiter(redis, prefix="", defaults=LIMITS, rows=MemoryRows())
    queue.rebuild()
    queue.push(
        [
            entry(user_id * 1000 + number, user_id=user_id, account_id=account_of(user_id, number))
            for user_id in (ONE_ACCOUNT, FIVE_ACCOUNTS, 3, 4)
            for number in range(300)
        ]
    )
    logs = [tmp_path / "one", tmp_path / "two"]
    command = [sys.executable, "-m", "tests.integration.queue.puller", line_server.url]
    processes = [subprocess.Popen([*command, str(log), "8"]) for log in logs]
    shifts: list[int] = []
    resumed = iter(range(900_000, 1_000_000))

    def all_windows_are_full() -> bool:
        assert all(process.poll() is None for process in processes)
        # Retries go on meanwhile: they are no new starts.
        queue.push(
            [entry(next(resumed), user_id=user, account_id=account_of(user, user), is_resumed=True) for user in (1, 2)]
        )
        return all(limiter.get_user_stats(user).starts == 25 for user in (1, 2, 3, 4))

    try:
        for _ in range(ROUNDS):
            wait_until(all_windows_are_full, 60, "every user has used up its window")
            seconds, micros = redis.time()
            shifts.append(seconds * 1000 + micros // 1000)
            let_time_pass(redis, SHIFT_SECONDS)
        wait_until(all_windows_are_full, 60, "every user has used up its last window")
        redis.set(STOP_KEY, "1")
        assert [process.wait(30) for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
            process.wait(30)
    check(read_turns(logs, shifts))


def check(turns: list[Turn]) -> None:
    by_user: dict[int, list[Turn]] = defaultdict(list)
    by_account: dict[int, list[Turn]] = defaultdict(list)
    for turn in turns:
        by_user[turn[0]].append(turn)
        by_account[turn[1]].append(turn)
    starts = {user: [turn[2] for turn in found if turn[4]] for user, found in by_user.items()}
    assert {user: len(times) for user, times in starts.items()} == dict.fromkeys((1, 2, 3, 4), 25 * (ROUNDS + 1))
    assert {user: worst_in_a_window(times) for user, times in starts.items()} == dict.fromkeys((1, 2, 3, 4), 25)
    assert max(most_at_once(found) for found in by_user.values()) <= LIMITS.max_running_per_user
    assert max(most_at_once(found) for found in by_account.values()) <= LIMITS.max_running_per_account
    assert sum(1 for turn in turns if not turn[4]) > 0
