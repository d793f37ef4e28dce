"""Finds articles that a user handed in before, so that nothing is posted twice by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import or_, select

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


class EarlierArticles:
    """Looks in all tasks but those that failed or were cancelled: their articles may well come again."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, user_id: int, hashes: Iterable[str], *, outside_file: str | None = None) -> list[EarlierArticle]:
        """The tasks of this user with one of these articles (`content_hash.article_sha256`), the oldest first;
        those that came with the file of this sha256 are left out."""
        came_with_it = select(Batch.id).where(Batch.user_id == user_id, Batch.file_sha256 == outside_file)
        found: list[EarlierArticle] = []
        with self._db.read() as connection:
            for chunk in _chunks(sorted(hashes)):
                wanted = (
                    select(Article.article_sha256, PublishTask.account_id, PublishTask.mode, PublishTask.public_id)
                    .join(PublishTask, PublishTask.article_id == Article.id)
                    .where(
                        Article.user_id == user_id,
                        Article.article_sha256.in_(chunk),
                        PublishTask.status.not_in([TaskStatus.FAILED, TaskStatus.CANCELLED]),
                        or_(PublishTask.batch_id.is_(None), PublishTask.batch_id.not_in(came_with_it)),
                    )
                    .order_by(PublishTask.id)
                )
                rows = connection.execute(wanted)
                found.extend(
                    EarlierArticle(row.article_sha256, row.account_id, Mode(row.mode), row.public_id) for row in rows
                )
        return found


def _chunks(names: list[str]) -> Iterator[list[str]]:
    return (names[start : start + CHUNK] for start in range(0, len(names), CHUNK))
