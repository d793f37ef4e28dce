"""What a run has left behind, as plain values: rows, timelines, posts, limits, leftovers.

`history_reader` loads it from the real services, `history_checker` judges it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.task_state import Checkpoint, Mode, TaskStatus


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A row of `publish_tasks`, as far as the checks need it. Every title stands for one task."""

    id: int
    public_id: str
    user_id: int
    user_name: str
    """Also the name of this user's account on the site."""
    client_ref: str | None
    title: str
    mode: Mode
    status: TaskStatus
    checkpoint: Checkpoint
    fence: int
    remote_id: str | None
    first_claimed_ms: int | None


@dataclass(frozen=True, slots=True)
class Event:
    """A row of `task_events`."""

    id: int
    task_id: int
    at: datetime
    kind: str
    worker_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Post:
    """An article on the site. `post_count`: how often it was really published."""

    id: str
    account: str
    title: str
    post_count: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What every user is held to."""

    max_running: int
    max_starts: int
    window_ms: int = 60_000


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What is still there after everything was stopped. Each is a line for people."""

    running_entries: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """All of it. `events` by rising id."""

    accepted: tuple[str, ...]
    """The references of all articles whose owners were told that they are accepted."""
    tasks: tuple[TaskRow, ...]
    events: tuple[Event, ...]
    posts: tuple[Post, ...]
    limits: Limits
    resets: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """User → moments (Redis' milliseconds) at which an administrator made the starts before not count."""
    leftovers: Leftovers = field(default_factory=Leftovers)

    def timelines(self) -> dict[int, list[Event]]:
        """Task → its events, in order."""
        found: dict[int, list[Event]] = {task.id: [] for task in self.tasks}
        for event in self.events:
            found.setdefault(event.task_id, []).append(event)
        return found
