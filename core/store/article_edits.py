"""A new text for an article that is not online: the next version of it, and what becomes of its draft on the site.
Pure of transactions, as `core.store.owner_moves`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from core.errors import Conflict
from core.store.clock import now_sql
from core.store.content_hash import article_sha256
from core.store.database import Database
from core.store.held_tasks import stored_article
from core.store.models import Article, PublishTask
from core.store.owner_moves import require_draft_never_submitted, require_never_online
from core.store.pictures import keep_pictures
from core.store.records import NewPicture, StoredArticle
from core.store.refusals import Asked
from core.store.task_events import EventKind, add_event
from core.store.task_moves import amend
from core.task_state import Checkpoint, Mode


@dataclass(frozen=True, slots=True)
class ArticleEdit:
    """`article` is the whole new text. `cover` is a new picture, otherwise `article.cover_sha256` names one that is
    there. `mode` None: as it was. `based_on`: the version that its writer saw; None: whatever there is."""

    article: StoredArticle
    cover: NewPicture | None = None
    mode: Mode | None = None
    based_on: int | None = None


def edit(connection: Connection, row: Row[Any], wanted: ArticleEdit, by: str | None) -> None:
    """The article in its next version; the earlier ones are kept. Raises NotPossible once it was submitted: what may
    be online must stay what it was. Conflict: somebody has edited it since `based_on`."""
    require_never_online(row, Asked.EDIT)
    old = stored_article(connection.execute(select(Article.__table__).where(Article.id == row.article_id)).one())
    if wanted.based_on not in (None, old.version):
        remedy = "Look at the new text, then change that."
        raise Conflict(f"Article {row.public_id}", "its text was changed by somebody else meanwhile.", remedy)
    if wanted.cover:
        keep_pictures(connection, [wanted.cover])
    sha256 = wanted.cover.sha256 if wanted.cover else wanted.article.cover_sha256
    mode = Mode(row.mode) if wanted.mode is None else wanted.mode
    article_id, version = _add_version(connection, row, wanted.article, sha256)
    changed = _changed(old, wanted.article, sha256) + (["mode"] if mode != row.mode else [])
    facts = {"by": by, "version": version, "title": wanted.article.title, "was_title": old.title, "changed": changed}
    # A draft on the site holds the old text: it is emptied and written again, from the beginning.
    values = {"article_id": article_id, "checkpoint": Checkpoint.NONE, "content_hash": None, "progress": 0}
    if row.remote_draft_id and _loses_settings(old, wanted.article, sha256):
        require_draft_never_submitted(connection, row, Asked.EDIT)
        values["remote_draft_id"] = None
    amend(connection, row, EventKind.EDITED, facts, mode=mode, **values)
    if "remote_draft_id" in values:
        left = f"draft {row.remote_draft_id} has topics, a column or a cover that the new text has not"
        add_event(connection, row.id, EventKind.ORPHAN_DRAFT, {"reason": left}, worker_id=None)


def _changed(old: StoredArticle, new: StoredArticle, cover_sha256: str | None) -> list[str]:
    pairs = {
        "title": (old.title, new.title),
        "content": (old.content, new.content),
        "format": (old.content_format, new.content_format),
        "column": (old.column, new.column),
        "topics": (old.topics, tuple(new.topics)),
        "cover": (old.cover_sha256, cover_sha256),
    }
    return [name for name, (before, after) in pairs.items() if before != after]


def _loses_settings(old: StoredArticle, new: StoredArticle, cover_sha256: str | None) -> bool:
    """Whether something was taken out that a draft may have already. A publisher only ever adds to a draft's
    settings, so this one could go online with what its owner has just taken out."""
    is_out_of_column = old.column is not None and new.column is None
    is_without_cover = old.cover_sha256 is not None and cover_sha256 is None
    return is_out_of_column or is_without_cover or bool(set(old.topics) - set(new.topics))


def _add_version(
    connection: Connection, row: Row[Any], article: StoredArticle, cover_sha256: str | None
) -> tuple[int, int]:
    """Its id and its version."""
    versions = select(func.max(Article.version)).where(Article.task_public_id == row.public_id)
    version = (connection.scalar(versions) or 0) + 1
    digest = article_sha256(
        article.title,
        article.content,
        article.content_format,
        article.column,
        article.topics,
        cover_sha256,
    )
    result = connection.execute(
        insert(Article).values(
            user_id=row.user_id,
            task_public_id=row.public_id,
            version=version,
            title=article.title,
            content=article.content,
            content_format=article.content_format,
            column_name=article.column,
            topics=list(article.topics),
            cover_sha256=cover_sha256,
            article_sha256=digest,
            created_at=now_sql(),
        )
    )
    return int(result.lastrowid), version


class ArticleVersions:
    """What an article said before it was edited."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, task_id: int) -> list[StoredArticle]:
        """All versions, the oldest first."""
        statement = (
            select(Article.__table__)
            .join(PublishTask, PublishTask.public_id == Article.task_public_id)
            .where(PublishTask.id == task_id)
            .order_by(Article.version)
        )
        with self._db.read() as connection:
            return [stored_article(row) for row in connection.execute(statement)]
