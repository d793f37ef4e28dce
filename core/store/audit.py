"""The audit log: who did what to what, refusals too. It is only ever added to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from core.store.clock import now_sql
from core.store.database import Database
from core.store.models import AuditEntry
from core.store.records import Actor
from core.store.text_search import begins


@dataclass(frozen=True, slots=True)
class AuditView:
    """One line of the audit log."""

    id: int
    at: datetime
    actor_name: str
    actor_user_id: int | None
    action: str
    kind: str
    target: str | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which lines to read; what is None does not matter. `actor` and `action` are beginnings; `before_id`: the next
    page, after the last one's id."""

    actor: str | None = None
    action: str | None = None
    kind: str | None = None
    target: str | None = None
    is_denied: bool | None = None
    before_id: int | None = None


class AuditLog:
    """Writes and reads the audit log. Never put a secret into `detail`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(
        self, connection: Connection, actor: Actor, action: str, kind: str, target: object, detail: dict[str, Any]
    ) -> None:
        """`actor` does `action` to the `kind` of thing called `target`, if this transaction is committed."""
        connection.execute(
            insert(AuditEntry).values(
                at=now_sql(),
                actor_name=actor.name,
                actor_user_id=actor.user_id,
                action=action,
                kind=kind,
                target=None if target is None else str(target),
                detail=detail,
            )
        )

    def record(
        self, actor: Actor, action: str, kind: str, target: object, detail: dict[str, Any] | None = None
    ) -> None:
        """`actor` did `action` to the `kind` of thing called `target`."""

        def work(connection: Connection) -> None:
            self.add(connection, actor, action, kind, target, detail or {})

        self._db.run_write(work)

    def entries(self, wanted: AuditFilter | None = None, *, limit: int = 100) -> list[AuditView]:
        """The newest first."""
        wanted = wanted or AuditFilter()
        statement = select(AuditEntry.__table__).order_by(AuditEntry.id.desc()).limit(limit)
        for column, value in ((AuditEntry.kind, wanted.kind), (AuditEntry.target, wanted.target)):
            if value is not None:
                statement = statement.where(column == value)
        for column, beginning in ((AuditEntry.actor_name, wanted.actor), (AuditEntry.action, wanted.action)):
            if beginning is not None:
                statement = statement.where(begins(column, beginning))
        if wanted.is_denied:
            statement = statement.where(func.json_extract(AuditEntry.detail, "$.denied").is_not(None))
        if wanted.before_id is not None:
            statement = statement.where(AuditEntry.id < wanted.before_id)
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
        return [AuditView(*row) for row in rows]
