"""Puts the parts of one worker process together; `core.wiring` makes those that other programs use as well."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from core import wiring
from core.browser.webdriver_pool import WebDriverPool
from core.errors import ServiceUnavailable
from core.lane import PauseScope
from core.publishing.publisher import Publisher
from core.queue.fair_queue import FairQueue
from core.services.restore_manager import PAUSED_BY
from core.settings import Settings
from core.store.task_store import TaskStore
from core.wiring_backup import get_database_memory
from tasks.article_source import ArticleSource
from tasks.database_watch import DatabaseWatch
from tasks.evidence import ScreenshotFolder
from tasks.lease_keeper import LeaseKeeper
from tasks.live_camera import LiveFilm
from tasks.maintenance import Maintenance, MaintenanceParts
from tasks.running_attempt import RunningAttempt
from tasks.service_watch import ServiceWatch
from tasks.settlement import Settlement
from tasks.work_meter import WorkMeter


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """The collaborators of all publishing threads of one process."""

    worker_id: str
    settings: Settings
    queue: FairQueue
    store: TaskStore
    pool: WebDriverPool
    publishers: Mapping[str, Publisher]
    articles: ArticleSource
    keeper: LeaseKeeper
    settlement: Settlement
    screenshots: ScreenshotFolder
    film: LiveFilm
    watch: ServiceWatch
    database: DatabaseWatch
    stopping: threading.Event
    """Set when a stop begins: no turn is waited for any more."""
    giving_up: threading.Event
    """Set when the grace time of a stop has ended: nothing waits any more."""
    meter: WorkMeter = field(default_factory=WorkMeter)
    """How long things took."""


def make_worker_parts(settings: Settings, *, drivers: int, on_stuck: Callable[[RunningAttempt], None]) -> WorkerParts:
    """All parts of this process; `on_stuck` is told of a thread that hangs where no kill reaches it."""
    worker_id = wiring.get_worker_id()
    watch = ServiceWatch()
    store = wiring.get_task_store()
    accounts = wiring.get_account_store()
    keeper = LeaseKeeper(
        store, worker_id=worker_id, lease_seconds=settings.lease_seconds, watch=watch, on_stuck=on_stuck
    )
    return WorkerParts(
        worker_id=worker_id,
        settings=settings,
        queue=wiring.get_fair_queue(),
        store=store,
        pool=wiring.get_driver_pool(drivers),
        publishers=wiring.get_publishers(),
        articles=ArticleSource(accounts, wiring.get_task_queries()),
        keeper=keeper,
        settlement=Settlement(store, accounts, _pause_account),
        screenshots=ScreenshotFolder(settings.data_dir),
        film=LiveFilm(wiring.get_live_pictures(), watch),
        watch=watch,
        database=DatabaseWatch(get_database_memory(), _hold_everything, watch),
        stopping=threading.Event(),
        giving_up=threading.Event(),
    )


def make_maintenance(parts: WorkerParts) -> Maintenance:
    """The maintenance of this process."""
    return Maintenance(
        MaintenanceParts(
            store=parts.store,
            queries=wiring.get_task_queries(),
            rows=wiring.get_rows(),
            queue=parts.queue,
            lock=wiring.get_maintenance_lock(),
            run_dir=wiring.run_dir(),
            watch=parts.watch,
            is_held=lambda: parts.database.is_held,
        ),
        holder=parts.worker_id,
    )


def _pause_account(account_id: int, seconds: float, reason: str) -> None:
    """The database keeps the pause, the queue only makes it take effect at once: when Redis is away, its next
    reconcile does."""
    pause = wiring.get_pause_store().add(
        PauseScope.ACCOUNT, str(account_id), by="system", reason=reason, seconds=seconds
    )
    with suppress(ServiceUnavailable):
        wiring.get_fair_queue().pause(pause)


def _hold_everything(reason: str) -> None:
    """For people to see, and for the workers of other machines; this process holds back by itself."""
    pauses = wiring.get_pause_store()
    if any(pause.by == PAUSED_BY and pause.until is None for pause in pauses.list()):
        return
    pause = pauses.add(PauseScope.EVERYTHING, by=PAUSED_BY, reason=reason)
    with suppress(ServiceUnavailable):
        wiring.get_fair_queue().pause(pause)
