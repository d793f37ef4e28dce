"""Puts the parts together, once per process: `from core.wiring import get_task_manager`.

The only module that knows every part. Each `get_…` makes its part on first use, in any thread; `close_all` runs
by itself when the process ends. Parts are imported where they are made: whoever only hands in articles must not
load Selenium, nor a worker what reads CSV files.
"""

# ruff: noqa: PLC0415  # see above: parts are imported where they are made

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from core.lane import LimitDefaults
from core.process_parts import close_all, close_at_end, once, process_part
from core.settings import get_settings

if TYPE_CHECKING:
    from redis import Redis

    from core.browser.webdriver_pool import WebDriverPool
    from core.publishing.publisher import Publisher
    from core.queue.embedded import EmbeddedRedis
    from core.queue.fair_queue import FairQueue
    from core.queue.heartbeats import Heartbeats
    from core.queue.rate_limiter import UserRateLimiter
    from core.services.account_manager import AccountManager
    from core.services.limit_manager import LimitManager
    from core.services.pause_manager import PauseManager
    from core.services.task_manager import TaskQueueManager
    from core.services.user_manager import UserManager
    from core.store.accounts import AccountStore
    from core.store.database import Database
    from core.store.leadership import MaintenanceLock
    from core.store.pauses import PauseStore
    from core.store.row_snapshot import DatabaseRows
    from core.store.task_queries import TaskQueries
    from core.store.task_store import TaskStore

__all__ = ["close_all"]

POOL_CLOSE_SECONDS = 5.0
"""How long `close_all` waits for leased browsers to be given back before it ends them."""


def make_worker_id(pid: int, start_id: str) -> str:
    """`host:pid:start-uuid`: never used again, also when the system gives the pid to another process."""
    return f"{socket.gethostname()}:{pid}:{start_id}"


def get_worker_id(start_id: str | None = None) -> str:
    """Who this process is. The first call decides; a supervisor chooses `start_id`, as it has to know it."""
    return once("worker_id", lambda: make_worker_id(os.getpid(), start_id or uuid.uuid4().hex))


def run_dir() -> Path:
    """Where the browsers of all workers of this machine keep their folders."""
    return get_settings().data_dir / "run"


# The database and what stands on it.


@process_part
def get_database() -> Database:
    """The database, its tables up to date. Raises ServiceUnavailable."""
    from core.store.database import Database

    settings = get_settings()
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(settings.database_address, pool_size=settings.drivers + 5)
    close_at_end("database", database.close)
    database.migrate()
    return database


@process_part
def get_task_store() -> TaskStore:
    """What moves tasks."""
    from core.store.task_store import TaskStore

    return TaskStore(get_database(), lease_seconds=get_settings().lease_seconds)


@process_part
def get_task_queries() -> TaskQueries:
    """What lists tasks."""
    from core.store.task_queries import TaskQueries

    return TaskQueries(get_database())


@process_part
def get_rows() -> DatabaseRows:
    """The database as the queue sees it."""
    from core.store.row_snapshot import DatabaseRows

    return DatabaseRows(get_database())


@process_part
def get_account_store() -> AccountStore:
    """Platform accounts with their sealed cookies. Raises ServiceUnavailable without a usable key."""
    from core.store.accounts import AccountStore
    from core.store.vault import Vault, load_or_make_keys

    return AccountStore(get_database(), Vault(load_or_make_keys(get_settings())))


@process_part
def get_pause_store() -> PauseStore:
    """What is held back."""
    from core.store.pauses import PauseStore

    return PauseStore(get_database())


@process_part
def get_maintenance_lock() -> MaintenanceLock:
    """Who does the maintenance."""
    from core.store.leadership import MaintenanceLock

    return MaintenanceLock(get_database())


# Redis and what stands on it.


@process_part
def get_embedded_redis() -> EmbeddedRedis:
    """The private Redis of DATA_DIR; only asked for when the settings name no other."""
    from core.queue.embedded import EmbeddedRedis

    embedded = EmbeddedRedis(get_settings().data_dir)
    close_at_end("embedded_redis", embedded.stop)
    return embedded


def get_redis_url() -> str:
    """The Redis of the settings, else the private one, started if nobody has. Raises ServiceUnavailable."""
    return get_settings().redis_url or get_embedded_redis().start()


@process_part
def get_redis() -> Redis:
    """A client that repeats nothing by itself (DESIGN §4)."""
    from core.queue.redis_client import connect

    redis = connect(get_redis_url())
    close_at_end("redis", redis.close)
    return redis


def limit_defaults() -> LimitDefaults:
    """The limits where a user or an account has none of its own."""
    settings = get_settings()
    return LimitDefaults(
        max_running_per_user=settings.max_running_per_user,
        max_starts_per_minute=settings.max_starts_per_minute,
        max_running_per_account=settings.max_running_per_account,
        account_gap_seconds=settings.account_gap_seconds,
    )


@process_part
def get_fair_queue() -> FairQueue:
    """The line."""
    from core.queue.fair_queue import FairQueue

    prefix = get_settings().redis_prefix
    return FairQueue(get_redis(), prefix=prefix, defaults=limit_defaults(), rows=get_rows())


@process_part
def get_rate_limiter() -> UserRateLimiter:
    """How users stand against their limits: `get_rate_limiter().get_user_stats(1)`."""
    from core.queue.rate_limiter import UserRateLimiter

    prefix = get_settings().redis_prefix
    return UserRateLimiter(get_redis(), prefix=prefix, defaults=limit_defaults(), rows=get_rows())


@process_part
def get_heartbeats() -> Heartbeats:
    """Signs of life of the workers."""
    from core.queue.heartbeats import Heartbeats

    return Heartbeats(get_redis(), prefix=get_settings().redis_prefix)


# Browsers and platforms.


def get_driver_pool(max_drivers: int | None = None) -> WebDriverPool:
    """The browsers of this process: `get_driver_pool(max_drivers=2).get_stats()`. The first call decides how many;
    a later one with another number changes that."""

    def make() -> WebDriverPool:
        from core.browser.browser_options import BrowserOptions
        from core.browser.webdriver_pool import WebDriverPool

        settings = get_settings()
        pool = WebDriverPool(
            max_drivers or settings.drivers,
            worker_id=get_worker_id(),
            run_dir=run_dir(),
            options=BrowserOptions.from_settings(settings),
            idle_seconds=settings.driver_idle_seconds,
            max_leases=settings.driver_max_leases,
            max_age_seconds=settings.driver_max_age_seconds,
            min_free_memory_mb=settings.min_free_memory_mb,
        )
        close_at_end("driver_pool", lambda: pool.close(POOL_CLOSE_SECONDS))
        return pool

    pool = once("driver_pool", make)
    if max_drivers is not None and pool.get_stats().max != max_drivers:
        pool.set_capacity(max_drivers)
    return pool


@process_part
def get_publishers() -> dict[str, Publisher]:
    """One publisher per platform."""
    from core.publishing.registry import make_publishers

    return dict(make_publishers(get_settings()))


@process_part
def get_task_manager() -> TaskQueueManager:
    """Articles: `get_task_manager().submit(...)`."""
    from core.services.task_manager import TaskQueueManager

    settings = get_settings()
    return TaskQueueManager(
        get_database(),
        accounts=get_account_store(),
        store=get_task_store(),
        queue=get_fair_queue,
        zone=settings.zone,
        max_retries=settings.max_retries,
        max_waiting=settings.max_waiting_per_user,
    )


@process_part
def get_account_manager() -> AccountManager:
    """Platform accounts."""
    from core.publishing.cookie_import import allowed_hosts
    from core.services.account_manager import AccountManager

    settings = get_settings()
    return AccountManager(
        get_database(),
        accounts=get_account_store(),
        store=get_task_store(),
        queue=get_fair_queue,
        cookie_hosts=allowed_hosts(settings.zhihu_write_url, settings.zhihu_home_url),
        pool=get_driver_pool,
        publishers=get_publishers,
        lease_wait_seconds=settings.lease_wait_seconds,
    )


@process_part
def get_user_manager() -> UserManager:
    """The people."""
    from core.services.user_manager import UserManager

    return UserManager(get_database())


@process_part
def get_limit_manager() -> LimitManager:
    """Limits of users and accounts."""
    from core.services.limit_manager import LimitManager

    return LimitManager(
        get_database(),
        limiter=get_rate_limiter(),
        queue=get_fair_queue(),
        accounts=get_account_store(),
        defaults=limit_defaults(),
    )


@process_part
def get_pause_manager() -> PauseManager:
    """What is held back."""
    from core.services.pause_manager import PauseManager

    return PauseManager(get_database(), queue=get_fair_queue, accounts=get_account_store())
