"""A real Huey consumer in a process of its own: `python -m tests.integration.queue.consumer_process URL LOG`.

Each run of the task adds 'begin ID' and 'end ID' to LOG; ids from 1000 on take until a file LOG.go is there.
"""

from __future__ import annotations

import sys
from pathlib import Path

from core.lane import Claim
from core.queue.broker import FairHuey
from core.queue.fair_queue import FairQueue
from core.queue.redis_client import connect
from core.telemetry import configure_logging
from tests.integration.queue.queue_support import MemoryRows, make_queue
from tests.servers.local_process import wait_until

SLOW_FROM = 1000


def main() -> None:
    """Consume until TERM."""
    url, log = sys.argv[1], Path(sys.argv[2])
    configure_logging("INFO")
    with connect(url) as redis:
        queues: list[FairQueue] = []

        def make() -> FairQueue:
            queues.append(make_queue(redis, MemoryRows()))
            return queues[0]

        class NotingHuey(FairHuey):
            """Writes down when it stops claiming."""

            def stop_claiming(self) -> None:
                super().stop_claiming()
                write("stopping")

        huey = NotingHuey("topn", make)

        @huey.task()
        def publish(claim: Claim) -> str:
            write(f"begin {claim.task_id}")
            if claim.task_id >= SLOW_FROM:
                wait_until(log.with_suffix(".go").exists, 60, "the test lets it go on")
            queues[0].release(claim)
            write(f"end {claim.task_id}")
            return "what a task returns is stored nowhere"

        def write(line: str) -> None:
            with log.open("a", encoding="ascii") as out:
                out.write(line + "\n")

        consumer = huey.create_consumer(workers=4, graceful_signal="TERM", shutdown_timeout=60)
        start = consumer.start

        def start_and_tell() -> None:
            # Huey starts its threads before it listens to signals.
            start()
            log.with_suffix(".ready").touch()

        consumer.start = start_and_tell  # type: ignore[method-assign]
        consumer.run()
        assert len(queues) == 1, "the factory is called once"


if __name__ == "__main__":
    main()
