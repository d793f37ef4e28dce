"""One article on the site belongs to one task: who else owns this one is named, not overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from core.errors import Conflict
from core.store.models import PublishTask
from core.task_state import TaskStatus

UNFINISHED = tuple(status for status in TaskStatus if not status.is_final)


def require_nobody_else_s_draft(connection: Connection, task_id: int, platform: str, remote_id: str | None) -> None:
    """Before a person's word gives a task its `remote_id`: no other unfinished task may be writing that very article,
    or it could never be published under its own name. Raises Conflict naming the task whose draft it is."""
    wanted = (PublishTask.platform == platform, PublishTask.remote_draft_id == remote_id, PublishTask.id != task_id)
    owner = connection.scalar(select(PublishTask.public_id).where(PublishTask.status.in_(UNFINISHED), *wanted).limit(1))
    if remote_id is not None and owner is not None:
        raise _conflict(platform, remote_id, owner)


@contextmanager
def claiming_remote_id(connection: Connection, task_id: int, platform: str, remote_id: str | None) -> Iterator[None]:
    """Around the move that gives a task its `remote_id`. Raises Conflict naming the task that owns it."""
    try:
        yield
    except IntegrityError as error:
        owner = _owner(connection, task_id, platform, remote_id)
        if owner is None:
            raise
        raise _conflict(platform, remote_id, owner) from error


def _conflict(platform: str, remote_id: str | None, owner: str) -> Conflict:
    return Conflict(
        f"{platform} article {remote_id}",
        f"belongs to article {owner} already.",
        "Look on the site which of the two it is.",
    )


def _owner(connection: Connection, task_id: int, platform: str, remote_id: str | None) -> str | None:
    """Asked only once the unique key has refused: a look beforehand would miss one that is about to commit."""
    found: str | None = connection.scalar(
        select(PublishTask.public_id).where(
            PublishTask.platform == platform,
            PublishTask.remote_id == remote_id,
            PublishTask.id != task_id,
        )
    )
    return found
