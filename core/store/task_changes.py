"""What the owner of a task does with it: cancel, move in time, edit, try again, answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from core.errors import Conflict, Fault, InvalidInput, TooLate
from core.lane import LaneEntry
from core.store.clock import now_sql
from core.store.content_hash import article_sha256
from core.store.due import IS_DUE
from core.store.models import Article, PublishTask
from core.store.pictures import keep_pictures
from core.store.records import CancelResult, NewPicture, ReviewAnswer, StoredArticle
from core.store.remote_ids import claiming_remote_id
from core.store.task_events import EventKind
from core.store.task_moves import amend, changed_meanwhile, lane_entry, lock_task, move
from core.store.task_part import TaskPart
from core.task_state import MOVES, Action, BlockReason, Checkpoint, TaskStatus

CHANGEABLE = frozenset({TaskStatus.WAITING, TaskStatus.RETRYING, TaskStatus.BLOCKED, TaskStatus.FAILED})
"""Tasks whose article, time and place in line their owner may still change."""

WITHOUT_ANSWER = (BlockReason.NEEDS_LOGIN, BlockReason.NEEDS_HUMAN)
"""Blocked tasks that simply go on once the account is in order; the others need an answer."""


class TaskChanges(TaskPart):
    """The owner's moves. Each raises NotFound, and TooLate once the task has gone too far. `by` names the
    actor in the timeline; whether that actor may is for `core.services` to decide."""

    def cancel(self, task_id: int, *, by: str | None = None) -> CancelResult:
        """At once unless it is running; then its worker is told. Raises TooLate once it is being submitted."""

        def work(connection: Connection) -> CancelResult:
            row = lock_task(connection, task_id)
            if row.checkpoint == Checkpoint.SUBMITTING and row.status != TaskStatus.BLOCKED:
                raise TooLate(row.public_id, "cancel", _stage(row))
            if row.status == TaskStatus.RUNNING:
                if not row.cancel_requested:
                    amend(connection, row, EventKind.CANCEL_REQUESTED, {"by": by}, cancel_requested=True)
                return CancelResult.REQUESTED
            if row.status not in MOVES[Action.CANCEL].sources:
                raise TooLate(row.public_id, "cancel", _stage(row))
            _go(connection, row, Action.CANCEL, {"by": by, "from": row.status})
            return CancelResult.CANCELLED

        return self._db.run_write(work)

    def reschedule(self, task_id: int, run_at: datetime | None, *, by: str | None = None) -> None:
        """Not before `run_at`; None: as soon as it is its turn."""

        def work(connection: Connection) -> None:
            row = _lock_changeable(connection, task_id, "reschedule")
            at: Any = now_sql() if run_at is None and row.status == TaskStatus.RETRYING else run_at
            facts = {"by": by, "run_at": run_at.isoformat() if run_at else None}
            amend(connection, row, EventKind.RESCHEDULED, facts, run_at=at)

        self._db.run_write(work)

    def reprioritise(self, task_id: int, priority: int, *, by: str | None = None) -> None:
        """0–9, higher first among its account's articles."""

        def work(connection: Connection) -> None:
            row = _lock_changeable(connection, task_id, "reprioritise")
            facts = {"by": by, "priority": priority, "was": row.priority}
            amend(connection, row, EventKind.REPRIORITISED, facts, priority=priority)

        self._db.run_write(work)

    def edit(
        self,
        task_id: int,
        article: StoredArticle,
        *,
        cover: NewPicture | None = None,
        by: str | None = None,
    ) -> None:
        """The article in a new version; the earlier ones are kept. `cover` is a new picture, otherwise
        `article.cover_sha256` names one that is there. Refused once the task was submitted: what may be online
        must stay what it was."""

        def work(connection: Connection) -> None:
            row = _lock_changeable(connection, task_id, "edit")
            if row.submitted_at is not None:
                raise TooLate(row.public_id, "edit", _stage(row))
            if cover:
                keep_pictures(connection, [cover])
            sha256 = cover.sha256 if cover else article.cover_sha256
            article_id, version = _add_version(connection, row, article, sha256)
            # A draft on the site holds the old text: it is emptied and written again.
            facts = {"by": by, "version": version, "title": article.title}
            values = {"article_id": article_id, "checkpoint": Checkpoint.NONE, "content_hash": None}
            amend(connection, row, EventKind.EDITED, facts, **values)

        self._db.run_write(work)

    def retry_by_hand(self, task_id: int, *, by: str | None = None) -> LaneEntry | None:
        """A failed or cancelled task, or one blocked for its account, goes back to the line with row, draft and
        checkpoint: if it was submitted, it is verified first. Its place in line; None: it is due later."""

        def work(connection: Connection) -> LaneEntry | None:
            row = lock_task(connection, task_id)
            if row.block_reason in WITHOUT_ANSWER:
                _go(connection, row, Action.RESUME, {"by": by})
            elif row.status in MOVES[Action.RETRY_BY_HAND].sources:
                fresh = {"retries_used": 0, "crash_count": 0, "error_class": None, "error_message": None}
                _go(connection, row, Action.RETRY_BY_HAND, {"by": by, "from": row.status}, **fresh)
            else:
                raise TooLate(row.public_id, "retry", _stage(row))
            return _entry_if_due(connection, row)

        return self._db.run_write(work)

    def resume_account(self, account_id: int, *, by: str | None = None) -> list[LaneEntry]:
        """The account is in order again: its tasks that waited for that go on. Their places in line."""

        def work(connection: Connection) -> list[LaneEntry]:
            ids = connection.scalars(
                select(PublishTask.id)
                .where(
                    PublishTask.account_id == account_id,
                    PublishTask.status == TaskStatus.BLOCKED,
                    PublishTask.block_reason.in_(WITHOUT_ANSWER),
                )
                .order_by(PublishTask.id)
            ).all()
            entries = []
            for task_id in ids:
                row = lock_task(connection, task_id)
                if row.block_reason in WITHOUT_ANSWER:
                    _go(connection, row, Action.RESUME, {"by": by})
                    entries.append(_entry_if_due(connection, row))
            return [entry for entry in entries if entry is not None]

        return self._db.run_write(work)

    def answer_review(
        self,
        task_id: int,
        answer: ReviewAnswer,
        link: str | None = None,
        *,
        remote_id: str | None = None,
        by: str | None = None,
    ) -> LaneEntry | None:
        """A person looked at a task that may be online. ONLINE needs its `link`, and its `remote_id` if the link
        tells. Its place in line if it goes on. Raises Conflict if it waits for no answer, or if another task
        owns `remote_id`."""

        def work(connection: Connection) -> LaneEntry | None:
            row = lock_task(connection, task_id)
            if row.block_reason != BlockReason.NEEDS_REVIEW:
                raise Conflict(
                    f"Article {row.public_id}", f"is {_stage(row)} and waits for no answer.", "Look at it again."
                )
            facts = {"by": by, "answer": answer, "link": link}
            if answer is ReviewAnswer.GIVE_UP:
                _go(connection, row, Action.GIVE_UP, facts)
                return None
            if answer is ReviewAnswer.ONLINE:
                if not link:
                    raise InvalidInput([Fault("link", "is missing.", "Give the article's address on the site.")])
                online = {"result_url": link, "remote_id": remote_id, "site_state": "public"}
                with claiming_remote_id(connection, row.id, row.platform, remote_id):
                    _go(
                        connection,
                        row,
                        Action.CONFIRM_ONLINE,
                        facts,
                        checkpoint=Checkpoint.PUBLISHED,
                        **online,
                    )
                return None
            _go(connection, row, Action.RESUME, facts, **_after_answer(row, answer))
            return _entry_if_due(connection, row)

        return self._db.run_write(work)


def _lock_changeable(connection: Connection, task_id: int, asked: str) -> Row[Any]:
    row = lock_task(connection, task_id)
    if row.status not in CHANGEABLE:
        raise TooLate(row.public_id, asked, _stage(row))
    return row


def _go(connection: Connection, row: Row[Any], action: Action, facts: dict[str, Any], **values: Any) -> None:
    if not move(connection, action, row.id, row.fence, detail=facts, **values):
        raise changed_meanwhile(row)


def _stage(row: Row[Any]) -> str:
    """Where the task is, for a sentence."""
    if row.checkpoint == Checkpoint.SUBMITTING and not TaskStatus(row.status).is_final:
        return "being submitted" if row.status == TaskStatus.RUNNING else "submitted"
    words: str = row.block_reason or row.status
    return words.replace("_", " ")


def _entry_if_due(connection: Connection, row: Row[Any]) -> LaneEntry | None:
    is_due = connection.scalar(select(PublishTask.id).where(PublishTask.id == row.id, IS_DUE))
    return None if is_due is None else lane_entry(row)


def _after_answer(row: Row[Any], answer: ReviewAnswer) -> dict[str, Any]:
    """The columns that a person's answer changes. Its retries begin anew: somebody looks after it now."""
    values: dict[str, Any] = {"retries_used": 0, "crash_count": 0}
    if answer is ReviewAnswer.PUBLISH_AGAIN and row.checkpoint == Checkpoint.SUBMITTING:
        checkpoint = Checkpoint.DRAFTED if row.remote_draft_id else Checkpoint.NONE
        values |= {"checkpoint": checkpoint, "submitted_at": None}
    return values


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
