"""`make soak`: articles of ten users published by real workers while one random fault after the other is done to
them; then calm, a drain, and a proof from the history that nothing was lost and nothing published twice.

Ends with 0 only if every promise was kept. The same `--seed` plans the same articles and the same faults.
"""

from __future__ import annotations

import argparse
import logging
import secrets
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from types import FrameType

from core.telemetry import configure_logging
from tests.chaos.authors import Authors, PlannedArticle, plan_articles
from tests.chaos.calm import Calm
from tests.chaos.history_checker import check
from tests.chaos.history_reader import read_history
from tests.chaos.nemesis import Nemesis, Strike, plan_strikes
from tests.chaos.people_faults import PEOPLE_FAULTS
from tests.chaos.process_faults import PROCESS_FAULTS
from tests.chaos.service_faults import DATABASE_FAULTS, SERVICE_FAULTS
from tests.chaos.site_faults import SITE_FAULTS
from tests.chaos.soak_lab import DRIVERS, USERS, WORKERS, SoakLab
from tests.chaos.soak_report import SoakReport, logged_errors

ARTICLES_PER_MINUTE = 20
HANDING_IN_SHARE = 0.9
"""The last articles come this far into the time, so that they too are published under faults."""
ACCEPT_SECONDS = 60.0
FINE_STOPS = frozenset({0, 2, -signal.SIGTERM})
"""Done; could not start because a service was away; was asked before it listened."""
FINE_ENDS = frozenset({2})
EXIT_STOPPED = 130


def say(line: str) -> None:
    """One line to the terminal, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def say_time(line: str) -> None:
    """The same, with the time of day."""
    say(f"{datetime.now().astimezone():%H:%M:%S}  {line}")


class Soak:
    """One soak in a folder of its own."""

    def __init__(self, lab: SoakLab, options: argparse.Namespace) -> None:
        self._lab = lab
        self._options = options
        random = Random(options.seed)  # noqa: S311  # to be foreseen is what it is for
        seconds = options.minutes * 60
        faults = [*PROCESS_FAULTS, *SERVICE_FAULTS, *SITE_FAULTS, *PEOPLE_FAULTS]
        faults += DATABASE_FAULTS if lab.mariadb else ()
        self._articles: list[PlannedArticle] = plan_articles(
            random, articles=options.articles, owners=USERS, seconds=seconds * HANDING_IN_SHARE
        )
        self._strikes: list[Strike] = plan_strikes(random, faults, seconds=seconds, every_seconds=options.every)
        self._authors = Authors(lab)
        self._nemesis = Nemesis(lab, say_time)
        self._calm = Calm(lab, say_time)
        self._surprises: list[str] = []

    def run(self) -> SoakReport:
        """Storm, calm, proof."""
        began = time.monotonic()
        self._storm()
        calm_began = time.monotonic()
        people_acted = self._calm_down()
        seconds = time.monotonic() - began
        self._lab.workers.end()
        self._look_for_surprises()
        history = read_history(self._lab, self._authors.accepted)
        counts = self._nemesis.counts()
        return SoakReport(
            repeat=self._repeat(),
            history=history,
            violations=check(history),
            surprises=self._surprises,
            faults=counts,
            missed=len(self._nemesis.records) - counts.total(),
            notes={
                "people acted on": people_acted,
                "refused or away": dict(self._lab.people.refusals),
                "workers' starts": self._lab.workers.starts,
                "errors logged": dict(logged_errors(self._lab.lab.data_dir / "logs")),
                "seconds": f"{seconds:.0f}, of which {time.monotonic() - calm_began:.0f} after the last fault",
            },
        )

    def _storm(self) -> None:
        say_time(f"{len(self._articles)} articles, {len(self._strikes)} faults, seed {self._options.seed}")
        authors = threading.Thread(target=self._authors.run, args=(self._articles,), name="authors")
        authors.start()
        try:
            self._nemesis.run(self._strikes)
            authors.join(ACCEPT_SECONDS)
        finally:
            self._nemesis.stop()
            self._authors.stop()
            authors.join()
        if len(self._authors.accepted) != len(self._articles):
            self._surprises.append(f"only {len(self._authors.accepted)} of {len(self._articles)} were accepted")

    def _calm_down(self) -> int:
        say_time("calm: waiting until everything has come to its end")
        if not self._calm.drain():
            self._surprises.append("some articles did not come to their end")
        people_acted = self._calm.let_people_act()
        if people_acted:
            say_time(f"people answer or retry {people_acted} articles")
            if not self._calm.drain():
                self._surprises.append("some articles did not come to their end after people had acted")
        self._calm.wait_for_slots()
        return people_acted

    def _look_for_surprises(self) -> None:
        people, workers = self._lab.people, self._lab.workers
        self._surprises += self._nemesis.surprises + people.surprises
        self._surprises += [
            f"the workers' stop ended with {code}" for code in workers.stop_codes if code not in FINE_STOPS
        ]
        self._surprises += [
            f"run_workers.py ended with {code} unasked" for code in workers.unasked_codes if code not in FINE_ENDS
        ]

    def _repeat(self) -> str:
        chosen = self._options
        return (
            f"make soak MINUTES={chosen.minutes:g} SEED={chosen.seed} "
            f'ARGS="--articles {chosen.articles} --every {chosen.every:g} --database {chosen.database}"'
        )


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long faults are done (%(default)s)")
    parser.add_argument("--articles", type=int, default=None, help=f"{ARTICLES_PER_MINUTE} a minute unless given")
    parser.add_argument("--seed", type=int, default=None, help="plans the same again; another each time unless given")
    parser.add_argument("--every", type=float, default=4, help="seconds between two faults, on average (%(default)s)")
    parser.add_argument("--database", choices=("mariadb", "sqlite"), default="mariadb", help="(%(default)s)")
    parser.add_argument("--keep", action="store_true", help="keep the folder with all logs, also after a good run")
    options = parser.parse_args(arguments)
    options.seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    options.articles = round(ARTICLES_PER_MINUTE * options.minutes) if options.articles is None else options.articles
    return options


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code. The folder of a run that broke a promise is kept."""
    options = read_options(arguments)
    signal.signal(signal.SIGTERM, _stop)
    folder = Path(tempfile.mkdtemp(prefix="topn-soak-"))
    is_kept = True
    configure_logging("INFO", handlers=[logging.FileHandler(folder / "people.log")])
    lab = SoakLab(folder, database=options.database)
    try:
        say(f"{WORKERS} workers, {DRIVERS} browsers, {options.database}, in {folder}")
        lab.start()
        report = Soak(lab, options).run()
        report.write(folder / "history.json")
        for line in report.lines():
            say(line)
        is_kept = options.keep or not report.is_good
        return 0 if report.is_good else 1
    except KeyboardInterrupt:
        is_kept = options.keep
        say("\nstopped; everything that was started has ended")
        return EXIT_STOPPED
    finally:
        lab.close()
        if is_kept:
            say(f"all logs are in {folder}, what happened to each article in history.json")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
