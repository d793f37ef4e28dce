"""One publishing thread of a worker with real parts, at a platform that a test scripts."""

from __future__ import annotations

import threading
from typing import Any

from core.browser.webdriver_pool import WebDriverPool
from core.lane import PauseScope
from core.queue.mark_key import MarkKey
from core.services.database_memory import DatabaseMemory
from core.settings import load_settings
from core.store.mark_file import MarkFile
from core.store.pauses import PauseStore
from core.store.records import TaskView
from tasks.article_source import ArticleSource
from tasks.database_watch import DatabaseWatch
from tasks.evidence import ScreenshotFolder
from tasks.lease_keeper import LeaseKeeper
from tasks.live_camera import LiveFilm
from tasks.publish_worker import PublishWorker
from tasks.service_watch import ServiceWatch
from tasks.settlement import Settlement
from tasks.worker_parts import WorkerParts
from tests.servers.scripted_platform import ScriptedPlatform
from tests.servers.worker_lab import WorkerLab

WORKER_ID = "host:1:desk"


class WorkerDesk:
    """`publish(task)` gives it its turn and runs one attempt in this thread."""

    def __init__(self, lab: WorkerLab, pool: WebDriverPool, **settings: Any) -> None:
        self.lab = lab
        self.platform = ScriptedPlatform()
        self.settings = load_settings(**{"data_dir": lab.data_dir, "verify_seconds": 1, **settings})
        self.held_because: list[str] = []
        watch = ServiceWatch()
        self.keeper = LeaseKeeper(lab.store, worker_id=WORKER_ID, lease_seconds=3, watch=watch)
        self.parts = WorkerParts(
            worker_id=WORKER_ID,
            settings=self.settings,
            queue=lab.queue,
            store=lab.store,
            pool=pool,
            publishers={"zhihu": self.platform},
            articles=ArticleSource(lab.accounts, lab.queries),
            keeper=self.keeper,
            settlement=Settlement(lab.store, lab.accounts, self._pause_account),
            screenshots=ScreenshotFolder(lab.data_dir),
            film=LiveFilm(lab.pictures),
            watch=watch,
            database=self._database_watch(watch),
            stopping=threading.Event(),
            giving_up=threading.Event(),
        )
        self.worker = PublishWorker(self.parts)

    def publish(self, task: TaskView) -> TaskView:
        """Claim, run one attempt, and look at the row."""
        claim = self.lab.queue.claim()
        assert claim is not None, "nothing may go"
        assert claim.task_id == task.id
        self.worker.run(claim)
        return self.lab.queries.get(task.id)

    def publish_again(self, task: TaskView) -> TaskView:
        """The next attempt, without waiting for its time."""
        self.lab.store.reschedule(task.id, None)
        entry = self.lab.queries.entry(task.id)
        assert entry is not None
        self.lab.queue.push([entry])
        return self.publish(task)

    def _database_watch(self, watch: ServiceWatch) -> DatabaseWatch:
        """Trusts the database as it is, until `look` is called."""
        prefix = self.lab.environment["TOPN_REDIS_PREFIX"]
        key = MarkKey(self.lab.redis, prefix=prefix)
        memory = DatabaseMemory(self.lab.db, MarkFile(self.lab.data_dir), lambda: key)
        return DatabaseWatch(memory, self.held_because.append, watch)

    def _pause_account(self, account_id: int, seconds: float, reason: str) -> None:
        pauses = PauseStore(self.lab.db)
        self.lab.queue.pause(
            pauses.add(PauseScope.ACCOUNT, str(account_id), by="system", reason=reason, seconds=seconds)
        )
