"""The services on a real database and a real Redis, with two operators and an administrator."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet
from redis import Redis

from core.browser.webdriver_pool import WebDriverPool
from core.lane import LaneEntry, LimitDefaults
from core.publishing.publisher import Publisher
from core.queue.fair_queue import FairQueue
from core.queue.heartbeats import Heartbeats
from core.queue.live_pictures import LivePictures
from core.queue.log_stream import LogStream
from core.queue.mark_key import MarkKey
from core.queue.rate_limiter import UserRateLimiter
from core.services.account_manager import AccountManager
from core.services.alerts import AlertViewer
from core.services.audit_viewer import AuditViewer
from core.services.batch_viewer import BatchViewer
from core.services.bulk_manager import BulkManager
from core.services.database_memory import DatabaseMemory
from core.services.form_drafts import FormDrafts
from core.services.limit_manager import LimitManager
from core.services.log_viewer import LogViewer
from core.services.outcome_viewer import OutcomeViewer
from core.services.pause_manager import PauseManager
from core.services.picture_viewer import PictureViewer
from core.services.queue_viewer import QueueViewer
from core.services.restore_manager import RestoreManager
from core.services.sign_in import SignIn
from core.services.sign_in_brake import SignInBrake
from core.services.task_lists import TaskLists
from core.services.task_manager import Submission, TaskQueueManager
from core.services.token_manager import TokenManager
from core.services.user_manager import UserManager
from core.services.worker_manager import WorkerManager
from core.services.worker_viewer import WorkerViewer
from core.store.accounts import AccountStore
from core.store.audit import AuditLog
from core.store.database import Database
from core.store.mark_file import MarkFile
from core.store.records import AccountView, Actor, Role, TaskView, UserView
from core.store.row_snapshot import DatabaseRows
from core.store.sessions import SessionStore
from core.store.task_store import TaskStore
from core.store.vault import Vault

ADMIN = Actor.command_line()
DEFAULTS = LimitDefaults(10, 20, 10, 0)
ZONE = ZoneInfo("Asia/Shanghai")


def cookies(value: str = "token") -> str:
    """An export of a signed-in browser, as Cookie-Editor writes it."""
    return json.dumps([{"name": "z_c0", "value": value, "domain": ".zhihu.com", "path": "/"}])


class BrowserAskedFor(AssertionError):
    """By a call that got as far as asking the site."""


def no_browser() -> NoReturn:
    """For tests that need none."""
    raise BrowserAskedFor("a browser was asked for")


@dataclass
class Services:
    """Every service of one process."""

    db: Database
    redis: Redis
    max_waiting: int = 10_000
    cookie_hosts: tuple[str, ...] = ("zhihu.com", "www.zhihu.com", "zhuanlan.zhihu.com")
    pool: Callable[[], WebDriverPool] = no_browser
    publishers: Callable[[], Mapping[str, Publisher]] = no_browser
    data_dir: Path = Path("/nonexistent")
    secret_key: str = field(default_factory=lambda: Fernet.generate_key().decode())

    def __post_init__(self) -> None:
        rows = DatabaseRows(self.db)
        self.queue = FairQueue(self.redis, prefix="", defaults=DEFAULTS, rows=rows)
        self.store = TaskStore(self.db, lease_seconds=30)
        self.account_store = AccountStore(self.db, Vault([self.secret_key]))
        self.audit = AuditLog(self.db)
        self.tasks = TaskQueueManager(
            self.db,
            accounts=self.account_store,
            store=self.store,
            queue=lambda: self.queue,
            zone=ZONE,
            max_retries=3,
            max_waiting=self.max_waiting,
            article_sites=("https://zhuanlan.zhihu.com", "https://www.zhihu.com"),
        )
        self.accounts = AccountManager(
            self.db,
            accounts=self.account_store,
            store=self.store,
            queue=lambda: self.queue,
            cookie_hosts=self.cookie_hosts,
            pool=self.pool,
            publishers=self.publishers,
        )
        self.lists = TaskLists(self.db)
        self.bulk = BulkManager(self.db, store=self.store, queue=lambda: self.queue, zone=ZONE)
        self.users = UserManager(self.db)
        limiter = UserRateLimiter(self.redis, prefix="", defaults=DEFAULTS, rows=rows)
        self.limits = LimitManager(
            self.db,
            limiter=limiter,
            queue=self.queue,
            accounts=self.account_store,
            defaults=DEFAULTS,
        )
        self.tokens = TokenManager(self.db)
        self.sessions = SessionStore(self.db, idle_seconds=3600, max_seconds=7200)
        self.sign_in = SignIn(self.db, sessions=self.sessions, brake=SignInBrake())
        self.batches = BatchViewer(self.db)
        self.pictures = PictureViewer(
            self.db, pictures=lambda: LivePictures(self.redis, prefix=""), data_dir=self.data_dir
        )
        self.audit_viewer = AuditViewer(self.db)
        self.log_stream = LogStream(self.redis, prefix="", max_lines=10_000)
        self.heartbeats = Heartbeats(self.redis, prefix="")
        self.stopped_workers = Heartbeats(self.redis, prefix="stopped-")
        self.workers = WorkerManager(self.db, lambda: self.heartbeats, lambda: self.stopped_workers)
        own_room = {"host": "own", "disk_free_mb": 5000}
        self.alerts = AlertViewer(self.db, lambda: self.heartbeats, lambda: self.stopped_workers, lambda: own_room)
        self.logs = LogViewer(self.db, lambda: self.log_stream)
        self.pauses = PauseManager(self.db, queue=lambda: self.queue, accounts=self.account_store)
        self.outcomes = OutcomeViewer(self.db)
        self.line = QueueViewer(self.db, queue=lambda: self.queue, limiter=lambda: limiter)
        self.processes = WorkerViewer(self.db, lambda: self.heartbeats, lambda: self.stopped_workers)
        self.drafts = FormDrafts(self.data_dir / "unfinished")
        self.restore = RestoreManager(
            self.db,
            memory=DatabaseMemory(self.db, MarkFile(self.data_dir), lambda: MarkKey(self.redis, prefix="")),
            queue=lambda: self.queue,
            heartbeats=lambda: self.heartbeats,
            verify_seconds=60,
        )

    def add_user(self, name: str) -> tuple[UserView, Actor, AccountView]:
        """An operator with one account."""
        user = self.users.add(name, actor=ADMIN)
        account = self.accounts.add("main", cookies(), actor=ADMIN, user_id=user.id)
        return user, Actor(name, Role.OPERATOR, user.id), account

    def submit(self, actor: Actor, title: str = "Hello", **facts: object) -> TaskView:
        """One article with defaults."""
        given = {"account": "main", "title": title, "content": "Some text.", **facts}
        return self.tasks.submit(Submission(**given), actor=actor)  # type: ignore[arg-type]

    def store_entries(self) -> list[LaneEntry]:
        """What the maintenance would put in line."""
        return DatabaseRows(self.db).waiting_entries(0, 1000)
