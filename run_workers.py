"""Start the workers: `python run_workers.py [--workers 4] [--drivers 8] [--drain] [--dashboard] [--replace]`.

Ends with 0 after a stop or a complete drain, 2 when it cannot start (a wrong setting, another run_workers.py works
on the same DATA_DIR, or a backup was restored and not made ready yet), 3 when a drain leaves articles that are
scheduled, blocked or failed.
"""

from __future__ import annotations

import argparse
import os
import sys

from core import wiring
from core.errors import DatabaseReplaced, ServiceUnavailable, SettingsError
from core.log_files import FOLDER
from core.services.local_clock import LocalClock
from core.settings import Settings, get_settings
from core.wiring_backup import get_database_memory
from tasks.failpoints import refuse_failpoint_in_production
from tasks.log_shipper import LogBuffer
from tasks.supervisor import EXTRA_SECONDS, Supervisor
from tasks.supervisor_lock import AlreadyRunning, SupervisorLock
from tasks.worker_logs import log_to_file

EXIT_CANNOT_START = 2


class Terminal:
    """Standard output, with the time of day in the zone of the settings."""

    def __init__(self, clock: LocalClock) -> None:
        self._clock = clock

    def say(self, line: str) -> None:
        """One line."""
        sys.stdout.write(f"{self._clock.now():%H:%M:%S}  {line}\n")
        sys.stdout.flush()

    def greet(self, settings: Settings) -> None:
        """What whoever starts it should know."""
        self.say(f"{self._clock.note} Ctrl-C stops the workers. The whole story is in {settings.data_dir / FOLDER}.")
        if os.geteuid() == 0 and not settings.selenium_url:
            self.say("This runs as root, and so the browsers run without their sandbox. Better use another user.")


def read_options(arguments: list[str] | None, settings: Settings) -> argparse.Namespace:
    """The command line; what it leaves out comes from the settings."""
    parser = argparse.ArgumentParser(description="Publish what is in line, with several processes and browsers.")
    parser.add_argument("--workers", type=_positive, default=settings.workers, help="processes (%(default)s)")
    parser.add_argument(
        "--drivers", type=_positive, default=settings.drivers, help="browsers of all processes together (%(default)s)"
    )
    parser.add_argument("--drain", action="store_true", help="end when nothing is left to publish now")
    parser.add_argument("--dashboard", action="store_true", help="serve the dashboard too, on TOPN_DASHBOARD_PORT")
    parser.add_argument("--replace", action="store_true", help="stop the run_workers.py that is running first")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number from 1 on")
    return int(text)


def _take_over(lock: SupervisorLock, settings: Settings, terminal: Terminal) -> None:
    """Says what it waits for: what is submitted is finished first, which takes up to a minute."""
    pid = lock.holder_pid()
    if pid is not None:
        terminal.say(f"Stopping process {pid}, which runs here; what it has submitted is finished first.")
    lock.replace(settings.grace_seconds + EXTRA_SECONDS)


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code, see above."""
    try:
        settings = get_settings()
        refuse_failpoint_in_production(settings)
        options = read_options(arguments, settings)
        lock = SupervisorLock(settings.data_dir)
        clock = LocalClock(settings.zone)
        terminal = Terminal(clock)
        if options.replace:
            _take_over(lock, settings, terminal)
        else:
            lock.acquire()
        log = LogBuffer()
        log_to_file(settings.data_dir, "supervisor", settings.log_level, clock, also=[log])
        terminal.greet(settings)
        try:
            get_database_memory().check()
            return Supervisor(
                settings,
                workers=options.workers,
                drivers=options.drivers,
                is_draining=options.drain,
                has_dashboard=options.dashboard,
                say=terminal.say,
                log=log,
            ).run()
        finally:
            # The embedded Redis stops here, after everything that uses it.
            wiring.close_all()
            lock.release()
    except (SettingsError, ServiceUnavailable, DatabaseReplaced, AlreadyRunning) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_CANNOT_START


if __name__ == "__main__":
    sys.exit(main())
