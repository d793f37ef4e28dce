"""Puts the parts together, once per process: `from core.wiring import get_task_manager`.

The only module that knows every part; what stands on the database and on Redis is made in `core.wiring_servers`, what
looks after the service in `core.wiring_operations`, and both are handed out from here. Each `get_…` makes its part on
first use, in any thread; `close_all` runs by itself when the process ends. Parts are imported where they are made:
whoever only hands in articles must not load Selenium, nor a worker what reads CSV files.
"""

# ruff: noqa: PLC0415  # see above: parts are imported where they are made

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from core.process_parts import close_all, close_at_end, once, process_part
from core.settings import get_settings
from core.wiring_operations import (
    get_alert_viewer,
    get_audit_viewer,
    get_ended_counts,
    get_log_viewer,
    get_outcome_viewer,
    get_picture_viewer,
    get_queue_viewer,
    get_worker_manager,
    get_worker_viewer,
)
from core.wiring_servers import (
    get_account_store,
    get_database,
    get_embedded_redis,
    get_fair_queue,
    get_heartbeats,
    get_live_pictures,
    get_log_stream,
    get_maintenance_lock,
    get_pause_store,
    get_rate_limiter,
    get_redis,
    get_redis_url,
    get_rows,
    get_stopped_workers,
    get_task_queries,
    get_task_store,
    get_work_figures,
    limit_defaults,
)

if TYPE_CHECKING:
    from core.browser.webdriver_pool import WebDriverPool
    from core.publishing.publisher import Publisher
    from core.services.account_manager import AccountManager
    from core.services.batch_viewer import BatchViewer
    from core.services.bulk_manager import BulkManager
    from core.services.form_drafts import FormDrafts
    from core.services.limit_manager import LimitManager
    from core.services.pause_manager import PauseManager
    from core.services.sign_in import SignIn
    from core.services.task_lists import TaskLists
    from core.services.task_manager import TaskQueueManager
    from core.services.token_manager import TokenManager
    from core.services.user_manager import UserManager

__all__ = [
    "close_all",
    "get_account_store",
    "get_alert_viewer",
    "get_audit_viewer",
    "get_database",
    "get_embedded_redis",
    "get_ended_counts",
    "get_fair_queue",
    "get_heartbeats",
    "get_live_pictures",
    "get_log_stream",
    "get_log_viewer",
    "get_maintenance_lock",
    "get_outcome_viewer",
    "get_pause_store",
    "get_picture_viewer",
    "get_queue_viewer",
    "get_rate_limiter",
    "get_redis",
    "get_redis_url",
    "get_rows",
    "get_stopped_workers",
    "get_task_queries",
    "get_task_store",
    "get_work_figures",
    "get_worker_manager",
    "get_worker_viewer",
    "limit_defaults",
]

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
        article_sites=(settings.zhihu_write_url, settings.zhihu_home_url),
    )


@process_part
def get_task_lists() -> TaskLists:
    """Pages of articles."""
    from core.services.task_lists import TaskLists

    return TaskLists(get_database())


@process_part
def get_bulk_manager() -> BulkManager:
    """Many articles at once."""
    from core.services.bulk_manager import BulkManager

    return BulkManager(get_database(), store=get_task_store(), queue=get_fair_queue, zone=get_settings().zone)


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
def get_sign_in() -> SignIn:
    """Signing in to the dashboard."""
    from core.services.sign_in import SignIn
    from core.services.sign_in_brake import SignInBrake
    from core.store.sessions import SessionStore

    settings = get_settings()
    sessions = SessionStore(
        get_database(),
        idle_seconds=settings.session_idle_seconds,
        max_seconds=settings.session_max_seconds,
    )
    return SignIn(get_database(), sessions=sessions, brake=SignInBrake())


@process_part
def get_token_manager() -> TokenManager:
    """Tokens of programs."""
    from core.services.token_manager import TokenManager

    return TokenManager(get_database())


@process_part
def get_batch_viewer() -> BatchViewer:
    """What was handed in together."""
    from core.services.batch_viewer import BatchViewer

    return BatchViewer(get_database())


@process_part
def get_form_drafts() -> FormDrafts:
    """Articles that are being written."""
    from core.services.form_drafts import FormDrafts

    return FormDrafts(get_settings().data_dir / "unfinished")


@process_part
def get_edit_drafts() -> FormDrafts:
    """Articles that were handed in and are being changed; the form is called as the article's row."""
    from core.services.form_drafts import FormDrafts

    return FormDrafts(get_settings().data_dir / "unfinished_changes")


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
