"""A whole TOP_N with its dashboard, as `run_workers.py --dashboard` starts it, and people who can sign in."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests

from core.store.audit import AuditFilter, AuditLog
from core.store.pauses import PauseStore
from core.store.records import AccountView, Actor, Role, TaskView, UserView
from core.store.users import UserStore
from core.task_state import TaskStatus
from tests.practice_site.client import PracticeAccount, PracticeClient
from tests.practice_site.faults import Fault
from tests.practice_site.server import PracticeSite
from tests.servers.local_process import free_port, wait_until
from tests.servers.redis_server import RedisServer
from tests.servers.worker_lab import WorkerLab
from tests.worker_fixtures import closed_clean

PASSWORD = "a good long password"
ADMIN = "root"
ENDS = (TaskStatus.PUBLISHED, TaskStatus.FAILED, TaskStatus.CANCELLED, TaskStatus.BLOCKED)


@dataclass(frozen=True, slots=True)
class Person:
    """A user with an account on the practice site. Signs in with `PASSWORD`."""

    name: str
    account: AccountView
    on_site: PracticeAccount


class Stage:
    """Real processes on a Redis and a practice site of their own, so that a test may stop them."""

    def __init__(self, lab: WorkerLab, redis: RedisServer) -> None:
        self.lab = lab
        self.redis = redis
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._numbers = itertools.count(1)

    def start(self) -> None:
        """Everything that `run_workers.py --dashboard` starts; returns when the dashboard answers."""
        self.admin = UserStore(self.lab.db).add(ADMIN, PASSWORD, Role.ADMIN)
        options = ("--workers=1", "--drivers=2", "--dashboard")
        self.lab.run("run_workers.py", *options, TOPN_DASHBOARD_PORT=str(self.port), TOPN_TIMEZONE="Asia/Shanghai")
        wait_until(self.answers, 180, "the dashboard answers")

    def answers(self) -> bool:
        """Whether the dashboard is well."""
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).ok
        except requests.RequestException:
            return False

    def person(self, name: str) -> Person:
        """Somebody new whose name begins so."""
        account, on_site = self.lab.account(f"{name}{next(self._numbers)}")
        UserStore(self.lab.db).set_password(account.user_id, PASSWORD)
        return Person(account.user_name, account, on_site)

    def actor(self, person: Person) -> Actor:
        """This person as the services know it."""
        return Actor(person.name, Role.OPERATOR, person.account.user_id)

    def tasks_of(self, person: Person) -> list[TaskView]:
        """All articles of somebody, the oldest first."""
        found = self.lab.queries.list()
        return sorted((one for one in found if one.user_id == person.account.user_id), key=lambda one: one.id)

    def posts_of(self, person: Person) -> list[str]:
        """The titles that stand on the practice site, once for each time they were posted."""
        return [str(post["title"]) for post in self.lab.site.posts(person.on_site) for _ in range(post["post_count"])]

    def doubtful(self, person: Person, title: str, click: Fault) -> TaskView:
        """An article of which nothing tells whether it is online: its click went as `click` says, and the site
        answers no question about it."""
        site, of = self.lab.site, person.on_site
        site.set_fault(Fault.SLOW_REPLY, of, path="/api/v4/content/publish", seconds=60)
        site.set_fault(click, of)
        task = self.lab.submit(person.account, title)
        wait_until(lambda: self._is_held(person), 60, "it is clicked")
        for path in ("/api/articles/*/draft", "/api/v4/articles/*"):
            site.set_fault(Fault.HTTP_ERROR, of, path=path, status=500)
        site.let_go(of)
        return self.lab.wait_for(task, *ENDS)

    def _is_held(self, person: Person) -> bool:
        """Whether the site holds a request of this person."""
        rules = [rule for rule in self.lab.site.faults() if rule["account_id"] == person.on_site.id]
        return any(rule["fired"] for rule in rules if rule["fault"] == Fault.SLOW_REPLY)

    def audited(self, task: TaskView, action: str) -> list[dict[str, Any]]:
        """What is on record of what people did to an article, the newest first."""
        wanted = AuditFilter(action=action, kind="article", target=task.public_id)
        return [{"by": entry.actor_name, **entry.detail} for entry in AuditLog(self.lab.db).entries(wanted)]

    def lift_pauses(self) -> None:
        """Whatever is held back goes on."""
        pauses = PauseStore(self.lab.db)
        for pause in pauses.list():
            pauses.lift(pause.scope, pause.key)
            self.lab.queue.resume(pause.scope, pause.key)

    def dashboard_process(self) -> psutil.Process:
        """The process that serves the pages."""
        for process in psutil.process_iter():
            try:
                marks = process.environ()
                if marks.get("TOPN_DASHBOARD_PORT") == str(self.port) and "dashboard" in process.cmdline():
                    return process
            except psutil.Error:
                continue
        raise AssertionError("no dashboard runs")

    def user(self, person: Person) -> UserView:
        """The row of a person."""
        return UserStore(self.lab.db).get(person.account.user_id)


@contextmanager
def open_stage(folder: Path, redis_program: str, database_url: str | None = None) -> Iterator[Stage]:
    """One with everything running, until the block ends. Without an address its database is a file of SQLite."""
    site, redis = PracticeSite(folder / "site", autosave_ms=150), RedisServer(folder / "redis", redis_program)
    site.start()
    redis.start()
    try:
        lab = WorkerLab(
            folder,
            database_url=database_url or f"sqlite:///{folder / 'stage.sqlite3'}",
            redis_url=redis.url,
            site=PracticeClient(site.url),
        )
        with closed_clean(lab):
            stage = Stage(lab, redis)
            stage.start()
            yield stage
    finally:
        redis.stop()
        site.stop()
