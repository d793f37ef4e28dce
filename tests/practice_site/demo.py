"""`make demo`: ten users hand in ten articles each as CSV; real workers and browsers publish all hundred.

The dashboard shows it, and stays up with the workers until Ctrl-C; DEMO_ONCE=1 ends it after the summary. DEMO_USERS=2
takes the first two users only. Everything happens in a temporary folder that is removed at the end.

Ends with 1 if the practice site has not all articles exactly once. Whoever stops it gets 0, as make calls anything else
an error; but 130 with DEMO_ONCE, as there a program waits for the answer.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType

from core.queue.embedded import EmbeddedRedis
from tests.practice_site.browser_memory import BrowserMemory
from tests.practice_site.client import PracticeClient
from tests.practice_site.server import PracticeSite

ROOT = Path(__file__).resolve().parents[2]
USERS = ("ada", "bo", "chen", "dina", "emil", "fang", "gita", "hugo", "iris", "jun")
ARTICLES_PER_USER = 10
WORKERS = 4
DRIVERS = 8
POLL_SECONDS = 2.0
END_SECONDS = 120.0
"""For a program to end by itself: more than the workers' grace time and what they get to close their browsers."""
EXIT_UNTOLD = 130
SIGNALS = (signal.SIGINT, signal.SIGTERM)
ADMIN = "admin"
USUAL_PORT = 8501


@dataclass(frozen=True, slots=True)
class UserResult:
    """One line of the summary. Times are UTC; None when nothing of this user got so far."""

    name: str
    published: int
    first_start: datetime | None
    last_finish: datetime | None


def say(line: str) -> None:
    """One line to the terminal, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def articles_csv(user: str) -> bytes:
    """Ten articles of a user, as a spreadsheet program would save them."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["标题", "正文", "格式", "话题", "账号"])
    for number in range(1, ARTICLES_PER_USER + 1):
        body = (
            f"## 第 {number} 篇\n\n这是 **{user}** 的第 {number} 篇文章,从一行 CSV 经过真实的浏览器来到这里。\n\n"
            "- 一个列表项\n- 另一个列表项 🎈\n\n> 引用一句话\n\n```python\nprint('你好')\n```\n"
        )
        writer.writerow([f"{user} 的第 {number} 篇文章", body, "markdown", "效率|写作", "main"])
    return ("\ufeff" + text.getvalue()).encode()


def chosen_users() -> tuple[str, ...]:
    """All, or as many as DEMO_USERS says."""
    number = os.environ.get("DEMO_USERS", str(len(USERS)))
    if not number.isdecimal() or not 1 <= int(number) <= len(USERS):
        most = f"{len(USERS)} users with {ARTICLES_PER_USER} articles each"
        raise SystemExit(f"DEMO_USERS is {number!r}. Give a number from 1 to {len(USERS)}: there are {most}.")
    return USERS[: int(number)]


class Stop:
    """What Ctrl-C does. Pressed twice it does the same, not half of it."""

    def __init__(self) -> None:
        self._is_held_back = False
        self._has_come = False

    def listen(self) -> None:
        """From now on it raises KeyboardInterrupt."""
        for number in SIGNALS:
            signal.signal(number, self._come)

    def ignore(self) -> None:
        """From now on it does nothing."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    @contextlib.contextmanager
    def held_back(self) -> Iterator[None]:
        """Not before the end of the block. A thread or a program whose start is broken off runs on, and nobody knows
        of it."""
        self._is_held_back = True
        try:
            yield
        finally:
            self._is_held_back = False
        if self._has_come:
            raise KeyboardInterrupt

    def _come(self, number: int, frame: FrameType | None) -> None:
        self.ignore()
        self._has_come = True
        if not self._is_held_back:
            raise KeyboardInterrupt


stop = Stop()


class Demo:
    """One demonstration in a folder of its own, against a running practice site."""

    def __init__(self, folder: Path, site: PracticeSite, users: tuple[str, ...]) -> None:
        self._folder = folder
        self._users = users
        self._articles = len(users) * ARTICLES_PER_USER
        self._client = PracticeClient(site.url)
        self._environment = {
            **os.environ,
            "TOPN_DATA_DIR": str(folder / "data"),
            "TOPN_ZHIHU_WRITE_URL": site.url,
            "TOPN_ZHIHU_HOME_URL": site.url,
            "TOPN_DASHBOARD_PORT": str(_free_port()),
        }
        self._password = f"practice-{secrets.token_hex(4)}"
        self._programs: list[subprocess.Popen[bytes]] = []

    def run(self) -> bool:
        """Hand in, publish, count. Whether every article is on the site exactly once."""
        self._core("users", "add", ADMIN, "--role", "admin", "--password-stdin", given=f"{self._password}\n")
        self._start("dashboard.log", "-m", "dashboard")
        say(f"Watch it at http://127.0.0.1:{self._environment['TOPN_DASHBOARD_PORT']}")
        say(f"Sign in as  {ADMIN}  with the password  {self._password}")
        say(f"Handing in {self._articles} articles takes up to two minutes; the workers are started after that.\n")
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            try:
                with stop.held_back():
                    handed_in = [threads.submit(self._hand_in, user) for user in self._users]
                for one in handed_in:
                    one.result()
            finally:
                threads.shutdown(cancel_futures=True)
        memory = BrowserMemory(self._folder / "data")
        started = time.monotonic()
        memory.start()
        exit_code = self._publish()
        seconds = time.monotonic() - started
        memory.stop()
        return self._summarise(seconds, memory, exit_code)

    def stay(self) -> None:
        """Workers and dashboard go on, for whoever wants to try more, until this is stopped."""
        say("\nWorkers and dashboard go on: hand in articles of your own there. Ctrl-C ends and removes everything.")
        going_on = self._start("workers-on.log", "run_workers.py", "--workers", str(WORKERS), "--drivers", str(DRIVERS))
        with contextlib.suppress(KeyboardInterrupt):
            going_on.wait()
        say("\nending and removing everything …")

    def close(self) -> None:
        """End what was started, the newest first."""
        for process in reversed(self._programs):
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(END_SECONDS)
        # A program that had to be killed leaves its Redis to the next one, and here is no next one.
        EmbeddedRedis(self._folder / "data").stop_unused()

    def _start(self, log: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._folder / log).open("wb") as output, stop.held_back():
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self._environment,
                stdout=output,
                stderr=output,
                # Ctrl-C in the terminal reaches this program alone, which then ends the others in their order.
                start_new_session=True,
            )
            self._programs.append(process)
        return process

    def _core(self, *arguments: str, given: str | None = None) -> str:
        """Run `python -m core …` as a person would, but for the hint that no workers run yet. Raises
        CalledProcessError when it refuses."""
        done = subprocess.run(
            [sys.executable, "-m", "core", *arguments],
            cwd=ROOT,
            env=self._environment,
            input=given,
            check=False,
            capture_output=True,
            text=True,
            # As above: what is being handed in when Ctrl-C comes is handed in.
            start_new_session=True,
        )
        if done.returncode:
            sys.stderr.write(done.stderr)
        done.check_returncode()
        return done.stdout

    def _hand_in(self, user: str) -> None:
        account = self._client.make_account(user)
        cookies = self._folder / f"{user}-cookies.json"
        cookies.write_text(json.dumps(account.cookies), encoding="utf-8")
        articles = self._folder / f"{user}.csv"
        articles.write_bytes(articles_csv(user))
        self._core("users", "add", user, "--password-stdin", given=f"practice-{user}-2026\n")
        self._core(
            "accounts",
            "add",
            "--user",
            user,
            "--platform",
            "zhihu",
            "--name",
            "main",
            "--cookies",
            str(cookies),
        )
        self._core("submit", "--user", user, str(articles))
        say(f"{user:<5} handed in {ARTICLES_PER_USER} articles as CSV")

    def _publish(self) -> int:
        say(f"\nPublishing with {WORKERS} workers and {DRIVERS} browsers")
        command = ["run_workers.py", "--workers", str(WORKERS), "--drivers", str(DRIVERS), "--drain"]
        process = self._start("workers.log", *command)
        say("  the browsers are starting")
        told = 0
        while self._still_running(process):
            posted = len(self._client.posts())
            if posted != told:
                say(f"  {posted:>3} of {self._articles} are on the site")
            told = posted
        if process.returncode != 0:
            say((self._folder / "workers.log").read_text(encoding="utf-8", errors="replace")[-4000:])
        return process.returncode

    def _still_running(self, process: subprocess.Popen[bytes]) -> bool:
        try:
            process.wait(POLL_SECONDS)
        except subprocess.TimeoutExpired:
            return True
        return False

    def _results(self) -> list[UserResult]:
        tasks = json.loads(self._core("tasks", "--json", "--limit", "1000"))
        results = []
        for user in self._users:
            own = [task for task in tasks if task["user_name"] == user]
            starts = [datetime.fromisoformat(task["started_at"]) for task in own if task["started_at"]]
            ends = [datetime.fromisoformat(task["finished_at"]) for task in own if task["finished_at"]]
            published = sum(task["status"] == "published" for task in own)
            results.append(UserResult(user, published, min(starts, default=None), max(ends, default=None)))
        return results

    def _summarise(self, seconds: float, memory: BrowserMemory, exit_code: int) -> bool:
        results = self._results()
        say("\nuser   published  first start  last finish   (UTC)")
        for result in results:
            say(
                f"{result.name:<6} {result.published:>9}  {_clock(result.first_start)}     {_clock(result.last_finish)}"
            )
        posts = self._client.posts()
        titles = Counter((post["account"], post["title"]) for post in posts)
        expected = {
            (user, f"{user} 的第 {number} 篇文章") for user in self._users for number in range(1, ARTICLES_PER_USER + 1)
        }
        times = [titles[pair] for pair in expected] + [post["post_count"] for post in posts]
        total = sum(result.published for result in results)
        say(
            f"\narticles published   {total} of {len(expected)} in {seconds:.1f} s, {total / seconds * 60:.0f} a minute"
        )
        say(f"browsers' memory     {memory.peak_bytes / 2**20:.0f} MiB at most, in {memory.peak_processes} processes")
        say(f"posts per article    {min(times)} at least, {max(times)} at most; {len(posts)} posts on the site")
        once = set(titles) == expected and set(times) == {1} and total == len(expected) and exit_code == 0
        say("every article is on the site exactly once" if once else "NOT every article is on the site exactly once")
        return once


def _free_port() -> int:
    """The dashboard's usual port, or any when another program uses that."""
    for port in (USUAL_PORT, 0):
        try:
            with socket.create_server(("127.0.0.1", port)) as found:
                return int(found.getsockname()[1])
        except OSError:
            continue
    raise RuntimeError("no port is free on 127.0.0.1")


def _clock(moment: datetime | None) -> str:
    return f"{moment:%H:%M:%S}" if moment else "-       "


def main() -> int:
    """Start the site, run the demonstration, remove everything, also when it is stopped. Returns the exit code, see
    above."""
    stop.listen()
    try:
        return run()
    except KeyboardInterrupt:
        say("\nstopped; everything that was started has ended")
        return EXIT_UNTOLD if os.environ.get("DEMO_ONCE") else 0


def run() -> int:
    """The demonstration in a folder that lasts as long as it does. 0: every article is there exactly once."""
    users = chosen_users()
    with tempfile.TemporaryDirectory(prefix="topn-demo-") as name:
        folder = Path(name)
        site = PracticeSite(folder / "site")
        demo = Demo(folder, site, users)
        try:
            site.start()
            say(f"The practice site is at {site.url} while this runs; {site.url}/practice/ lists what was posted\n")
            is_right = demo.run()
            if is_right and not os.environ.get("DEMO_ONCE"):
                demo.stay()
            return 0 if is_right else 1
        finally:
            # Also where nobody has stopped it: the end is not stopped half-way.
            stop.ignore()
            demo.close()
            site.stop()


if __name__ == "__main__":
    sys.exit(main())
