"""What is held back, by whom and until when. Kept here; the queue makes all but the batches' take effect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, insert, or_, select

from core.lane import Pause, PauseScope
from core.store.clock import later_sql, now_sql
from core.store.database import Database
from core.store.models import Account, Batch, PauseRow, User
from core.store.records import Actor, TaskView

GENERAL = (PauseScope.EVERYTHING, PauseScope.PLATFORM)
"""What these hold back is nobody's alone."""


@dataclass(frozen=True, slots=True)
class PauseView:
    """One reason to hold something back. `until` None: until somebody lifts it."""

    scope: PauseScope
    key: str
    by: str
    reason: str | None
    since: datetime
    until: datetime | None

    @property
    def is_of_site(self) -> bool:
        """TOP_N itself holds back an account because the site asked for it; it ends by itself."""
        return self.scope is PauseScope.ACCOUNT and self.by == Actor.system().name

    def holds(self, task: TaskView) -> bool:
        """Whether it keeps this task from being taken."""
        keys = {
            PauseScope.EVERYTHING: "",
            PauseScope.PLATFORM: task.platform,
            PauseScope.USER: str(task.user_id),
            PauseScope.ACCOUNT: str(task.account_id),
            PauseScope.BATCH: str(task.batch_id),
        }
        return self.key == keys[self.scope]


class PauseStore:
    """Pauses. Several may hold back the same thing, one of each person and one of the site; the longest
    counts, so that a short pause of the site never ends the long one of an administrator."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(
        self, scope: PauseScope, key: str = "", *, by: str, reason: str | None = None, seconds: float | None = None
    ) -> Pause:
        """Hold something back for so many seconds (None: until lifted), in place of an earlier pause by the
        same. What now holds for it in all, for the queue."""

        def work(connection: Connection) -> Pause:
            columns = _columns(scope, key)
            connection.execute(delete(PauseRow).where(*_same(scope, key), PauseRow.by_name == by))
            connection.execute(delete(PauseRow).where(PauseRow.until <= now_sql()))
            until = None if seconds is None else later_sql(seconds)
            connection.execute(
                insert(PauseRow).values(**columns, by_name=by, reason=reason, since=now_sql(), until=until)
            )
            rows = connection.execute(select(PauseRow.__table__).where(*_same(scope, key))).all()
            return _longest(_view(row) for row in rows)

        return self._db.run_write(work)

    def lift(self, scope: PauseScope, key: str = "", *, by: str | None = None) -> int:
        """End all pauses of this, or that of one person; how many there were."""
        of_person = [] if by is None else [PauseRow.by_name == by]

        def work(connection: Connection) -> int:
            return connection.execute(delete(PauseRow).where(*_same(scope, key), *of_person)).rowcount

        return self._db.run_write(work)

    def general(self) -> Sequence[PauseView]:
        """Those in force that hold back everybody: everything, or all of a site. The oldest first."""
        return _views(self._db, _in_force().where(PauseRow.scope.in_(GENERAL)))

    def holding(self, scope: PauseScope, key: str = "") -> Pause | None:
        """What holds for this in all; None: nothing does."""
        views = [view for view in self.list() if (view.scope, view.key) == (scope, key)]
        return _longest(views) if views else None

    def effective(self) -> list[Pause]:
        """What holds for the queue: the longest pause of each thing; those of batches are left out."""
        by_thing: dict[tuple[PauseScope, str], list[PauseView]] = {}
        for view in self.list():
            if view.scope is not PauseScope.BATCH:
                by_thing.setdefault((view.scope, view.key), []).append(view)
        return [_longest(views) for views in by_thing.values()]

    def list(self, *, only_user: int | None = None) -> list[PauseView]:
        """All pauses in force, the oldest first; or those that hold back one user."""
        wanted = _in_force() if only_user is None else _in_force().where(_concerns(only_user))
        return _views(self._db, wanted)


def _columns(scope: PauseScope, key: str) -> dict[str, Any]:
    has_id = scope in (PauseScope.USER, PauseScope.ACCOUNT, PauseScope.BATCH)
    return {
        "scope": scope,
        "platform": key if scope is PauseScope.PLATFORM else None,
        "target_id": int(key) if has_id else None,
    }


def _same(scope: PauseScope, key: str) -> list[ColumnElement[bool]]:
    return [getattr(PauseRow, name) == value for name, value in _columns(scope, key).items()]


def _in_force() -> Select[Any]:
    return select(PauseRow.__table__).where(or_(PauseRow.until.is_(None), PauseRow.until > now_sql()))


def _concerns(user_id: int) -> ColumnElement[bool]:
    """What holds back everybody, this user, or its accounts and batches."""
    of_user = {
        PauseScope.USER: select(User.id).where(User.id == user_id),
        PauseScope.ACCOUNT: select(Account.id).where(Account.user_id == user_id),
        PauseScope.BATCH: select(Batch.id).where(Batch.user_id == user_id),
    }
    own = [and_(PauseRow.scope == scope, PauseRow.target_id.in_(ids)) for scope, ids in of_user.items()]
    return or_(PauseRow.scope.in_(GENERAL), *own)


def _views(db: Database, wanted: Select[Any]) -> list[PauseView]:
    with db.read() as connection:
        rows = connection.execute(wanted.order_by(PauseRow.id)).all()
    return [_view(row) for row in rows]


def _view(row: Row[Any]) -> PauseView:
    key = row.platform or ("" if row.target_id is None else str(row.target_id))
    return PauseView(PauseScope(row.scope), key, row.by_name, row.reason, row.since, row.until)


def _longest(views: Iterable[PauseView]) -> Pause:
    first, *others = views
    ends = [view.until for view in (first, *others)]
    known = [end for end in ends if end is not None]
    until_ms = int(max(known).timestamp() * 1000) if len(known) == len(ends) else None
    return Pause(first.scope, first.key, until_ms)
