"""The audit log: who did what to what, refusals too. It is only ever added to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from core.store.clock import now_sql
from core.store.database import Database
from core.store.models import AuditEntry
from core.store.records import Actor


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


class AuditLog:
    """Writes and reads the audit log. Never put a secret into `detail`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def record(
        self, actor: Actor, action: str, kind: str, target: object, detail: dict[str, Any] | None = None
    ) -> None:
        """`actor` did `action` to the `kind` of thing called `target`."""
        statement = insert(AuditEntry).values(
            at=now_sql(),
            actor_name=actor.name,
            actor_user_id=actor.user_id,
            action=action,
            kind=kind,
            target=None if target is None else str(target),
            detail=detail or {},
        )

        def work(connection: Connection) -> None:
            connection.execute(statement)

        self._db.run_write(work)

    def entries(
        self,
        *,
        kind: str | None = None,
        target: object = None,
        before_id: int | None = None,
        limit: int = 100,
    ) -> list[AuditView]:
        """The newest first. `before_id`: the next page, after the last one's id."""
        statement = select(AuditEntry.__table__).order_by(AuditEntry.id.desc()).limit(limit)
        if kind is not None:
            statement = statement.where(AuditEntry.kind == kind)
        if target is not None:
            statement = statement.where(AuditEntry.target == str(target))
        if before_id is not None:
            statement = statement.where(AuditEntry.id < before_id)
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
        return [AuditView(*row) for row in rows]
