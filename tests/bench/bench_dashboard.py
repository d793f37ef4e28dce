"""What open dashboards cost on a million articles: queries a second, time of a refresh and use of a core with 1, 10
and 30 of them, and the first paint of Tasks in a real browser. Beside each a page of Streamlit that asks nobody.

A refresh is measured where a browser would see it: from its request until its last message is there; a request without
an answer of its own is told as missed. Server, database and what holds the dashboards open share the cores of this
machine.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.telemetry import configure_logging
from tests.bench.busy_service import BusyService, ManyTasks, busy_service, in_mariadb, in_sqlite
from tests.bench.first_paint import PaintWatch
from tests.bench.many_tasks import SUBJECTS
from tests.bench.open_dashboard import Visitor
from tests.bench.open_dashboards import OpenDashboards
from tests.bench.served_pages import ServedPages

ARTICLES = 1_000_000
DASHBOARDS = (1, 10, 30)
PAGES = {
    "Overview": "",
    "Bulk upload": "upload",
    "Tasks": "tasks",
    "Queue": "queue",
    "Accounts": "accounts",
    "Workers": "workers",
}
MOST_REFRESH_MS, MOST_CPU_PERCENT, MOST_PAINT_SECONDS = 200.0, 30.0, 1.5
"""What is aimed at: 95 % of the refreshes and one core, with the most dashboards open; the first row of Tasks."""
WINDOWS, WINDOW_SECONDS = 3, 6.0
SETTLE_SECONDS = 4.0
"""Until the first refreshes have come and every cache is filled."""
PAINTS = 5
TYPING_SECONDS = 3.0
"""At the sign-in, which fetches the files of a page ahead; a page of Streamlit alone has none and fetches its own."""
BARE_PAGE = Path(__file__).with_name("bare_page.py")


@dataclass(frozen=True, slots=True)
class Window:
    """Of some seconds of refreshing. Shares are of one core."""

    seconds: float
    questions_per_second: float | None
    refresh_seconds: tuple[float, ...]
    missed_share: float
    kilobytes: float
    cpu_share: float
    database_share: float

    @property
    def cpu_ms(self) -> float:
        """Of the server for one refresh: it says the same on a machine that has other work."""
        return self.cpu_share * self.seconds * 1000 / max(len(self.refresh_seconds), 1)

    @property
    def p95_ms(self) -> float:
        """Of the refreshes."""
        return statistics.quantiles(self.refresh_seconds, n=20)[-1] * 1000 if len(self.refresh_seconds) > 1 else 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What is served, and what stands behind it; a page without TOP_N has nothing behind it."""

    pages: ServedPages
    tasks: ManyTasks | None = None
    service: BusyService | None = None

    def window(self, dashboards: OpenDashboards) -> Window:
        """Look for some seconds."""
        before = self._readings()
        time.sleep(WINDOW_SECONDS)
        after = self._readings()
        seconds = after[0] - before[0]
        refreshes = [one for one in dashboards.refreshes_since(before[0]) if one.at <= after[0]]
        return Window(
            seconds,
            None if self.tasks is None or self.tasks.questions() is None else (after[3] - before[3]) / seconds,
            tuple(one.seconds for one in refreshes),
            sum(one.missed for one in refreshes) / max(len(refreshes), 1),
            statistics.mean(one.size for one in refreshes) / 1024 if refreshes else 0.0,
            (after[1] - before[1]) / seconds,
            (after[2] - before[2]) / seconds,
        )

    def _readings(self) -> tuple[float, float, float, int]:
        """The clock, the seconds of the server's and of the database's cores, and what the dashboard has asked."""
        tasks, service = self.tasks, self.service
        asked = 0 if tasks is None or service is None else (tasks.questions() or 0) - service.own_questions
        return time.monotonic(), self.pages.cpu_seconds(), 0.0 if tasks is None else tasks.cpu_seconds(), asked


def main() -> None:
    """Everything."""
    configure_logging("WARNING")
    with tempfile.TemporaryDirectory(prefix="topn-bench-") as name:
        folder = Path(name)
        print_head()
        with ServedPages(folder, {}, script=BARE_PAGE) as pages:
            measure("Streamlit alone", Measured(pages), lambda number: [Visitor("")] * number)
        measure_dashboard(in_mariadb, folder / "m")
        measure_dashboard(in_sqlite, folder / "s")


def measure_dashboard(make: Callable[[Path, int], AbstractContextManager[ManyTasks]], folder: Path) -> None:
    """Each page by itself with what all administrators share, then all pages with people of their own."""
    folder.mkdir()
    began = time.monotonic()
    with make(folder, ARTICLES) as tasks, busy_service(folder, tasks) as service:
        tell(f"{ARTICLES:,} articles in {tasks.name}, written in {time.monotonic() - began:.0f} s")
        with ServedPages(folder, service.settings) as pages:
            measured = Measured(pages, tasks, service)
            for name, page in PAGES.items():
                measure(name, measured, partial(admins, service, page))
            measure("all, 30 different people", measured, partial(people, service))
            tell(f"The dashboard holds {pages.memory_mb():.0f} MB.")
            measure_paint(folder, service, pages)


def admins(service: BusyService, page: str, number: int) -> list[Visitor]:
    """So many, at one page."""
    return [Visitor(page, service.token()) for _ in range(number)]


def people(service: BusyService, number: int) -> list[Visitor]:
    """Everybody signed in as somebody else, in one of two languages, spread over the pages. Nobody shares figures."""
    paths = list(PAGES.values())
    return [
        Visitor(paths[place % len(paths)], service.token(1 + place), ("zh-CN", "en-US")[place // 2 % 2])
        for place in range(number)
    ]


def measure(name: str, measured: Measured, visitors: Callable[[int], Sequence[Visitor]]) -> None:
    """One line for each number of open dashboards; those that are open stay so."""
    coming = visitors(max(DASHBOARDS))
    with OpenDashboards(measured.pages.url) as dashboards:
        for number in DASHBOARDS:
            dashboards.open(coming[len(dashboards) : number])
            time.sleep(SETTLE_SECONDS)
            windows = [measured.window(dashboards) for _ in range(WINDOWS)]
            print_windows(name, number, windows)
        if measured.service is not None:
            print_targets(windows)


def measure_paint(folder: Path, service: BusyService, pages: ServedPages) -> None:
    """By turns with the page of Streamlit alone, so that both see the same machine."""
    with ServedPages(folder, {}, script=BARE_PAGE) as bare, PaintWatch([*SUBJECTS, "Title of the row"]) as watch:
        watch.sign_in(pages.url, service.token())
        addresses = {"Streamlit alone": bare.url, "Tasks": f"{pages.url}/tasks"}
        seconds: dict[tuple[str, str], list[float]] = {}
        for state in ("has nothing in its cache", "comes from the sign-in", "was here before"):
            for _ in range(PAINTS):
                for name, address in addresses.items():
                    if state != "was here before":
                        watch.forget_files()
                    if state == "comes from the sign-in":
                        watch.look_at(f"{pages.url}/login", TYPING_SECONDS)
                    seconds.setdefault((state, name), []).append(watch.seconds(address))
        for (state, name), found in seconds.items():
            told = f"{statistics.median(found):.2f} s ({min(found):.2f}–{max(found):.2f})"
            words = (
                "" if name != "Tasks" else f": {target(statistics.median(found), MOST_PAINT_SECONDS, 's', digits=2)}"
            )
            tell(f"first row of {name:<16} in a browser that {state:<32} {told}, median of {PAINTS}{words}")


def print_head() -> None:
    """Of the table."""
    tell(f"Median of {WINDOWS} windows of {WINDOW_SECONDS:.0f} s, and the lowest and highest. Shares of one core.")
    tell(
        f"{'page':<26}{'open':>5}{'queries/s':>22}{'refresh p50 ms':>16}{'p95 ms':>16}{'missed %':>10}{'kB':>6}"
        f"{'CPU ms each':>20}{'dashboard %':>14}{'database %':>14}"
    )


def print_windows(name: str, number: int, windows: Sequence[Window]) -> None:
    """One line."""
    asked = [window.questions_per_second for window in windows if window.questions_per_second is not None]
    halves = [statistics.median(window.refresh_seconds or (0.0,)) * 1000 for window in windows]
    tell(
        f"{name:<26}{number:>5}{spread(asked, 1):>22}{spread(halves):>16}"
        f"{spread([window.p95_ms for window in windows]):>16}"
        f"{statistics.median(window.missed_share for window in windows) * 100:>10.0f}"
        f"{statistics.median(window.kilobytes for window in windows):>6.0f}"
        f"{spread([window.cpu_ms for window in windows], 1):>20}"
        f"{spread([window.cpu_share * 100 for window in windows]):>14}"
        f"{spread([window.database_share * 100 for window in windows]):>14}"
    )


def print_targets(windows: Sequence[Window]) -> None:
    """Below the line with the most open dashboards."""
    p95_ms = statistics.median(window.p95_ms for window in windows)
    cpu_percent = statistics.median(window.cpu_share for window in windows) * 100
    refresh, cpu = target(p95_ms, MOST_REFRESH_MS, "ms"), target(cpu_percent, MOST_CPU_PERCENT, "% of a core")
    tell(f"{'':<31}refresh p95: {refresh}; dashboard: {cpu}")


def target(value: float, most: float, unit: str, *, digits: int = 0) -> str:
    """Whether it is reached, with both figures."""
    words = "target met" if value <= most else "target missed"
    return f"{words} ({value:.{digits}f} of at most {most:g} {unit})"


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Median, and in brackets from the lowest to the highest."""
    if not values:
        return "–"
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def tell(line: str) -> None:
    """At once, as all of it takes minutes."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
