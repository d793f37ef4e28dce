"""What stands on the database and on Redis, once per process. Everybody reaches these parts through `core.wiring`."""

# ruff: noqa: PLC0415  # parts are imported where they are made: see core/wiring.py

from __future__ import annotations

from typing import TYPE_CHECKING

from core.lane import LimitDefaults
from core.process_parts import close_at_end, process_part
from core.settings import get_settings

if TYPE_CHECKING:
    from redis import Redis

    from core.queue.embedded import EmbeddedRedis
    from core.queue.fair_queue import FairQueue
    from core.queue.heartbeats import Heartbeats
    from core.queue.live_pictures import LivePictures
    from core.queue.log_stream import LogStream
    from core.queue.rate_limiter import UserRateLimiter
    from core.queue.work_figures import WorkFigures
    from core.store.accounts import AccountStore
    from core.store.database import Database
    from core.store.leadership import MaintenanceLock
    from core.store.pauses import PauseStore
    from core.store.row_snapshot import DatabaseRows
    from core.store.task_queries import TaskQueries
    from core.store.task_store import TaskStore


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
    """Who does the maintenance. Never for longer than a lease, or a dead worker's article would wait for a new
    leader although its lease has ended."""
    from core.store.leadership import LONGEST_TTL_SECONDS, MaintenanceLock

    return MaintenanceLock(get_database(), ttl_seconds=min(LONGEST_TTL_SECONDS, get_settings().lease_seconds))


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


@process_part
def get_stopped_workers() -> Heartbeats:
    """Signs of life of the places whose workers somebody has stopped."""
    from core.queue.heartbeats import Heartbeats

    return Heartbeats(get_redis(), prefix=f"{get_settings().redis_prefix}stopped-")


@process_part
def get_log_stream() -> LogStream:
    """The newest log lines of all workers."""
    from core.queue.log_stream import LogStream

    settings = get_settings()
    return LogStream(get_redis(), prefix=settings.redis_prefix, max_lines=settings.log_lines)


@process_part
def get_live_pictures() -> LivePictures:
    """What browsers show just now."""
    from core.queue.live_pictures import LivePictures

    return LivePictures(get_redis(), prefix=get_settings().redis_prefix)


@process_part
def get_work_figures() -> WorkFigures:
    """How long things took, of all workers together."""
    from core.queue.work_figures import WorkFigures

    return WorkFigures(get_redis(), prefix=get_settings().redis_prefix)
