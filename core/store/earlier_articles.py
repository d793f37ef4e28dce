"""Finds articles that a user handed in before, so that nothing is posted twice by mistake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, or_, select

from core.store.database import Database
from core.store.models import Article, Batch, PublishTask
from core.task_state import Mode, TaskStatus

CHUNK = 1000
"""Names in one IN list."""


@dataclass(frozen=True, slots=True)
class EarlierArticle:
    """A task whose article is, in its newest version, the one that was looked for."""

    article_sha256: str
    account_id: int
    mode: Mode
    public_id: str


@dataclass(frozen=True, slots=True)
class EarlierReference:
    """A task whose owner gave it this reference. `request_sha256`: see `content_hash`."""

    client_ref: str
    request_sha256: str
    public_id: str


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """A task that came with a file."""

    request_sha256: str
    public_id: str


class EarlierArticles:
    """What one user handed in."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, user_id: int, hashes: Iterable[str], *, outside_file: str | None = None) -> list[EarlierArticle]:
        """The tasks of this user with one of these articles (`content_hash.article_sha256`), the oldest first.
        Not those that failed or were cancelled before they were submitted: their articles may well come again; nor
        those that came with the file of sha256 `outside_file`: the same file is the same batch."""
        with self._db.read() as connection:
            return self.find_in(connection, user_id, hashes, outside_file=outside_file)

    def find_in(
        self, connection: Connection, user_id: int, hashes: Iterable[str], *, outside_file: str | None = None
    ) -> list[EarlierArticle]:
        """The same within a transaction."""
        may_come_again = PublishTask.status.in_([TaskStatus.FAILED, TaskStatus.CANCELLED])
        wanted = (
            select(Article.article_sha256, PublishTask.account_id, PublishTask.mode, PublishTask.public_id)
            .join(PublishTask, PublishTask.article_id == Article.id)
            .where(
                Article.user_id == user_id,
                or_(~may_come_again, PublishTask.submitted_at.is_not(None)),
                _outside(user_id, outside_file),
            )
            .order_by(PublishTask.id)
        )
        return [
            EarlierArticle(row.article_sha256, row.account_id, Mode(row.mode), row.public_id)
            for row in _read(connection, wanted, Article.article_sha256, hashes)
        ]

    def references(self, user_id: int, names: Iterable[str]) -> dict[str, EarlierReference]:
        """The tasks of this user under these references."""
        wanted = select(PublishTask.client_ref, PublishTask.request_sha256, PublishTask.public_id).where(
            PublishTask.user_id == user_id
        )
        with self._db.read() as connection:
            rows = _read(connection, wanted, PublishTask.client_ref, names)
        return {row.client_ref: EarlierReference(row.client_ref, row.request_sha256, row.public_id) for row in rows}

    def of_file(self, user_id: int, file_sha256: str) -> dict[int, EarlierRow]:
        """What this user handed in with this very file, by row."""
        wanted = (
            select(PublishTask.batch_row, PublishTask.request_sha256, PublishTask.public_id)
            .join(Batch, Batch.id == PublishTask.batch_id)
            .where(Batch.user_id == user_id, Batch.file_sha256 == file_sha256)
        )
        with self._db.read() as connection:
            return {row.batch_row: EarlierRow(row.request_sha256, row.public_id) for row in connection.execute(wanted)}


def _read(
    connection: Connection, wanted: Select[*tuple[Any, ...]], column: Any, names: Iterable[str]
) -> list[Row[*tuple[Any, ...]]]:
    found: list[Row[*tuple[Any, ...]]] = []
    ordered = sorted(set(names))
    for start in range(0, len(ordered), CHUNK):
        found += connection.execute(wanted.where(column.in_(ordered[start : start + CHUNK])))
    return found


def _outside(user_id: int, file_sha256: str | None) -> ColumnElement[bool]:
    came_with_it = select(Batch.id).where(Batch.user_id == user_id, Batch.file_sha256 == file_sha256)
    return or_(PublishTask.batch_id.is_(None), PublishTask.batch_id.not_in(came_with_it))
