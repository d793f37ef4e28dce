"""Starts the worker processes, restarts those that end, hands on what dead ones held, stops them all.

`run_workers.py` is its command line. It publishes nothing itself and loads no browser.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from types import FrameType

from core import wiring
from core.browser.cleaner import clean_orphans, end_worker_browsers
from core.errors import ServiceUnavailable
from core.settings import Settings
from core.telemetry import get_logger
from tasks.hand_on import put_back_in_line
from tasks.progress import WorkProgress
from tasks.service_watch import DATABASE, REDIS, ServiceWatch
from tasks.worker_process import WorkerProcess, split_drivers

LOOK_SECONDS = 0.1
PROGRESS_EVERY_SECONDS = 2.0
EXTRA_SECONDS = 20.0
"""On top of the grace time, for workers to close their browsers; then they are killed."""
KILLING_SIGNAL = 3
"""From this signal on, workers are killed instead of asked."""
EXIT_LEFT_OVER = 3
"""Drained, but some articles are scheduled, blocked or failed."""

Say = Callable[[str], None]
logger = get_logger(__name__)


class Supervisor:
    """From the first worker to the last. `run` in the main thread, which gets the signals."""

    def __init__(self, settings: Settings, *, workers: int, drivers: int, is_draining: bool, say: Say) -> None:
        self._settings = settings
        self._is_draining = is_draining
        self._say = say
        self._run_dir = wiring.run_dir()
        self._stop_signals = 0
        self._watch = ServiceWatch()
        self._progress = WorkProgress(wiring.get_task_queries(), say)
        self._next_look = 0.0
        self._fallen: list[str] = []
        shares = split_drivers(drivers, workers)
        self._places = [WorkerProcess(number, share) for number, share in enumerate(shares, start=1)]

    def run(self) -> int:
        """Work until a signal, or until everything is done when draining. Returns the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        # Held by this process for as long as it lives: a private Redis must not end with the last worker.
        wiring.get_redis_url()
        self._clean_up()
        is_drained = False
        while not self._stop_signals and not is_drained:
            self._look_after_workers()
            self._hand_on()
            is_drained = self._look_at_work()
            time.sleep(LOOK_SECONDS)
        self._say("all done" if is_drained else "stopping: submitted articles finish, the rest goes back into line")
        self._stop_workers()
        self._hand_on()
        self._clean_up()
        if not is_drained:
            return 0
        return EXIT_LEFT_OVER if self._progress.tell_left_over() else 0

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop_signals += 1

    def _clean_up(self) -> None:
        cleaned = clean_orphans(self._run_dir)
        if cleaned.processes or cleaned.folders:
            self._say(f"cleaned up {cleaned.processes} browser processes that dead workers had left")

    def _look_after_workers(self) -> None:
        for place in self._places:
            code = place.poll()
            if code is not None:
                self._say(f"worker {place.index} ended {_how(code)}; what it held goes to others")
                self._fallen.append(place.worker_id)
            if place.is_due:
                place.start()
                self._say(f"worker {place.index} started: process {place.pid}, {_browsers(place.drivers)}")

    def _hand_on(self) -> None:
        """The tasks of workers whose end was seen, at once: nobody waits for their leases. Their browsers end
        first. Kept for the next round while the database or Redis is away."""
        while self._fallen:
            worker_id = self._fallen[0]
            try:
                end_worker_browsers(worker_id, self._run_dir)
                rescued = wiring.get_task_store().release_worker(worker_id)
                for one in rescued:
                    logger.warning("handed on", task_id=one.entry.task_id, action=one.action.value)
                put_back_in_line(wiring.get_fair_queue(), rescued)
                wiring.get_heartbeats().forget(worker_id)
            except ServiceUnavailable as error:
                self._watch.went_away(error)
                return
            self._fallen.pop(0)
            self._watch.answered(DATABASE, REDIS)

    def _look_at_work(self) -> bool:
        """Tell the progress now and then. Whether a drain has reached its end."""
        if time.monotonic() < self._next_look:
            return False
        self._next_look = time.monotonic() + PROGRESS_EVERY_SECONDS
        try:
            is_idle = self._progress.look()
        except ServiceUnavailable as error:
            self._watch.went_away(error)
            return False
        self._watch.answered(DATABASE)
        return self._is_draining and is_idle

    def _stop_workers(self) -> None:
        """SIGTERM to all; each further signal to us is passed on and makes them hurry; the third one, or too
        long a wait, kills them."""
        passed_on = 0
        deadline = time.monotonic() + self._settings.grace_seconds + EXTRA_SECONDS
        # The first round is ours when a drain has ended without any signal.
        wanted = max(1, self._stop_signals)
        while any(place.pid is not None for place in self._places):
            wanted = max(wanted, self._stop_signals)
            is_last = wanted >= KILLING_SIGNAL or time.monotonic() > deadline
            if wanted > passed_on or is_last:
                passed_on = wanted
                for place in self._places:
                    place.signal(signal.SIGKILL if is_last else signal.SIGTERM)
            for place in self._places:
                if place.poll() is not None:
                    self._fallen.append(place.worker_id)
            time.sleep(LOOK_SECONDS)
        self._say("stopped")


def _how(code: int) -> str:
    return f"by signal {-code}" if code < 0 else f"with code {code}"


def _browsers(number: int) -> str:
    return "1 browser" if number == 1 else f"{number} browsers"
