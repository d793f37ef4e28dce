"""Changes one article that is on its way: text, account, time, place in line, and another try. All of what is asked
in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from core.errors import Fault, InvalidInput
from core.services.access import Access
from core.services.article_intake import future_faults
from core.services.line import Line
from core.services.owner_accounts import OwnerAccounts
from core.services.pictures import picture_of
from core.services.submission import ArticleChanges, Submission, TaskUpdate
from core.services.submission_check import faults_of_edit, priority_faults
from core.store import article_edits, owner_moves
from core.store.accounts import AccountStore
from core.store.article_edits import ArticleEdit
from core.store.records import AccountView, Actor, StoredArticle, TaskView
from core.store.task_moves import lock_task
from core.store.task_queries import TaskQueries
from core.store.task_store import TaskStore
from core.store.users import UserStore
from core.task_state import Mode, TaskStatus

RowWork: TypeAlias = "Callable[[Connection, Row[Any]], object]"
GOES_BY_ITSELF = (TaskStatus.WAITING, TaskStatus.RETRYING)


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of a change, and how it stands on record."""

    work: RowWork
    action: str
    facts: dict[str, object]


class TaskEditor:
    """Whose article it is was looked at before."""

    def __init__(
        self,
        *,
        store: TaskStore,
        queries: TaskQueries,
        accounts: AccountStore,
        users: UserStore,
        line: Line,
        access: Access,
        zone: ZoneInfo,
    ) -> None:
        self._store = store
        self._queries = queries
        self._accounts = accounts
        self._users = users
        self._line = line
        self._access = access
        self._zone = zone

    def change(self, view: TaskView, wanted: TaskUpdate, *, actor: Actor) -> TaskView:
        """The article as it is then. Raises InvalidInput naming everything that is wrong; NotPossible (TooLate) when
        its state does not allow it, Conflict when somebody else has changed it meanwhile."""
        faults: list[Fault] = []
        edit = None if wanted.article is None else self._edit(view, wanted.article, faults)
        account = None if wanted.account is None else self._account(view, wanted.account, faults)
        if wanted.time is not None:
            faults += future_faults(wanted.time.run_at, self._zone, datetime.now(UTC))
        if wanted.priority is not None:
            faults += priority_faults(wanted.priority)
        if faults:
            raise InvalidInput(faults)
        parts = _parts(wanted, edit, account, actor.name)
        if not parts:
            return view

        def work(connection: Connection, row: Row[Any]) -> None:
            for part in parts:
                part.work(connection, row)
                # Each sees the row as the one before has left it.
                row = lock_task(connection, row.id)

        def note(connection: Connection, done: None) -> None:
            for part in parts:
                self._access.record_in(connection, actor, part.action, "article", view.public_id, **part.facts)

        self._store.change(view.id, work, also=note)
        if account is not None or wanted.time is not None or wanted.priority is not None or wanted.resend:
            self._line.place_again(view)
        return self._queries.get(view.id)

    def _edit(self, view: TaskView, changes: ArticleChanges, faults: list[Fault]) -> ArticleEdit | None:
        """None: it says already what is wanted."""
        stored = self._queries.article(view.id)
        mode = changes.mode or view.mode
        changed = _merged(stored, changes)
        faults += faults_of_edit(changed, changes.cover, view, mode)
        if faults or (changed == stored and changes.cover is None and mode == view.mode):
            return None
        cover = None if changes.cover is None else picture_of(changes.cover)
        based_on = stored.version if changes.based_on is None else changes.based_on
        return ArticleEdit(changed, cover, Mode(mode), based_on)

    def _account(self, view: TaskView, name: str, faults: list[Fault]) -> AccountView | None:
        """None: it is on that account already."""
        its = OwnerAccounts(self._accounts.list(view.user_id), self._users.get(view.user_id))
        found = its.find(Submission(account=name, title="", content="", platform=view.platform))
        if isinstance(found, Fault):
            faults.append(found)
            return None
        return None if found.id == view.account_id else found


def _merged(stored: StoredArticle, changes: ArticleChanges) -> StoredArticle:
    return StoredArticle(
        title=(stored.title if changes.title is None else changes.title).strip(),
        content=stored.content if changes.content is None else changes.content,
        content_format=changes.content_format or stored.content_format,
        column=stored.column if changes.column is None else changes.column.strip() or None,
        topics=stored.topics if changes.topics is None else changes.topics,
        cover_sha256=None if changes.without_cover else stored.cover_sha256,
    )


def _parts(wanted: TaskUpdate, edit: ArticleEdit | None, account: AccountView | None, by: str) -> list[_Part]:
    """In this order: another try comes last, of what it is then."""
    parts = []
    if edit is not None:
        parts.append(_Part(lambda connection, row: article_edits.edit(connection, row, edit, by), "article.edit", {}))
    if account is not None:

        def move(connection: Connection, row: Row[Any]) -> None:
            owner_moves.change_account(connection, row, account, by)

        parts.append(_Part(move, "article.change_account", {"account": account.name}))
    if wanted.time is not None:
        run_at = wanted.time.run_at

        def reschedule(connection: Connection, row: Row[Any]) -> None:
            owner_moves.reschedule(connection, row, run_at, by)

        parts.append(_Part(reschedule, "article.reschedule", {"run_at": run_at and run_at.isoformat()}))
    if wanted.priority is not None:
        priority = wanted.priority

        def reprioritise(connection: Connection, row: Row[Any]) -> None:
            owner_moves.reprioritise(connection, row, priority, by)

        parts.append(_Part(reprioritise, "article.reprioritise", {"priority": priority}))
    if wanted.resend:
        parts.append(_Part(lambda connection, row: _send_again(connection, row, by), "article.retry", {}))
    return parts


def _send_again(connection: Connection, row: Row[Any], by: str) -> None:
    """What goes by itself needs no other try."""
    if row.status not in GOES_BY_ITSELF:
        owner_moves.retry(connection, row, by)
