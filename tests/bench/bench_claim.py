"""What a claim costs with few and with many users in line, against a raw round trip in the same run."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from redis import Redis

from core.lane import Claim, LaneEntry, LimitDefaults, UserLimits
from core.queue.fair_queue import FairQueue
from core.queue.redis_client import connect
from core.telemetry import configure_logging
from tests.integration.queue.queue_support import MemoryRows, make_queue
from tests.servers.redis_server import RedisServer

REPEATS = 15
CLAIMS = 400
UNLIMITED = LimitDefaults(1000, 10_000, 1000, 0)
ONE_EACH = LimitDefaults(1, 10_000, 1000, 0)
FEW, MANY, MOST = 10, 1000, 10_000


def main() -> None:
    """Measure each case in every repeat, so that all of them see the same machine."""
    configure_logging("WARNING")
    with tempfile.TemporaryDirectory(prefix="topn-bench-") as folder:
        server = RedisServer(Path(folder), shutil.which("redis-server") or "redis-server")
        server.start()
        try:
            with connect(server.url) as redis:
                measure(redis)
        finally:
            server.stop()


def measure(redis: Redis) -> None:
    """Print one line per case."""
    lines = {
        f"claim, {FEW} users waiting": waiting(redis, FEW),
        f"claim, {MANY} users waiting": waiting(redis, MANY),
        f"claim, {MOST} users waiting": waiting(redis, MOST),
        f"claim, {FEW} users waiting and {MOST} parked": parked(redis, FEW, MOST),
    }
    micros: dict[str, list[float]] = {"raw round trip (PING)": [], **{name: [] for name in lines}}
    inside: dict[str, list[float]] = {name: [] for name in lines}
    for _ in range(REPEATS):
        micros["raw round trip (PING)"].append(timed(redis.ping))
        for name, queue in lines.items():
            whole, in_redis = turn(redis, queue)
            micros[name].append(whole)
            inside[name].append(in_redis)
    floor = statistics.median(micros["raw round trip (PING)"])
    print_line(f"{'median of ' + str(REPEATS):48}", "µs", "quartiles", "per s", "× raw", "µs in Redis")
    for name, found in micros.items():
        median, quarters = statistics.median(found), statistics.quantiles(found, n=4)
        print_line(
            f"{name:48}",
            f"{median:.0f}",
            f"{quarters[0]:.0f}–{quarters[2]:.0f}",
            f"{1e6 / median:.0f}",
            f"{median / floor:.2f}",
            f"{statistics.median(inside[name]):.0f}" if name in inside else "",
        )


def print_line(name: str, *figures: str) -> None:
    """One row of the table."""
    sys.stdout.write(name + "".join(f"{figure:>12}" for figure in figures) + "\n")


def timed(call: Callable[[], object]) -> float:
    """Microseconds per call."""
    begin = time.perf_counter()
    for _ in range(CLAIMS):
        call()
    return (time.perf_counter() - begin) / CLAIMS * 1e6


def turn(redis: Redis, queue: FairQueue) -> tuple[float, float]:
    """Microseconds per claim, and those inside Redis. The claims are given back outside the measurement."""
    redis.config_resetstat()
    claims: list[Claim | None] = []
    whole = timed(lambda: claims.append(queue.claim()))
    in_redis = float(redis.info("commandstats")["cmdstat_evalsha"]["usec_per_call"])
    for claim in claims:
        if claim is None:
            raise RuntimeError("the line was empty: nothing was measured")
        queue.give_back(claim)
    return whole, in_redis


def waiting(redis: Redis, users: int) -> FairQueue:
    """A line of users with tasks enough for all repeats."""
    queue = make_queue(redis, MemoryRows(), prefix=f"waiting{users}:", defaults=UNLIMITED)
    queue.rebuild()
    each = max(2, 2 * CLAIMS // users)
    queue.push([task(number, 1 + number % users) for number in range(1, users * each + 1)])
    return queue


def parked(redis: Redis, users: int, at_their_cap: int) -> FairQueue:
    """The same with many more users who each have one running, one waiting, and a cap of one."""
    queue = make_queue(redis, MemoryRows(), prefix="parked:", defaults=ONE_EACH)
    queue.rebuild()
    first = 1_000_000
    queue.push([task(first + number, first + number // 2) for number in range(2 * at_their_cap)])
    while queue.claim() is not None:
        continue
    if queue.stats().parked_users != at_their_cap:
        raise RuntimeError("not all are parked")
    for user_id in range(1, users + 1):
        queue.set_limits(UserLimits(user_id, max_running=1000))
    each = 2 * CLAIMS // users
    queue.push([task(number, 1 + number % users) for number in range(1, users * each + 1)])
    return queue


def task(task_id: int, user_id: int) -> LaneEntry:
    """One of a user's tasks, on the user's only account."""
    return LaneEntry(task_id, user_id, user_id, "zhihu")


if __name__ == "__main__":
    main()
