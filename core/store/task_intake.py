"""Takes accepted articles into the database: all of them or none, and none twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, Row, func, insert, select

from core.errors import CommitInDoubt, NotFound, QueueFull, ReferenceTaken, ServiceUnavailable
from core.store.clock import now_sql
from core.store.database import Database
from core.store.incoming_task import IncomingTask, new_public_id
from core.store.models import Article, Batch, PublishTask, User
from core.store.pictures import keep_pictures
from core.store.records import Accepted, Actor, NewBatch, NewTask
from core.store.task_events import EventKind, add_events
from core.task_state import Checkpoint, TaskStatus

T = TypeVar("T")

CHUNK = 1000
"""Names in one IN list."""

LOOK_AFTER_SECONDS = (0, 0.5, 2)
"""After a COMMIT without an answer: when it is looked whether it was done."""

Also: TypeAlias = "Callable[[Connection, Sequence[Accepted]], object]"
"""Something that is to be in the database if and only if the tasks are."""


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
        also: Also = lambda connection, accepted: None,
    ) -> list[Accepted]:
        """Store these tasks in one transaction; what was handed in before (same user and client_ref, or the
        same row of the same file) is found again. In the order of `tasks`. `also` writes in the same transaction.

        Raises ReferenceTaken if the same name comes with other content, QueueFull beyond `max_waiting` waiting tasks
        of a user, NotFound for an unknown user, ServiceUnavailable. Then nothing is stored: when the reply to
        COMMIT is lost, the tasks are looked for. Raises CommitInDoubt only when that cannot be done either.
        """
        accepted: list[Accepted] = []

        def work(connection: Connection) -> None:
            _lock_users(connection, {task.user_id for task in tasks})
            batch_id = None if batch is None else _find_batch(connection, batch)
            named_by = 0 if batch is not None and batch_id is None else batch_id
            incoming = [IncomingTask.of(task, place, named_by) for place, task in enumerate(tasks, start=1)]
            known = _known(connection, incoming, batch_id)
            fresh = _fresh(incoming, known)
            if max_waiting is not None:
                _refuse_overflow(connection, fresh, max_waiting)
            if batch is not None and batch_id is None and fresh:
                # Only now: a file whose articles all came in other ways leaves no empty batch behind.
                batch_id = _make_batch(connection, batch)
            stored = _store(connection, fresh, batch_id, actor)
            accepted[:] = [
                Accepted(found.task_id, found.public_id, found.public_id == one.public_id, found.batch_id)
                for one in incoming
                for found in [known.get(one.name) or stored[one.name]]
            ]
            also(connection, accepted)

        try:
            self._db.run_write(work)
        except CommitInDoubt as doubt:
            if not self._is_stored(accepted, {task.user_id for task in tasks}, doubt):
                raise ServiceUnavailable(doubt.service, doubt.reason, doubt.remedy) from doubt
        return accepted

    def _is_stored(self, accepted: Sequence[Accepted], user_ids: set[int], doubt: CommitInDoubt) -> bool:
        """Whether the COMMIT that got no answer was done: by names that nothing else can have."""
        fresh = [one.public_id for one in accepted if one.is_new]

        def look(connection: Connection) -> bool:
            # Locked: a COMMIT that is still on its way to the server is waited for.
            _lock_users(connection, user_ids)
            return not fresh or bool(_ids(connection, PublishTask.id, PublishTask.public_id, fresh[:1]))

        for seconds in LOOK_AFTER_SECONDS:
            time.sleep(seconds)
            try:
                return self._db.run_write(look)
            except ServiceUnavailable as error:
                last = error
        remedy = "What you handed in may have been accepted: look for it before you hand it in again."
        raise CommitInDoubt(doubt.service, doubt.reason, remedy) from last


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


def _refuse_overflow(connection: Connection, fresh: Sequence[IncomingTask], limit: int) -> None:
    for user_id in sorted({one.task.user_id for one in fresh}):
        handed_in = sum(one.task.user_id == user_id for one in fresh)
        waiting = _waiting(connection, user_id)
        if waiting + handed_in > limit:
            raise QueueFull(waiting, handed_in, limit)


def _find_batch(connection: Connection, batch: NewBatch) -> int | None:
    """The same file is the same batch."""
    if batch.file_sha256 is None:
        return None
    same_file = select(Batch.id).where(Batch.user_id == batch.user_id, Batch.file_sha256 == batch.file_sha256)
    found: int | None = connection.scalar(same_file)
    return found


def _make_batch(connection: Connection, batch: NewBatch) -> int:
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
    connection: Connection, incoming: Sequence[IncomingTask], batch_id: int | None
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


def _fresh(incoming: Sequence[IncomingTask], known: dict[tuple[Any, ...], _Stored]) -> list[IncomingTask]:
    """Those to be stored, each name once. Raises ReferenceTaken if one name stands for two contents."""
    fresh: dict[tuple[Any, ...], IncomingTask] = {}
    for one in incoming:
        earlier = known.get(one.name) or fresh.setdefault(one.name, one)
        if earlier.request_sha256 != one.request_sha256:
            thing = f"Reference {one.client_ref}" if one.client_ref else f"Row {one.row} of this file"
            raise ReferenceTaken(thing, earlier.public_id)
    return list(fresh.values())


def _store(
    connection: Connection, fresh: Sequence[IncomingTask], batch_id: int | None, actor: Actor
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


def _article(one: IncomingTask, now: datetime) -> dict[str, Any]:
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


def _task(one: IncomingTask, article_id: int, batch_id: int | None, now: datetime) -> dict[str, Any]:
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
