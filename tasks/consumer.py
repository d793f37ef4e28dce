"""One worker process: `python -m tasks.consumer --drivers 2`. Usually started by `run_workers.py`.

As many publishing threads as browsers, and beside them the lease keeper, the maintenance and the heartbeat.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
import uuid
from types import FrameType
from typing import Any

from core import wiring
from core.browser.free_memory import free_memory_mb
from core.errors import DatabaseReplaced, ServiceUnavailable, SettingsError
from core.host_room import disk_room
from core.queue.broker import FairHuey
from core.services.local_clock import LocalClock
from core.settings import Settings, get_settings
from core.telemetry import bind_facts, get_logger
from tasks.failpoints import refuse_failpoint_in_production
from tasks.heartbeat import Heartbeat
from tasks.log_shipper import LogBuffer, make_shipper
from tasks.maintenance import Maintenance
from tasks.publish import register
from tasks.publish_worker import PublishWorker
from tasks.running_attempt import RunningAttempt
from tasks.standing_orders import EXIT_ORDERED, StandingOrders
from tasks.work_meter import MeterReader
from tasks.worker_logs import log_to_file
from tasks.worker_parts import make_maintenance, make_worker_parts

LOOK_SECONDS = 0.2
"""How often the main thread looks at its parent and its threads."""
HURRY_SECONDS = 2.0
"""Time left after a second signal."""
LAST_SECONDS = 10.0
"""Time for killed attempts to be written down, and for browsers to end."""
EXIT_STUCK = 75
"""A thread hangs where nothing can end it but the end of the process; the supervisor starts a new one."""
EXIT_SETTINGS = 2

logger = get_logger(__name__)


class Consumer:
    """One worker process from start to exit. `run` in the main thread, which gets the signals."""

    def __init__(
        self, settings: Settings, *, drivers: int, start_id: str, parent_pid: int | None, log: LogBuffer
    ) -> None:
        self._settings = settings
        self._parent_pid = parent_pid
        self._stop_signals = 0
        self._stuck = threading.Event()
        self.worker_id = wiring.get_worker_id(start_id)
        self._parts = make_worker_parts(settings, drivers=drivers, on_stuck=self._note_stuck)
        self._orders = StandingOrders()
        self._maintenance: Maintenance = make_maintenance(self._parts)
        self._heartbeat = Heartbeat(
            wiring.get_heartbeats(),
            self.worker_id,
            self._parts.pool,
            self._parts.keeper,
            state=self._state,
            orders=self._orders,
            facts_of_process=self._facts,
            watch=self._parts.watch,
        )
        self._meter_reader = MeterReader(self._parts.meter, wiring.get_work_figures, self._parts.watch)
        self._shipper = make_shipper(log, self.worker_id, self._parts.watch)
        self._huey = FairHuey("topn", wiring.get_fair_queue, is_held=self._is_held)
        register(self._huey, PublishWorker(self._parts))
        self._consumer = self._huey.create_consumer(workers=drivers)

    def run(self) -> int:
        """Work until a signal, the end of the parent or a thread that hangs. Returns the exit code.

        Raises DatabaseReplaced when it was started by hand; under a supervisor, which has looked, it waits.
        """
        bind_facts(worker_id=self.worker_id)
        if self._parent_pid is None:
            self._parts.database.look()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        logger.info("worker starts", drivers=self._parts.pool.get_stats().max)
        loops = (
            self._shipper,
            self._meter_reader,
            self._parts.keeper,
            self._parts.database,
            self._maintenance,
            self._parts.film,
            self._heartbeat,
        )
        for loop in loops:
            loop.start()
        self._consumer.start_threads()
        while not self._has_reason_to_stop():
            time.sleep(LOOK_SECONDS)
        self._parts.stopping.set()
        self._consumer.end_threads()
        is_clean = self._finish_attempts()
        for loop in reversed(loops):
            loop.stop()
        wiring.close_all()
        logger.info("worker ends", is_clean=is_clean)
        if self._orders.has_to_stop and self._parent_pid is not None:
            return EXIT_ORDERED
        return EXIT_STUCK if self._stuck.is_set() or not is_clean else 0

    def _is_held(self) -> bool:
        return self._parts.database.is_held or self._orders.is_quiet

    def _state(self) -> str:
        if self._parts.stopping.is_set() or self._orders.has_to_stop:
            return "stopping"
        if self._parts.database.is_held:
            return "held"
        return "quiet" if self._orders.is_quiet else "running"

    def _facts(self) -> dict[str, Any]:
        """What else people may want to know of this process and its machine."""
        settings = self._settings
        memory = {"memory_free_mb": free_memory_mb(), "memory_needed_mb": settings.min_free_memory_mb}
        return {"is_supervised": self._parent_pid is not None, "room": {**disk_room(settings.data_dir), **memory}}

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        """The supervisor alone answers Ctrl-C; a worker started by hand does it itself."""
        if number == signal.SIGINT and self._parent_pid is not None:
            return
        self._stop_signals += 1

    def _note_stuck(self, attempt: RunningAttempt) -> None:
        if not self._stuck.is_set():
            logger.error("a thread hangs", step=attempt.step_name, **attempt.log_facts)
        self._stuck.set()

    def _has_reason_to_stop(self) -> bool:
        if self._parent_pid is not None and os.getppid() != self._parent_pid:
            logger.warning("the supervisor is gone")
            return True
        return self._stop_signals > 0 or self._stuck.is_set() or self._orders.has_to_stop

    def _finish_attempts(self) -> bool:
        """What is past `submitting` finishes, the rest is handed back; in the end nothing waits any more.

        Returns whether every thread came to its end.
        """
        deadline = time.monotonic() + self._settings.grace_seconds
        signals_seen = self._stop_signals
        while self._has_work() and time.monotonic() < deadline:
            self._parts.keeper.end_all(is_final=False)
            if self._stop_signals > signals_seen:
                signals_seen = self._stop_signals
                deadline = min(deadline, time.monotonic() + HURRY_SECONDS)
            time.sleep(LOOK_SECONDS)
        self._parts.giving_up.set()
        deadline = time.monotonic() + LAST_SECONDS
        while self._has_work() and time.monotonic() < deadline:
            self._parts.keeper.end_all(is_final=True)
            time.sleep(LOOK_SECONDS)
        return self._consumer.living_threads() == 0

    def _has_work(self) -> bool:
        """Whether a thread still runs that is not known to hang."""
        return self._consumer.living_threads() > self._parts.keeper.stuck_count()


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and the settings, then work."""
    parser = argparse.ArgumentParser(description="One worker process. run_workers.py starts several.")
    parser.add_argument("--drivers", type=int, default=1, help="browsers, and as many publishing threads")
    parser.add_argument("--index", type=int, default=1, help="number in the name of the log file")
    parser.add_argument("--start-id", default=uuid.uuid4().hex, help=argparse.SUPPRESS)
    parser.add_argument("--parent-pid", type=int, default=None, help="stop when this process is gone")
    options = parser.parse_args(arguments)
    try:
        settings = get_settings()
        refuse_failpoint_in_production(settings)
        name = f"worker-{options.index}"
        clock = LocalClock(settings.zone)
        log = LogBuffer()
        log_to_file(settings.data_dir, name, settings.log_level, clock, who=f"Worker {options.index}", also=[log])
        return Consumer(
            settings, drivers=options.drivers, start_id=options.start_id, parent_pid=options.parent_pid, log=log
        ).run()
    except (SettingsError, ServiceUnavailable, DatabaseReplaced) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_SETTINGS


if __name__ == "__main__":
    sys.exit(main())
