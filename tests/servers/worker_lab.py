"""A whole TOP_N in a folder of its own for tests: database, line, accounts on the practice site, and real worker
processes that can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import psutil

from core.browser.marked_processes import DRIVER_MARK, WORKER_MARK
from core.cookie import Cookie, cookies_to_json
from core.lane import LimitDefaults
from core.publishing.cookie_import import parse_cookies
from core.queue.fair_queue import FairQueue
from core.queue.live_pictures import LivePictures
from core.queue.redis_client import connect
from core.settings import ROOT
from core.store.accounts import AccountStore
from core.store.database import Database
from core.store.records import AccountView, Actor, NewTask, TaskView
from core.store.row_snapshot import DatabaseRows
from core.store.task_intake import TaskIntake
from core.store.task_queries import TaskQueries
from core.store.task_store import TaskStore
from core.store.users import UserStore
from core.store.vault import Vault
from core.task_state import TaskStatus
from tests.practice_site.client import PracticeAccount, PracticeClient, cookies_json
from tests.servers.local_process import wait_until
from tests.servers.warm_start import Program, WarmStart, WarmWorker

SECRET_KEY = "bmljZSBhbmQgc2VjcmV0IGtleSBmb3IgdGVzdHMgISE="
DEFAULTS = LimitDefaults(10, 1000, 10, 0)
QUICK = {
    "TOPN_LEASE_SECONDS": "3",
    "TOPN_VERIFY_SECONDS": "2",
    "TOPN_GRACE_SECONDS": "20",
    "TOPN_MIN_FREE_MEMORY_MB": "0",
    "TOPN_MAX_STARTS_PER_MINUTE": "1000",
    "TOPN_LOG_LEVEL": "DEBUG",
}


class WorkerLab:
    """`worker` and `supervisor` start real processes; `close` ends what is left of them."""

    def __init__(
        self,
        folder: Path,
        *,
        database_url: str,
        redis_url: str,
        site: PracticeClient,
        warm_start: WarmStart | None = None,
    ) -> None:
        self.folder = folder
        self._warm_start = warm_start
        self.site = site
        self.data_dir = folder / "data"
        self.data_dir.mkdir(exist_ok=True)
        prefix = f"t{uuid.uuid4().hex[:8]}:"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TOPN_")},
            **QUICK,
            "TOPN_DATA_DIR": str(self.data_dir),
            "TOPN_DATABASE_URL": database_url,
            "TOPN_REDIS_URL": redis_url,
            "TOPN_REDIS_PREFIX": prefix,
            "TOPN_SECRET_KEYS": SECRET_KEY,
            "TOPN_ZHIHU_WRITE_URL": site.url,
            "TOPN_ZHIHU_HOME_URL": site.url,
        }
        self.db = Database(database_url)
        self.db.migrate()
        self.redis = connect(redis_url)
        self.queries = TaskQueries(self.db)
        self.store = TaskStore(self.db, lease_seconds=3)
        self.accounts = AccountStore(self.db, Vault([SECRET_KEY]))
        self.queue = FairQueue(self.redis, prefix=prefix, defaults=DEFAULTS, rows=DatabaseRows(self.db))
        self.pictures = LivePictures(self.redis, prefix=prefix)
        self._processes: list[Program] = []

    def account(self, name: str = "ada") -> tuple[AccountView, PracticeAccount]:
        """A user of this name with an account that is signed in on the practice site."""
        on_site = self.site.make_account(name)
        user = UserStore(self.db).add(name)
        cookies = cookies_to_json(parse_cookies(cookies_json(on_site)))
        return self.accounts.add(user.id, "zhihu", "main", cookies), on_site

    def bare_account(self, name: str = "ada") -> AccountView:
        """The same, for tests that reach no site."""
        user = UserStore(self.db).add(name)
        return self.accounts.add(user.id, "zhihu", "main", cookies_to_json([Cookie("z_c0", "x", "127.0.0.1")]))

    def submit(self, account: AccountView, title: str = "一篇文章", **more: Any) -> TaskView:
        """Hand in an article and put it in line, unless `is_pushed=False`."""
        is_pushed = more.pop("is_pushed", True)
        content = more.pop("content", f"## {title}\n\n第一段,有 **重点**。\n\n- 一\n- 二\n")
        task = NewTask(account.user_id, account.id, "zhihu", title, content, "markdown", **more)
        accepted = TaskIntake(self.db).insert([task], batch=None, actor=Actor.system())
        entry = self.queries.entry(accepted[0].task_id)
        if entry is not None and is_pushed:
            self.queue.push([entry])
        return self.queries.get(accepted[0].task_id)

    def fill(self, account: AccountView, number: int) -> None:
        """Hand in so many short articles at once, without putting them in line."""
        tasks = [
            NewTask(account.user_id, account.id, "zhihu", f"文章 {place}", "短", "markdown") for place in range(number)
        ]
        TaskIntake(self.db).insert(tasks, batch=None, actor=Actor.system())

    def worker(self, *, drivers: int = 1, index: int = 1, **environment: str) -> Program:
        """Start one worker process, a warm one if this lab can. `index` names its log. Those of a supervisor always
        begin with nothing."""
        options = [f"--drivers={drivers}", f"--index={index}"]
        whole = {**self.environment, **environment}
        if self._warm_start is None or not self._warm_start.suits(whole):
            return self.run("-m", "tasks.consumer", *options, **environment)
        worker = self._warm_start.start(options, whole, self.folder / "output.log")
        self._processes.append(worker)
        return worker

    def run(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a Python program of ours; its output goes to `<folder>/output.log`."""
        with (self.folder / "output.log").open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**self.environment, **environment},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def output(self) -> str:
        """What the programs wrote to the terminal."""
        return (self.folder / "output.log").read_text(encoding="utf-8", errors="replace")

    def log(self, name: str = "worker-1") -> list[dict[str, Any]]:
        """The log lines of a worker, without one that is being written."""
        path = self.data_dir / "logs" / f"{name}.log"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def log_line(self, event: str) -> dict[str, Any]:
        """Wait until worker 1 has logged this, which it does after it has written to the database; the first such."""
        wait_until(lambda: any(line["event"] == event for line in self.log()), 10, f"“{event}” is logged")
        return next(line for line in self.log() if line["event"] == event)

    def log_size_is_steady(self, *, seconds: float) -> bool:
        """Whether no line above DEBUG is added to the log for so long; blocks meanwhile."""
        before = [line for line in self.log() if line["level"] != "debug"]
        time.sleep(seconds)
        return [line for line in self.log() if line["level"] != "debug"] == before

    def status(self, task: TaskView) -> TaskStatus:
        """Where the task is now."""
        return self.queries.get(task.id).status

    def wait_for(self, task: TaskView, *statuses: TaskStatus, timeout: float = 60) -> TaskView:
        """Wait until the task is in one of these. A failure shows how far it came."""
        try:
            wait_until(lambda: self.status(task) in statuses, timeout, f"{task.title} is {statuses}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.story(task)}\n{self.output()[-3000:]}") from error
        return self.queries.get(task.id)

    def kinds(self, task: TaskView) -> list[str]:
        """The kinds of the task's events, in order."""
        return [str(event.kind) for event in self.queries.events(task.id)]

    def story(self, task: TaskView) -> str:
        """The task and its timeline, for a failing test."""
        events = "\n".join(
            f"  {event.at:%H:%M:%S.%f} {event.kind} {event.detail}" for event in self.queries.events(task.id)
        )
        return f"{self.queries.get(task.id)}\n{events}"

    def worker_processes(self) -> list[psutil.Process]:
        """The living worker processes of this lab, also those that a supervisor has started."""
        # The environment that the system knows of a warm one is not its own.
        warm = {
            process.pid for process in self._processes if isinstance(process, WarmWorker) and process.poll() is None
        }
        found = [psutil.Process(pid) for pid in warm]
        for process in psutil.process_iter():
            try:
                is_worker = "tasks.consumer" in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
                if (
                    is_worker
                    and process.pid not in warm
                    and process.environ().get("TOPN_DATA_DIR") == str(self.data_dir)
                ):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def driver_processes(self, of_worker: int | None = None) -> list[psutil.Process]:
        """Every process of a browser or driver that was started for this lab, or by the worker that has or had this
        process id."""
        mine = str(self.data_dir.resolve())
        worker = "" if of_worker is None else f":{of_worker}:"
        found = []
        for process in psutil.process_iter():
            try:
                marks = process.environ()
            except psutil.Error:
                continue
            if marks.get(DRIVER_MARK, "").startswith(mine) and worker in marks.get(WORKER_MARK, ""):
                found.append(process)
        return found

    def close(self) -> None:
        """End all that a test left."""
        self.stop_programs()
        self.redis.close()
        self.db.close()

    def stop_programs(self) -> None:
        """End every program that was started, gently first."""
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
