"""The one task that Huey knows: publish what a claim stands for."""

from __future__ import annotations

from core.lane import Claim
from core.queue.broker import FairHuey
from tasks.publish_worker import PublishWorker


def register(huey: FairHuey, worker: PublishWorker) -> None:
    """Make `huey`'s consumer call `worker` in its threads. Retries, schedules and results stay ours."""

    @huey.task()
    def publish(claim: Claim) -> None:
        worker.run(claim)
