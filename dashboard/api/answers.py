"""What comes out of the REST API; `shapes.py` has what goes in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from core.queue.rate_limiter import UserStats
from core.store.batch_queries import BatchView
from core.store.records import TaskEvent, TaskView


class ManyChanged(BaseModel):
    """`effects`: what the change does to how many. `refused`: why others, which were to change, did not."""

    effects: dict[str, int]
    changed: int
    refused: list[str]
    stopped: str | None = None
    """Why not all were reached; the same request may be sent again."""


class Task(BaseModel):
    """An article on its way."""

    id: str
    title: str
    user: str
    account: str
    platform: str
    mode: str
    status: str
    state: str
    """For people, in English; times in it are in UTC and say so."""
    progress: int
    priority: int
    ahead: int | None = None
    """How many go before it, where that is known."""
    scheduled_at: datetime | None
    client_ref: str | None
    attempts: int
    error: str | None
    url: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, task: TaskView, state: str, ahead: int | None = None) -> Task:
        """From what the services tell."""
        return cls(
            id=task.public_id,
            title=task.title,
            user=task.user_name,
            account=task.account_name,
            platform=task.platform,
            mode=task.mode,
            status=task.status,
            state=state,
            progress=task.progress,
            priority=task.priority,
            ahead=ahead,
            scheduled_at=task.run_at,
            client_ref=task.client_ref,
            attempts=task.attempt,
            error=task.error_message,
            url=task.result_url,
            created_at=task.created_at,
            started_at=task.started_at,
            finished_at=task.finished_at,
        )


class Event(BaseModel):
    """One line of an article's timeline. Which process of which host was lost is for administrators, in the logs."""

    at: datetime
    kind: str
    detail: dict[str, Any]

    @classmethod
    def of(cls, event: TaskEvent) -> Event:
        """From what the services tell."""
        shown = {name: fact for name, fact in event.detail.items() if name != "lost_worker"}
        return cls(at=event.at, kind=event.kind, detail=shown)


class TaskPage(BaseModel):
    """`next_cursor` leads to the next page; null: this is the last."""

    tasks: list[Task]
    next_cursor: str | None


class BatchAccepted(BaseModel):
    """What became of a batch. `tasks` are in the order of its rows. `in_line` false: Redis is away, they are put in
    line once it is back."""

    batch: int | None
    tasks: list[str]
    new: int
    in_line: bool
    ahead: int | None = None
    """How many go before its first article, where that is known."""


class Batch(BaseModel):
    """What was handed in together. `counts`: how many of its articles are in each state that is there; `done`: how many
    have come to an end."""

    id: int
    name: str
    user: str
    created_at: datetime
    total: int
    done: int
    counts: dict[str, int]

    @classmethod
    def of(cls, batch: BatchView) -> Batch:
        """From what the services tell."""
        return cls(
            id=batch.id,
            name=batch.name,
            user=batch.user_name,
            created_at=batch.created_at,
            total=batch.total,
            done=batch.done,
            counts={status.value: number for status, number in batch.counts.items()},
        )


class BatchPage(BaseModel):
    """`next_cursor` leads to the next page; null: this is the last."""

    batches: list[Batch]
    next_cursor: str | None


class Cancelled(BaseModel):
    """`cancelled`: at once. `requested`: its worker was told and stops within seconds."""

    result: str


class Limits(BaseModel):
    """How a user stands against the limits."""

    user: str
    running: int
    max_running: int
    starts: int
    max_starts: int
    waiting: int
    next_slot_seconds: float

    @classmethod
    def of(cls, user: str, stats: UserStats) -> Limits:
        """From what the limiter tells."""
        return cls(
            user=user,
            running=stats.running,
            max_running=stats.max_running,
            starts=stats.starts,
            max_starts=stats.max_starts,
            waiting=stats.waiting,
            next_slot_seconds=stats.next_slot_seconds,
        )


class Problem(BaseModel):
    """Every error of the API. `faults` names all that is wrong with what was sent."""

    detail: str
    faults: list[dict[str, str]] = Field(default_factory=list)
