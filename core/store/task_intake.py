"""Takes accepted articles into the database: all of them or none, and none twice."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, func, insert, select

from core.errors import Conflict, NotFound, QueueFull
from core.store.clock import now_sql
from core.store.content_hash import article_of, request_sha256
from core.store.database import Database
from core.store.models import Article, Batch, PublishTask, User
from core.store.pictures import keep_pictures
from core.store.records import Accepted, Actor, NewBatch, NewTask
from core.store.task_events import EventKind, add_events
from core.task_state import Checkpoint, TaskStatus

T = TypeVar("T")

CHUNK = 1000
"""Names in one IN list."""

ID_LENGTH = 12
"""Public ids: 60 random bits in letters and the digits 2–7."""


def new_public_id() -> str:
    """A name for people and addresses that says nothing about how many there are."""
    return base64.b32encode(secrets.token_bytes(8)).decode().lower()[:ID_LENGTH]


@dataclass(frozen=True, slots=True)
class _Incoming:
    """One task of a call. `name` is what makes it the same task when it is handed in again; a task without
    one is always new."""

    task: NewTask
    row: int
    public_id: str
    article_sha256: str
    request_sha256: str
    name: tuple[Any, ...]

    @classmethod
    def of(cls, task: NewTask, place: int, batch_id: int | None) -> _Incoming:
        public_id = new_public_id()
        row = task.batch_row or place
        name: tuple[Any, ...] = ("new", public_id)
        if client_ref := (task.client_ref or "").strip():
            name = ("client_ref", task.user_id, client_ref)
        elif batch_id is not None:
            name = ("row", batch_id, row)
        article = article_of(task)
        return cls(task, row, public_id, article, request_sha256(task, article), name)

    @property
    def client_ref(self) -> str | None:
        return self.name[2] if self.name[0] == "client_ref" else None


@dataclass(frozen=True, slots=True)
class _Stored:
    """A task that is in the database."""

    task_id: int
    public_id: str
    request_sha256: str
    batch_id: int | None


class TaskIntake:
    """The way of an article into the database. The next step is to push the ids into the line."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def insert(
        self,
        tasks: Sequence[NewTask],
        *,
        batch: NewBatch | None = None,
        actor: Actor,
        max_waiting: int | None = None,
    ) -> list[Accepted]:
        """Store these tasks in one transaction; what was handed in before (same user and client_ref, or the
        same row of the same file) is found again. In the order of `tasks`.

        Raises Conflict if the same name comes with other content, QueueFull beyond `max_waiting` waiting tasks
        of a user, NotFound for an unknown user. Then nothing is stored.
        """

        def work(connection: Connection) -> list[Accepted]:
            _lock_users(connection, {task.user_id for task in tasks})
            batch_id = None if batch is None else _find_or_make_batch(connection, batch)
            incoming = [_Incoming.of(task, place, batch_id) for place, task in enumerate(tasks, start=1)]
            known = _known(connection, incoming, batch_id)
            fresh = _fresh(incoming, known)
            if max_waiting is not None:
                _refuse_overflow(connection, fresh, max_waiting)
            stored = _store(connection, fresh, batch_id, actor)
            return [
                Accepted(found.task_id, found.public_id, found.public_id == one.public_id, found.batch_id)
                for one in incoming
                for found in [known.get(one.name) or stored[one.name]]
            ]

        return self._db.run_write(work)

    def waiting_count(self, user_id: int) -> int:
        """Tasks of this user that wait for their turn, their time or their next try."""
        with self._db.read() as connection:
            return _waiting(connection, user_id)


def _chunks(names: Sequence[T]) -> Iterator[Sequence[T]]:
    return (names[start : start + CHUNK] for start in range(0, len(names), CHUNK))


def _lock_users(connection: Connection, user_ids: set[int]) -> None:
    """One intake of a user at a time: whoever comes second sees what the first one stored."""
    locked = select(User.id).where(User.id.in_(sorted(user_ids))).order_by(User.id).with_for_update()
    missing = user_ids - set(connection.scalars(locked))
    if missing:
        raise NotFound("user", min(missing))


def _waiting(connection: Connection, user_id: int) -> int:
    waiting = select(func.count()).where(
        PublishTask.user_id == user_id,
        PublishTask.status.in_([TaskStatus.WAITING, TaskStatus.RETRYING]),
    )
    return connection.scalar(waiting) or 0


def _refuse_overflow(connection: Connection, fresh: Sequence[_Incoming], limit: int) -> None:
    for user_id in sorted({one.task.user_id for one in fresh}):
        handed_in = sum(one.task.user_id == user_id for one in fresh)
        waiting = _waiting(connection, user_id)
        if waiting + handed_in > limit:
            raise QueueFull(waiting, handed_in, limit)


def _find_or_make_batch(connection: Connection, batch: NewBatch) -> int:
    if batch.file_sha256 is not None:
        known: int | None = connection.scalar(
            select(Batch.id).where(Batch.user_id == batch.user_id, Batch.file_sha256 == batch.file_sha256)
        )
        if known is not None:
            return known
    result = connection.execute(
        insert(Batch).values(
            public_id=new_public_id(),
            user_id=batch.user_id,
            name=batch.name,
            file_sha256=batch.file_sha256,
            created_at=now_sql(),
        )
    )
    return int(result.lastrowid)


def _known(
    connection: Connection, incoming: Sequence[_Incoming], batch_id: int | None
) -> dict[tuple[Any, ...], _Stored]:
    """Those that were handed in before, by name."""
    known: dict[tuple[Any, ...], _Stored] = {}
    columns = select(
        PublishTask.id,
        PublishTask.public_id,
        PublishTask.request_sha256,
        PublishTask.batch_id,
        PublishTask.batch_row,
        PublishTask.user_id,
        PublishTask.client_ref,
    )
    if batch_id is not None:
        for row in connection.execute(columns.where(PublishTask.batch_id == batch_id)):
            known["row", batch_id, row.batch_row] = _stored(row)
    references = sorted({one.client_ref for one in incoming if one.client_ref})
    users = sorted({one.task.user_id for one in incoming})
    for chunk in _chunks(references):
        named = columns.where(PublishTask.user_id.in_(users), PublishTask.client_ref.in_(chunk))
        for row in connection.execute(named):
            known["client_ref", row.user_id, row.client_ref] = _stored(row)
    return known


def _stored(row: Row[*tuple[Any, ...]]) -> _Stored:
    return _Stored(row.id, row.public_id, row.request_sha256, row.batch_id)


def _fresh(incoming: Sequence[_Incoming], known: dict[tuple[Any, ...], _Stored]) -> list[_Incoming]:
    """Those to be stored, each name once. Raises Conflict if one name stands for two contents."""
    fresh: dict[tuple[Any, ...], _Incoming] = {}
    for one in incoming:
        earlier = known.get(one.name) or fresh.setdefault(one.name, one)
        if earlier.request_sha256 != one.request_sha256:
            thing = f"Reference {one.client_ref}" if one.client_ref else f"Row {one.row} of this file"
            raise Conflict(
                thing,
                f"was handed in before as article {earlier.public_id}, with other content.",
                "Edit that article, or use another reference for a new one.",
            )
    return list(fresh.values())


def _store(
    connection: Connection, fresh: Sequence[_Incoming], batch_id: int | None, actor: Actor
) -> dict[tuple[Any, ...], _Stored]:
    """Write them, a statement a table. The moment is bound as a value, since PyMySQL sends many rows at once
    only if each of them holds nothing but values."""
    if not fresh:
        return {}
    now = connection.scalars(select(now_sql())).one()
    keep_pictures(connection, [one.task.cover for one in fresh if one.task.cover])
    connection.execute(insert(Article), [_article(one, now) for one in fresh])
    names = [one.public_id for one in fresh]
    articles = _ids(connection, Article.id, Article.task_public_id, names)
    connection.execute(insert(PublishTask), [_task(one, articles[one.public_id], batch_id, now) for one in fresh])
    tasks = _ids(connection, PublishTask.id, PublishTask.public_id, names)
    facts = {"by": actor.name, "batch": batch_id}
    for chunk in _chunks(list(tasks.values())):
        add_events(connection, chunk, EventKind.HANDED_IN, facts)
    return {one.name: _Stored(tasks[one.public_id], one.public_id, one.request_sha256, batch_id) for one in fresh}


def _ids(connection: Connection, column: Any, name_column: Any, names: Sequence[str]) -> dict[str, int]:
    """Public id → row id."""
    found: dict[str, int] = {}
    for chunk in _chunks(names):
        for name, row_id in connection.execute(select(name_column, column).where(name_column.in_(chunk))):
            found[name] = row_id
    return found


def _article(one: _Incoming, now: datetime) -> dict[str, Any]:
    task = one.task
    return {
        "user_id": task.user_id,
        "task_public_id": one.public_id,
        "version": 1,
        "title": task.title,
        "content": task.content,
        "content_format": task.content_format,
        "column_name": task.column,
        "topics": list(task.topics),
        "cover_sha256": task.cover.sha256 if task.cover else None,
        "article_sha256": one.article_sha256,
        "created_at": now,
    }


def _task(one: _Incoming, article_id: int, batch_id: int | None, now: datetime) -> dict[str, Any]:
    task = one.task
    return {
        "public_id": one.public_id,
        "user_id": task.user_id,
        "account_id": task.account_id,
        "article_id": article_id,
        "batch_id": batch_id,
        "batch_row": None if batch_id is None else one.row,
        "platform": task.platform,
        "mode": task.mode,
        "status": TaskStatus.WAITING,
        "checkpoint": Checkpoint.NONE,
        "priority": task.priority,
        "run_at": task.run_at,
        "max_retries": task.max_retries,
        "client_ref": one.client_ref,
        "request_sha256": one.request_sha256,
        "created_at": now,
    }
