"""Reads the history of a soak, or of a test, from the database, the site, Redis, the process list and the disk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import cast

import psutil
from sqlalchemy import Connection, select

from core.store.models import Article, AuditEntry, PublishTask, TaskEventRow, User, UserLimit
from core.task_state import Checkpoint, Mode, TaskStatus
from tests.chaos.history import Event, History, Leftovers, Limits, Post, TaskRow
from tests.chaos.soak_lab import LIMITS, SoakLab
from tests.practice_site.client import PracticeClient
from tests.servers.worker_lab import WorkerLab


def read_history(lab: SoakLab, accepted: Sequence[str]) -> History:
    """Everything, after all is stopped."""
    limits = Limits(LIMITS.max_running_per_user, LIMITS.max_starts_per_minute)
    leftovers = Leftovers(tuple(running_entries(lab)), tuple(_processes(lab)), tuple(_folders(lab)))
    return replace(history_of(lab.lab, limits), accepted=tuple(accepted), leftovers=leftovers)


def history_of(lab: WorkerLab, limits: Limits) -> History:
    """What has become of all articles of a lab, without what a soak adds."""
    with lab.db.read() as connection:
        return History(
            accepted=(),
            tasks=tuple(_tasks(connection)),
            events=tuple(_events(connection)),
            posts=tuple(_posts(lab.site)),
            limits=limits,
            resets=_resets(connection),
        )


def _tasks(connection: Connection) -> list[TaskRow]:
    statement = (
        select(PublishTask.__table__, User.name.label("user_name"), Article.title)
        .join(User, User.id == PublishTask.user_id)
        .join(Article, Article.id == PublishTask.article_id)
        .order_by(PublishTask.id)
    )
    return [
        TaskRow(
            id=row.id,
            public_id=row.public_id,
            user_id=row.user_id,
            user_name=row.user_name,
            client_ref=row.client_ref,
            title=row.title,
            mode=Mode(row.mode),
            status=TaskStatus(row.status),
            checkpoint=Checkpoint(row.checkpoint),
            fence=row.fence,
            remote_id=row.remote_id,
            first_claimed_ms=row.first_claimed_ms,
        )
        for row in connection.execute(statement)
    ]


def _events(connection: Connection) -> list[Event]:
    rows = connection.execute(select(TaskEventRow.__table__).order_by(TaskEventRow.id))
    return [Event(row.id, row.task_id, row.at, row.kind, row.worker_id, row.detail) for row in rows]


def _posts(site: PracticeClient) -> list[Post]:
    return [Post(post["id"], post["account"], post["title"], post["post_count"]) for post in site.posts()]


def _resets(connection: Connection) -> dict[int, tuple[int, ...]]:
    """From the audit log, and the last one from the user's row: a reset that broke off half-way is only there."""
    found: dict[int, set[int]] = defaultdict(set)
    for row in connection.execute(select(UserLimit.__table__).where(UserLimit.starts_reset_ms > 0)):
        found[row.user_id].add(row.starts_reset_ms)
    ids = {row.name: row.id for row in connection.execute(select(User.__table__))}
    resets = select(AuditEntry.__table__).where(AuditEntry.action == "limits.reset")
    for row in connection.execute(resets):
        if "reset_ms" in row.detail:
            found[ids[row.target]].add(row.detail["reset_ms"])
    return {user_id: tuple(sorted(moments)) for user_id, moments in found.items()}


def running_entries(lab: SoakLab) -> list[str]:
    """What counts as running in Redis."""
    redis = lab.lab.redis
    entries = cast("dict[str, str]", redis.hgetall(f"{lab.prefix}queue:running"))
    found = [f"queue:running {task} {text}" for task, text in entries.items()]
    for name in redis.scan_iter(match=f"{lab.prefix}limit:*:running"):
        found += [f"{name} {task}" for task in cast("list[str]", redis.zrange(name, 0, -1))]
    return found


def _processes(lab: SoakLab) -> list[str]:
    found = []
    for process in lab.processes():
        with suppress(psutil.Error):
            found.append(f"{process.pid} {' '.join(process.cmdline())[:160]}")
    return found


def _folders(lab: SoakLab) -> list[str]:
    run = lab.lab.data_dir / "run"
    return [str(entry.relative_to(run)) for entry in run.glob("*") if entry.is_dir()]
