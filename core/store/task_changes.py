"""What the owner of a task does with it: cancel, move in time, edit, try again, answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, select

from core.errors import Fault, InvalidInput
from core.lane import LaneEntry
from core.store import article_edits, owner_moves
from core.store.article_edits import ArticleEdit
from core.store.clicks import open_click_of
from core.store.due import MAY_GO
from core.store.giving_up import leaves_doubt
from core.store.models import PublishTask
from core.store.owner_moves import WITHOUT_ANSWER, entry_if_due, go
from core.store.records import AccountView, CancelResult, NewPicture, ReviewAnswer, StoredArticle
from core.store.refusals import Asked, refused
from core.store.remote_ids import claiming_remote_id, require_nobody_else_s_draft
from core.store.task_moves import LANE_COLUMNS, lane_entry, lock_task, move_many
from core.store.task_part import TaskPart
from core.task_state import Action, BlockReason, Checkpoint, Mode, TaskStatus

T = TypeVar("T")

RESUMED_AT_ONCE = 100
"""So many tasks go on in one transaction."""


def _nothing_more(connection: Connection, done: object) -> None:
    """What is done beside a change that nobody puts on record."""


class TaskChanges(TaskPart):
    """The owner's moves. Each raises NotFound, and NotPossible when the task's state does not allow it (TooLate:
    no longer allows it). `by` names the actor in the timeline; whether that actor may is for `core.services`.
    `also` is done in the same transaction, with what came of the move: both happen or neither."""

    def change(
        self,
        task_id: int,
        work: Callable[[Connection, Row[Any]], T],
        *,
        also: Callable[[Connection, T], object] = _nothing_more,
    ) -> T:
        """Do `work`, one or several of `core.store.owner_moves`, to the locked row: all of it or nothing."""

        def whole(connection: Connection) -> T:
            done = work(connection, lock_task(connection, task_id))
            also(connection, done)
            return done

        return self._db.run_write(whole)

    def cancel(
        self,
        task_id: int,
        *,
        by: str | None = None,
        also: Callable[[Connection, CancelResult], object] = _nothing_more,
    ) -> CancelResult:
        """At once unless it is running; then its worker is told. TooLate once it is being submitted."""
        return self.change(task_id, lambda connection, row: owner_moves.cancel(connection, row, by), also=also)

    def reschedule(
        self,
        task_id: int,
        run_at: datetime | None,
        *,
        by: str | None = None,
        also: Callable[[Connection, None], object] = _nothing_more,
    ) -> None:
        """Not before `run_at`; None: as soon as it is its turn."""
        self.change(task_id, lambda connection, row: owner_moves.reschedule(connection, row, run_at, by), also=also)

    def reprioritise(
        self,
        task_id: int,
        priority: int,
        *,
        by: str | None = None,
        also: Callable[[Connection, None], object] = _nothing_more,
    ) -> None:
        """0–9, higher first among its account's articles."""
        self.change(task_id, lambda connection, row: owner_moves.reprioritise(connection, row, priority, by), also=also)

    def edit(
        self,
        task_id: int,
        article: StoredArticle,
        *,
        cover: NewPicture | None = None,
        mode: Mode | None = None,
        based_on: int | None = None,
        by: str | None = None,
        also: Callable[[Connection, None], object] = _nothing_more,
    ) -> None:
        """The article in a new version, see `core.store.article_edits`."""
        wanted = ArticleEdit(article, cover, mode, based_on)
        self.change(task_id, lambda connection, row: article_edits.edit(connection, row, wanted, by), also=also)

    def change_account(
        self,
        task_id: int,
        account: AccountView,
        *,
        by: str | None = None,
        also: Callable[[Connection, None], object] = _nothing_more,
    ) -> None:
        """To another account of its user on its platform."""
        self.change(
            task_id, lambda connection, row: owner_moves.change_account(connection, row, account, by), also=also
        )

    def retry_by_hand(
        self,
        task_id: int,
        *,
        by: str | None = None,
        also: Callable[[Connection, LaneEntry | None], object] = _nothing_more,
    ) -> LaneEntry | None:
        """A failed or cancelled task, or one blocked for its account, goes back to the line with row, draft and
        checkpoint: if it was submitted, it is verified first. Its place in line; None: it is due later."""

        def work(connection: Connection, row: Row[Any]) -> LaneEntry | None:
            owner_moves.retry(connection, row, by)
            return entry_if_due(connection, row)

        return self.change(task_id, work, also=also)

    def resume_account(self, account_id: int, *, by: str | None = None) -> list[LaneEntry]:
        """The account is in order again: its tasks that waited for that go on. Their places in line.

        A hundred in a transaction: thousands may wait for one sign-in, and no worker may miss the renewal of a
        lease meanwhile. When one fails, those before it go on and the rest still waits.
        """
        entries: list[LaneEntry] = []
        after_id: int | None = 0
        while after_id is not None:
            found, after_id = self._db.run_write(partial(_resume_some, account_id, after_id, by))
            entries += found
        return entries

    def answer_review(
        self,
        task_id: int,
        answer: ReviewAnswer,
        link: str | None = None,
        *,
        remote_id: str | None = None,
        by: str | None = None,
        also: Callable[[Connection, LaneEntry | None], object] = _nothing_more,
    ) -> LaneEntry | None:
        """A person looked at a task that may be online. ONLINE needs its `link`, and its `remote_id` if the link
        tells. Its place in line if it goes on. Raises NotPossible if it waits for no answer, Conflict if another
        task owns `remote_id` or has it as the draft it works at."""

        def work(connection: Connection, row: Row[Any]) -> LaneEntry | None:
            if row.block_reason != BlockReason.NEEDS_REVIEW:
                raise refused(row, Asked.ANSWER)
            facts: dict[str, Any] = {"by": by, "answer": answer, "link": link}
            if answer is ReviewAnswer.GIVE_UP:
                # Somebody may have said "publish again" since it was submitted: that proved nothing.
                submitted_at = row.submitted_at or open_click_of(connection, row.id)
                is_in_doubt = leaves_doubt(row) or submitted_at is not None
                go(connection, row, Action.GIVE_UP, {**facts, "may_be_online": is_in_doubt}, submitted_at=submitted_at)
                return None
            if answer is ReviewAnswer.ONLINE:
                if not link:
                    raise InvalidInput([Fault("link", "is missing.", "Give the article's address on the site.")])
                online = {"result_url": link, "remote_id": remote_id, "site_state": "public"}
                # The site is not asked: only a link to the task's own draft proves itself.
                facts["is_own_draft"] = remote_id is not None and remote_id == row.remote_draft_id
                require_nobody_else_s_draft(connection, row.id, row.platform, remote_id)
                with claiming_remote_id(connection, row.id, row.platform, remote_id):
                    go(
                        connection,
                        row,
                        Action.CONFIRM_ONLINE,
                        facts,
                        checkpoint=Checkpoint.PUBLISHED,
                        verify_since=None,
                        **online,
                    )
                return None
            go(connection, row, Action.RESUME, facts, **after_answer(row, answer))
            return entry_if_due(connection, row)

        return self.change(task_id, work, also=also)


def _resume_some(
    account_id: int, after_id: int, by: str | None, connection: Connection
) -> tuple[list[LaneEntry], int | None]:
    """The next of an account's tasks that wait for its sign-in, and after which id to go on, if at all."""
    waiting = (
        select(PublishTask.id)
        .where(
            PublishTask.account_id == account_id,
            PublishTask.status == TaskStatus.BLOCKED,
            PublishTask.block_reason.in_(WITHOUT_ANSWER),
            PublishTask.id > after_id,
        )
        .order_by(PublishTask.id)
        .limit(RESUMED_AT_ONCE)
        .with_for_update()
    )
    ids = connection.scalars(waiting).all()
    if not ids:
        return [], None
    move_many(connection, Action.RESUME, ids, detail={"by": by})
    entries = select(*LANE_COLUMNS).where(PublishTask.id.in_(ids), *MAY_GO).order_by(PublishTask.id)
    return [lane_entry(row) for row in connection.execute(entries)], ids[-1]


def after_answer(row: Row[Any], answer: ReviewAnswer) -> dict[str, Any]:
    """The columns that a person's answer changes. Its retries begin anew: somebody looks after it now."""
    values: dict[str, Any] = {"retries_used": 0, "crash_count": 0}
    if answer is ReviewAnswer.PUBLISH_AGAIN:
        values["verify_since"] = None
    if answer is ReviewAnswer.PUBLISH_AGAIN and row.checkpoint == Checkpoint.SUBMITTING:
        checkpoint = Checkpoint.DRAFTED if row.remote_draft_id else Checkpoint.NONE
        values |= {"checkpoint": checkpoint, "submitted_at": None}
    return values
