"""Start the workers: `python run_workers.py [--workers 4] [--drivers 8] [--drain] [--replace]`.

Ends with 0 after a stop or a complete drain, 2 when it cannot start (a wrong setting, or another run_workers.py
works on the same DATA_DIR), 3 when a drain leaves articles that are scheduled, blocked or failed.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from core import wiring
from core.errors import ServiceUnavailable, SettingsError
from core.settings import Settings, get_settings
from tasks.failpoints import refuse_failpoint_in_production
from tasks.supervisor import EXTRA_SECONDS, Supervisor
from tasks.supervisor_lock import AlreadyRunning, SupervisorLock
from tasks.worker_logs import log_to_file

EXIT_CANNOT_START = 2


def say(line: str) -> None:
    """One line to the terminal, with the time of day."""
    sys.stdout.write(f"{datetime.now().astimezone():%H:%M:%S}  {line}\n")
    sys.stdout.flush()


def read_options(arguments: list[str] | None, settings: Settings) -> argparse.Namespace:
    """The command line; what it leaves out comes from the settings."""
    parser = argparse.ArgumentParser(description="Publish what is in line, with several processes and browsers.")
    parser.add_argument("--workers", type=_positive, default=settings.workers, help="processes (%(default)s)")
    parser.add_argument(
        "--drivers", type=_positive, default=settings.drivers, help="browsers of all processes together (%(default)s)"
    )
    parser.add_argument("--drain", action="store_true", help="end when nothing is left to publish now")
    parser.add_argument("--replace", action="store_true", help="stop the run_workers.py that is running first")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is too small; at least 1")
    return number


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code, see above."""
    try:
        settings = get_settings()
        refuse_failpoint_in_production(settings)
        options = read_options(arguments, settings)
        lock = SupervisorLock(settings.data_dir)
        if options.replace:
            lock.replace(settings.grace_seconds + EXTRA_SECONDS)
        else:
            lock.acquire()
        log_to_file(settings.data_dir, "supervisor", settings.log_level)
        try:
            return Supervisor(
                settings,
                workers=options.workers,
                drivers=options.drivers,
                is_draining=options.drain,
                say=say,
            ).run()
        finally:
            # The embedded Redis stops here, after everything that uses it.
            wiring.close_all()
            lock.release()
    except (SettingsError, ServiceUnavailable, AlreadyRunning) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_CANNOT_START


if __name__ == "__main__":
    sys.exit(main())
