"""Starts the worker processes, restarts those that end, hands on what dead ones held, stops them all.

`run_workers.py` is its command line. It publishes nothing itself and loads no browser.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from types import FrameType

from core import wiring
from core.browser.cleaner import clean_orphans, end_worker_browsers
from core.errors import ServiceUnavailable
from core.services.local_clock import LocalClock
from core.settings import Settings
from core.telemetry import get_logger
from tasks.child_process import ChildProcess
from tasks.dashboard_process import DashboardProcess
from tasks.hand_on import put_back_in_line
from tasks.log_shipper import LogBuffer, make_shipper
from tasks.progress import WorkProgress
from tasks.service_watch import DATABASE, REDIS, ServiceWatch
from tasks.standing_orders import EXIT_ORDERED
from tasks.stopped_places import StoppedPlaces
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

    def __init__(
        self,
        settings: Settings,
        *,
        workers: int,
        drivers: int,
        is_draining: bool,
        has_dashboard: bool,
        say: Say,
        log: LogBuffer,
    ) -> None:
        self._settings = settings
        self._is_draining = is_draining
        self._say = say
        self._run_dir = wiring.run_dir()
        self._stop_signals = 0
        self._watch = ServiceWatch()
        self._shipper = make_shipper(log, wiring.make_worker_id(os.getpid(), "supervisor"), self._watch)
        self._stopped = StoppedPlaces(wiring.get_stopped_workers, self._watch)
        self._progress = WorkProgress(wiring.get_task_queries(), say, LocalClock(settings.zone))
        self._next_look = 0.0
        self._fallen: list[str] = []
        shares = split_drivers(drivers, workers)
        self._places = [WorkerProcess(number, share) for number, share in enumerate(shares, start=1)]
        self._dashboard = DashboardProcess() if has_dashboard else None

    def run(self) -> int:
        """Work until a signal, or until everything is done when draining. Returns the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        # Held by this process for as long as it lives: a private Redis must not end with the last worker.
        wiring.get_redis_url()
        self._shipper.start()
        self._stopped.start()
        self._clean_up()
        is_drained = False
        while not self._stop_signals and not is_drained:
            self._look_after_workers()
            self._pass_on_orders()
            self._look_after_dashboard()
            self._hand_on()
            is_drained = self._look_at_work()
            time.sleep(LOOK_SECONDS)
        self._say(
            "All done." if is_drained else "Stopping: what is submitted is finished, the rest goes back into line."
        )
        self._stopped.stop()
        self._stop_workers()
        self._hand_on()
        self._clean_up()
        self._shipper.stop()
        if not is_drained:
            return 0
        return EXIT_LEFT_OVER if self._progress.tell_left_over() else 0

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop_signals += 1

    def _clean_up(self) -> None:
        cleaned = clean_orphans(self._run_dir)
        if cleaned.sessions:
            self._say(f"Ended {cleaned.sessions} remote browsers that dead workers had left behind.")
        elif cleaned.processes or cleaned.folders:
            self._say(f"Ended {cleaned.processes} browser processes that dead workers had left behind.")

    def _look_after_workers(self) -> None:
        for place in self._places:
            code = place.poll()
            if code is not None:
                self._fallen.append(place.worker_id)
            if code == EXIT_ORDERED:
                self._keep_empty(place)
            elif code is not None:
                place.predecessor = place.worker_id
                self._say(f"Worker {place.index} {_how(code)}; what it held goes to others.")
            if place.is_due:
                place.start()
                self._say(f"Worker {place.index} started: process {place.pid}, {_browsers(place.drivers)}.")

    def _keep_empty(self, place: WorkerProcess) -> None:
        try:
            order = wiring.get_heartbeats().order_of(place.worker_id)
        except ServiceUnavailable as error:
            self._watch.went_away(error)
            order = None
        self._stopped.keep(place, order)
        name = ":".join(place.worker_id.split(":")[:2])
        self._say(
            f"Worker {place.index} was stopped by {order.by if order else 'somebody'}. It stays away until it is "
            f"started again: on the page Workers, or with `python -m core workers start {name}`."
        )

    def _pass_on_orders(self) -> None:
        """A quiet worker that dies is followed by a quiet one. Kept for the next round while Redis is away."""
        try:
            for place in self._places:
                if place.predecessor is not None:
                    place.order = wiring.get_heartbeats().quiet_order(place.predecessor) or place.order
                    place.predecessor = None
                if place.order is not None and place.pid is not None:
                    wiring.get_heartbeats().give_order(place.worker_id, place.order)
                    place.order = None
        except ServiceUnavailable as error:
            self._watch.went_away(error)

    def _look_after_dashboard(self) -> None:
        if self._dashboard is None:
            return
        code = self._dashboard.poll()
        if code is not None:
            self._say(f"The dashboard {_how(code)} and is started again. The articles go on meanwhile.")
        if self._dashboard.is_due:
            self._dashboard.start()

    def _hand_on(self) -> None:
        """The tasks of workers whose end was seen, at once: nobody waits for their leases. Their browsers end
        first. Kept for the next round while the database or Redis is away."""
        while self._fallen:
            worker_id = self._fallen[0]
            try:
                end_worker_browsers(worker_id, self._run_dir)
                rescued = wiring.get_task_store().release_worker(worker_id)
                for one in rescued:
                    facts = {"task_id": one.entry.task_id, "public_id": one.public_id, "lost_worker": worker_id}
                    logger.warning("handed on", action=one.action.value, **facts)
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
        children: list[ChildProcess] = [*self._places, *([self._dashboard] if self._dashboard else [])]
        while any(child.pid is not None for child in children):
            wanted = max(wanted, self._stop_signals)
            is_last = wanted >= KILLING_SIGNAL or time.monotonic() > deadline
            if wanted > passed_on or is_last:
                passed_on = wanted
                for child in children:
                    child.signal(signal.SIGKILL if is_last else signal.SIGTERM)
            if self._dashboard is not None:
                self._dashboard.poll()
            for place in self._places:
                if place.poll() is not None:
                    self._fallen.append(place.worker_id)
            time.sleep(LOOK_SECONDS)
        self._say("Stopped.")


def _how(code: int) -> str:
    """By the exit code, negative for a signal."""
    if code == 0:
        return "ended"
    return f"was killed (signal {-code})" if code < 0 else f"ended with a fault (code {code})"


def _browsers(number: int) -> str:
    return "1 browser" if number == 1 else f"{number} browsers"
