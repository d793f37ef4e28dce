"""One article on the site belongs to one task: who else owns this one is named, not overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from core.errors import Conflict
from core.store.models import PublishTask


@contextmanager
def claiming_remote_id(connection: Connection, task_id: int, platform: str, remote_id: str | None) -> Iterator[None]:
    """Around the move that gives a task its `remote_id`. Raises Conflict naming the task that owns it."""
    try:
        yield
    except IntegrityError as error:
        owner = _owner(connection, task_id, platform, remote_id)
        if owner is None:
            raise
        raise Conflict(
            f"{platform} article {remote_id}",
            f"belongs to article {owner} already.",
            "Look on the site which of the two it is.",
        ) from error


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
