"""A process that claims as fast as it can: `python -m tests.integration.queue.puller URL LOG THREADS`.

Each line of its log is one turn: user, account, claimed_ms, a moment before its release, fresh 0|1.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from core.lane import LimitDefaults
from core.queue.redis_client import connect, server_ms
from tests.integration.queue.queue_support import MemoryRows, make_queue

STOP_KEY = "test:stop"
LIMITS = LimitDefaults(
    max_running_per_user=4, max_starts_per_minute=25, max_running_per_account=2, account_gap_seconds=0
)


def main() -> None:
    """Pull until the stop key is there."""
    url, log, threads = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    lock = threading.Lock()
    with connect(url) as redis, log.open("a", encoding="ascii") as out:
        queue = make_queue(redis, MemoryRows(), defaults=LIMITS)

        def pull() -> None:
            while not redis.exists(STOP_KEY):
                claim = queue.claim()
                if claim is None:
                    queue.wait_for_wake(0.2)
                    continue
                assert queue.confirm(claim)
                ends = server_ms(redis)
                assert queue.release(claim)
                with lock:
                    facts = (claim.user_id, claim.account_id, claim.claimed_ms, ends, int(claim.is_fresh))
                    out.write(" ".join(map(str, facts)) + "\n")

        pulling = [threading.Thread(target=pull) for _ in range(threads)]
        for thread in pulling:
            thread.start()
        for thread in pulling:
            thread.join()


if __name__ == "__main__":
    main()
