"""One worker process as its supervisor sees it."""

from __future__ import annotations

import os
import uuid

from core import wiring
from core.queue.heartbeats import WorkerOrder
from tasks.child_process import ChildProcess


def split_drivers(drivers: int, workers: int) -> list[int]:
    """Browsers for each process, the remainder to the first; fewer browsers than workers: fewer processes."""
    processes = min(drivers, workers)
    share, remainder = divmod(drivers, processes)
    return [share + (1 if number < remainder else 0) for number in range(processes)]


class WorkerProcess(ChildProcess):
    """Place number `index`."""

    def __init__(self, index: int, drivers: int) -> None:
        super().__init__()
        self.index = index
        self.drivers = drivers
        self.worker_id = ""
        self.is_kept_empty = False
        """Whether somebody has stopped its worker and does not want another."""
        self.predecessor: str | None = None
        """Its last worker, of which nobody has asked yet whether it was quiet when it died."""
        self.order: WorkerOrder | None = None
        """What its next worker is told as well: the one before was quiet when it died."""

    @property
    def is_due(self) -> bool:
        """Whether a process is to be started now."""
        return not self.is_kept_empty and super().is_due

    def start(self) -> None:
        """Under an id of its own, by which what it held is found when it is dead."""
        start_id = uuid.uuid4().hex
        pid = self._run(
            "-m",
            "tasks.consumer",
            f"--drivers={self.drivers}",
            f"--index={self.index}",
            f"--start-id={start_id}",
            f"--parent-pid={os.getpid()}",
        )
        self.worker_id = wiring.make_worker_id(pid, start_id)
