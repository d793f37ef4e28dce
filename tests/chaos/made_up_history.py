"""Histories for the checker's own tests: a good one, written down step by step, to be spoilt in one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.store.task_events import EventKind
from core.task_state import Checkpoint, Mode, TaskStatus
from tests.chaos.history import Event, History, Leftovers, Limits, Post, TaskRow

START = datetime(2027, 1, 31, 9, 0, tzinfo=UTC)
START_MS = 1_800_000_000_000


class MadeUpHistory:
    """Add tasks and events in the order in which they happen; each event is a second after the last, unless told
    otherwise. `made` is the history so far."""

    def __init__(self, *, max_running: int = 2, max_starts: int = 3) -> None:
        self.tasks: dict[int, TaskRow] = {}
        self.events: list[Event] = []
        self.posts: list[Post] = []
        self.accepted: list[str] = []
        self.resets: dict[int, tuple[int, ...]] = {}
        self.leftovers = Leftovers()
        self._limits = Limits(max_running, max_starts)
        self._second = 0.0

    @property
    def made(self) -> History:
        return History(
            accepted=tuple(self.accepted),
            tasks=tuple(self.tasks.values()),
            events=tuple(self.events),
            posts=tuple(self.posts),
            limits=self._limits,
            resets=self.resets,
            leftovers=self.leftovers,
        )

    def hand_in(self, task_id: int, *, user_id: int = 1, mode: Mode = Mode.PUBLISH) -> None:
        """A new task of this user, accepted and waiting."""
        self.tasks[task_id] = TaskRow(
            id=task_id,
            public_id=f"public{task_id}",
            user_id=user_id,
            user_name=f"user-{user_id}",
            client_ref=f"ref-{task_id}",
            title=f"Article {task_id}",
            mode=mode,
            status=TaskStatus.WAITING,
            checkpoint=Checkpoint.NONE,
            fence=0,
            remote_id=None,
            first_claimed_ms=None,
        )
        self.accepted.append(f"ref-{task_id}")
        self.event(task_id, EventKind.HANDED_IN)

    def event(
        self, task_id: int, kind: EventKind, worker: str | None = None, *, at: float | None = None, **detail: Any
    ) -> None:
        """One line in a timeline. `at`: seconds since the beginning."""
        self._second = self._second + 1 if at is None else at
        moment = START + timedelta(seconds=self._second)
        self.events.append(Event(len(self.events) + 1, task_id, moment, kind, worker, detail))

    def row(self, task_id: int, **values: Any) -> None:
        """Change a row, without an event."""
        self.tasks[task_id] = replace(self.tasks[task_id], **values)

    def take(self, task_id: int, worker: str, *, start_ms: int | None = None, at: float | None = None) -> None:
        """A worker takes the task and begins."""
        task = self.tasks[task_id]
        self.event(task_id, EventKind.TAKEN, worker, at=at, fence=task.fence + 1)
        self.event(task_id, EventKind.STEP, worker, at=at, step="claimed")
        started = task.first_claimed_ms or start_ms or START_MS + int(self._second * 1000)
        self.row(task_id, status=TaskStatus.RUNNING, fence=task.fence + 1, first_claimed_ms=started)

    def submit(self, task_id: int, worker: str) -> None:
        """It comes to the click."""
        self.event(task_id, EventKind.DRAFTED, worker)
        self.event(task_id, EventKind.SUBMITTING, worker)
        self.row(task_id, checkpoint=Checkpoint.SUBMITTING)

    def post(self, task_id: int, *, post_id: str | None = None, post_count: int = 1) -> None:
        """The site has it."""
        task = self.tasks[task_id]
        self.posts.append(Post(post_id or f"p{task_id}", task.user_name, task.title, post_count))

    def finish(self, task_id: int, worker: str, *, at: float | None = None) -> None:
        """It is recorded as published."""
        self.event(task_id, EventKind.PUBLISHED, worker, at=at, remote_id=f"p{task_id}")
        published = {"status": TaskStatus.PUBLISHED, "checkpoint": Checkpoint.PUBLISHED, "remote_id": f"p{task_id}"}
        self.row(task_id, **published)

    def publish(self, task_id: int, worker: str = "w1") -> None:
        """From the take to the end, with its post."""
        self.take(task_id, worker)
        self.submit(task_id, worker)
        self.post(task_id)
        self.finish(task_id, worker)

    def leave(self, task_id: int, kind: EventKind, status: TaskStatus, worker: str | None, **detail: Any) -> None:
        """The attempt ends otherwise."""
        self.event(task_id, kind, worker, **detail)
        rescued = 1 if kind is EventKind.RESCUED else 0
        self.row(task_id, status=status, fence=self.tasks[task_id].fence + rescued)
