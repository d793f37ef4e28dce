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
    _refuse_if_owned(connection, task_id, platform, remote_id)
    try:
        yield
    except IntegrityError:
        # The other one has committed since we looked; the unique key saw it.
        _refuse_if_owned(connection, task_id, platform, remote_id)
        raise


def _refuse_if_owned(connection: Connection, task_id: int, platform: str, remote_id: str | None) -> None:
    owner = connection.scalar(
        select(PublishTask.public_id).where(
            PublishTask.platform == platform,
            PublishTask.remote_id == remote_id,
            PublishTask.id != task_id,
        )
    )
    if owner is not None:
        raise Conflict(
            f"{platform} article {remote_id}",
            f"belongs to article {owner} already.",
            "Look on the site which of the two it is.",
        )
